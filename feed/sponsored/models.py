"""Sponsored places, what they cost by day, and who was shown them.

Amounts in `_milli` are thousandths of a minor unit. A bid is for a thousand views, so one view costs exactly as many of
them as the bid has minor units, and nothing is rounded.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Merchant
from videos.models import Clip

MILLI = 1000


class SponsoredPlace(models.Model):
    """A post that is shown in the feed for money. The sponsorship behind it says whether it is running.

    The budget is the cap's twin: it moves by one conditional UPDATE (`feed.sponsored.charges`), under the constraints
    below. `categories` and `languages` are its audience; empty, they are everybody.
    """

    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="sponsored_places", verbose_name=_("clip"))
    sponsor = models.CharField(_("sponsor"), max_length=120)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("booked by")
    )
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("merchant")
    )
    currency = models.CharField(max_length=3)
    bid_minor = models.PositiveBigIntegerField(_("bid for a thousand views"))
    budget_minor = models.PositiveBigIntegerField(_("budget"))
    daily_cap_minor = models.PositiveBigIntegerField(_("daily cap"))
    categories = ArrayField(models.BigIntegerField(), default=list, help_text=_("Ids of categories."))
    languages = ArrayField(models.CharField(max_length=8), default=list)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    is_running = models.BooleanField(_("running"), default=False)
    spent_milli = models.PositiveBigIntegerField(default=0)
    day = models.DateField(null=True, help_text=_("The last day with a charge, in the shop's time zone."))
    spent_today_milli = models.PositiveBigIntegerField(default=0, help_text=_("On that day."))
    reached_count = models.PositiveBigIntegerField(_("people reached"), default=0)
    last_shown_at = models.DateTimeField(_("last shown at"), null=True)

    class Meta:
        verbose_name = _("sponsored place")
        verbose_name_plural = _("sponsored places")
        indexes = [models.Index(fields=["ends_at"], condition=Q(is_running=True), name="feed_sponsored_running")]
        constraints = [
            models.CheckConstraint(
                condition=Q(spent_milli__lte=F("budget_minor") * MILLI), name="feed_sponsored_spent_at_most_budget"
            ),
            models.CheckConstraint(
                condition=Q(spent_today_milli__lte=F("daily_cap_minor") * MILLI), name="feed_sponsored_day_at_most_cap"
            ),
            models.UniqueConstraint(
                fields=["clip"], condition=Q(is_running=True), name="feed_sponsored_one_running_per_clip"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clip} – {self.sponsor}"

    @property
    def spent_minor(self) -> int:
        """Return what was spent in whole minor units. The rest of one is not charged."""
        return self.spent_milli // MILLI


class SponsoredDay(models.Model):
    """What a sponsored place was shown, and cost, on one day in the shop's time zone."""

    place = models.ForeignKey(SponsoredPlace, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    view_count = models.PositiveBigIntegerField(default=0)
    charged_count = models.PositiveBigIntegerField(default=0)
    spent_milli = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["place", "day"], name="feed_sponsored_day_once")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.day}"


class SponsoredView(models.Model):
    """A viewer who watched a sponsored place on a day: at most one of their views a day is charged.

    `charged_milli` is empty until the view is weighed, and 0 if it costs nothing.
    """

    place = models.ForeignKey(SponsoredPlace, on_delete=models.CASCADE, related_name="views", db_index=False)
    viewer = models.UUIDField()
    day = models.DateField()
    at = models.DateTimeField()
    network = models.CharField(max_length=16, blank=True, default="")
    weight = models.FloatField(null=True)
    charged_milli = models.PositiveBigIntegerField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["viewer"], name="feed_sponsored_view_of_viewer"),
            models.Index(fields=["at"], name="feed_sponsored_view_by_time"),
            models.Index(fields=["id"], condition=Q(charged_milli=None), name="feed_sponsored_view_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["place", "day", "viewer"], name="feed_sponsored_view_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.day} {self.viewer}"
