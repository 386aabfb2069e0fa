"""Prices that begin and end by themselves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from catalog.models.catalogue_source import CatalogueSource
from catalog.models.variant import Variant
from catalog.prices import Price


class ScheduledPriceState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")
    CANCELLED = "cancelled", _("Cancelled")
    NOT_LOWER = "not_lower", _("Not begun: the price was not above it")
    MISSED = "missed", _("Not begun: its time had passed")


PRICE_MOVES: dict[ScheduledPriceState, frozenset[ScheduledPriceState]] = {
    ScheduledPriceState.PLANNED: frozenset(
        {
            ScheduledPriceState.RUNNING,
            ScheduledPriceState.CANCELLED,
            ScheduledPriceState.NOT_LOWER,
            ScheduledPriceState.MISSED,
        }
    ),
    ScheduledPriceState.RUNNING: frozenset({ScheduledPriceState.ENDED}),
    ScheduledPriceState.ENDED: frozenset(),
    ScheduledPriceState.CANCELLED: frozenset(),
    ScheduledPriceState.NOT_LOWER: frozenset(),
    ScheduledPriceState.MISSED: frozenset(),
}


class ScheduledPriceQuerySet(TransitionQuerySet["ScheduledPrice"]):
    transitions = PRICE_MOVES

    def open(self) -> "ScheduledPriceQuerySet":
        return self.filter(state__in=(ScheduledPriceState.PLANNED, ScheduledPriceState.RUNNING))


class ScheduledPrice(models.Model):
    """A lower price of a variant from a time until another. The periods of a variant's open ones do not overlap.

    While it runs, `regular_minor` and `regular_compare_at_minor` are what comes back at its end, unless somebody has
    changed the price meanwhile. If the price was that of a source, `followed_source`, what the source says by then comes
    back instead.
    """

    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="scheduled_prices", verbose_name=_("variant")
    )
    price_minor = models.PositiveIntegerField(_("price"))
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    state = models.CharField(
        _("state"), max_length=12, choices=ScheduledPriceState, default=ScheduledPriceState.PLANNED, editable=False
    )
    regular_minor = models.PositiveIntegerField(null=True, editable=False)
    regular_compare_at_minor = models.PositiveIntegerField(null=True, editable=False)
    followed_source = models.ForeignKey(
        CatalogueSource,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("source"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)

    objects = ScheduledPriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled price")
        verbose_name_plural = _("scheduled prices")
        indexes = [
            models.Index(
                fields=["starts_at"], name="catalog_price_to_begin", condition=Q(state=ScheduledPriceState.PLANNED)
            ),
            models.Index(
                fields=["ends_at"], name="catalog_price_to_end", condition=Q(state=ScheduledPriceState.RUNNING)
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="catalog_scheduled_price_ends_later"),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="catalog_scheduled_price_positive"),
            models.CheckConstraint(
                condition=~Q(state=ScheduledPriceState.RUNNING) | Q(regular_minor__isnull=False),
                name="catalog_running_price_has_regular",
            ),
            models.UniqueConstraint(
                fields=["variant"], condition=Q(state=ScheduledPriceState.RUNNING), name="catalog_one_running_price"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant}: {self.price.text}"

    @property
    def price(self) -> Price:
        """Select the variant's product."""
        return Price(self.price_minor, self.variant.product.currency)
