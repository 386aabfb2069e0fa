"""Counts of posts by day, which may be shown because at least five people are in each of them, and the counted days."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Merchant
from programme.periods import Period
from programme.suppression import FEWEST_PEOPLE
from programme.webhooks.models import WebhookAttempt as WebhookAttempt  # tables of this app
from programme.webhooks.models import WebhookDelivery as WebhookDelivery
from programme.webhooks.models import WebhookEndpoint as WebhookEndpoint
from programme.webhooks.models import WebhookEvent as WebhookEvent
from videos.models import Clip

RETENTION_BUCKETS = 20
"""Into how many parts of equal length a film is divided for its retention curve."""
FIRST_BUCKET = 100


class Measure(models.IntegerChoices):
    """What is counted of a post. The people who left a film in its n-th part are the measure FIRST_BUCKET + n."""

    VIEWS = 1, _("Views")
    LIKES = 2, _("Likes")
    COMMENTS = 3, _("Comments")
    SAVES = 4, _("Saves")
    SHARES = 5, _("Shares")
    FOLLOWS = 6, _("Follows")
    PRODUCT_OPENS = 7, _("Product opens")


class AudienceCountQuerySet(models.QuerySet["AudienceCount"]):
    def during(self, period: Period) -> Self:
        return self.filter(on__range=(period.first, period.last))

    def of_measures(self) -> Self:
        """Leave out the parts of films in which people left."""
        return self.filter(measure__lt=FIRST_BUCKET)

    def of_buckets(self) -> Self:
        return self.filter(measure__gte=FIRST_BUCKET)


class AudienceCount(models.Model):
    """How many people did something with a post, up to and including the day `on`, since the post's last such count.

    A row is written once, when five people are together, and never changes (programme/suppression.py).
    """

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("clip"))
    on = models.DateField(_("day"))
    measure = models.PositiveSmallIntegerField(_("measure"))
    people = models.PositiveIntegerField(_("people"))

    objects = AudienceCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience count")
        verbose_name_plural = _("audience counts")
        indexes = [models.Index(fields=["-on", "-id"], name="programme_audience_newest")]
        constraints = [
            models.UniqueConstraint(fields=["clip", "on", "measure"], name="programme_audience_counted_once"),
            models.CheckConstraint(condition=Q(people__gte=FEWEST_PEOPLE), name="programme_audience_of_enough_people"),
        ]

    def __str__(self) -> str:
        return f"{self.clip_id} {self.on}: {self.people} {self.measure_name}"

    @property
    def measure_name(self) -> str:
        if self.measure < FIRST_BUCKET:
            return str(Measure(self.measure).label)
        return _("Left after %(percent)d%%") % {"percent": (self.measure - FIRST_BUCKET) * 100 // RETENTION_BUCKETS}


class SalesCountQuerySet(models.QuerySet["SalesCount"]):
    def during(self, period: Period) -> Self:
        return self.filter(on__range=(period.first, period.last))


class SalesCount(models.Model):
    """What at least five people bought from one merchant through a post, counted as an `AudienceCount` is.

    Amounts are what was paid for the goods, and the creator's commission, before refunds. Only orders in the shop's
    currency of the day are counted.
    """

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("clip"))
    merchant = models.ForeignKey(
        Merchant, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("merchant")
    )
    on = models.DateField(_("day"))
    people = models.PositiveIntegerField(_("people"))
    orders = models.PositiveIntegerField(_("orders"))
    currency = models.CharField(max_length=3)
    sold_minor = models.PositiveBigIntegerField(_("sold"))
    commission_minor = models.PositiveBigIntegerField(_("commission"))

    objects = SalesCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("sales count")
        verbose_name_plural = _("sales counts")
        indexes = [
            models.Index(fields=["-on", "-id"], name="programme_sales_newest"),
            models.Index(fields=["merchant", "on"], name="programme_sales_of_merchant"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clip", "on", "merchant"], name="programme_sales_counted_once"),
            models.CheckConstraint(condition=Q(people__gte=FEWEST_PEOPLE), name="programme_sales_of_enough_people"),
        ]

    def __str__(self) -> str:
        return f"{self.clip_id} {self.on}: {self.orders}"


class CountedDay(models.Model):
    """A day that is to be counted or has been. Days are counted in order, each in one transaction."""

    on = models.DateField(_("day"), primary_key=True)
    counted_at = models.DateTimeField(_("counted at"), null=True)

    class Meta:
        verbose_name = _("counted day")
        verbose_name_plural = _("counted days")

    def __str__(self) -> str:
        return str(self.on)
