"""Parcels and their lines: units of an order on their way to the shopper."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from catalog.models import HOUSE_ID, Merchant, PickupPlace
from shop.models.order import Order
from shop.models.order_line import OrderLine
from shop.states import PACKABLE, PARCEL_MOVES, ParcelState

PARCEL_NOTICE_DUE = ~Q(state=ParcelState.CANCELLED) & ~Q(last_notice=F("state"))
"""Which step of the parcel the shopper has not been emailed about."""


class ParcelQuerySet(TransitionQuerySet["Parcel"]):
    transitions = PARCEL_MOVES

    def with_lines(self) -> Self:
        lines = ParcelLine.objects.select_related("order_line__product").order_by("order_line")
        return self.prefetch_related(models.Prefetch("lines", lines))

    def for_slips(self) -> Self:
        """Return parcels with all that their packing slips name."""
        return self.select_related("order", "merchant", "pickup_place").with_lines()

    def uncollected_since(self, limit: datetime) -> Self:
        """Return parcels that have waited to be picked up since before `limit`, the oldest first, unless the bank decides."""
        waiting = self.filter(state=ParcelState.READY, ready_at__lt=limit, order__state__in=PACKABLE)
        return waiting.order_by("ready_at", "pk")

    def with_notice_due(self) -> Self:
        """Return parcels about which the shopper must still be emailed."""
        return self.filter(PARCEL_NOTICE_DUE)


class Parcel(models.Model):
    """Units of an order that one merchant sends together. The units of a lost parcel were sent again at `resent_at`, if at all."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="parcels", verbose_name=_("order"))
    merchant: models.ForeignKey[Merchant | int, Merchant] = models.ForeignKey(
        Merchant,
        on_delete=models.PROTECT,
        related_name="parcels",
        default=HOUSE_ID,
        db_default=HOUSE_ID,
        db_index=False,
        verbose_name=_("merchant"),
    )
    state = models.CharField(_("state"), max_length=10, choices=ParcelState, default=ParcelState.PACKED)
    carrier = models.CharField(_("carrier"), max_length=40, blank=True, default="")
    tracking_number = models.CharField(_("tracking number"), max_length=40, blank=True, default="")
    tracking_url = models.URLField(_("tracking link"), max_length=300, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("packed by")
    )
    packed_at = models.DateTimeField(_("packed at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    lost_at = models.DateTimeField(_("lost at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    resent_at = models.DateTimeField(_("sent again at"), null=True, blank=True)
    pickup_place = models.ForeignKey(
        PickupPlace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("pickup place"),
    )
    is_digital = models.BooleanField(
        _("digital"), default=False, db_default=False, help_text=_("Downloaded by links, which were emailed at once.")
    )
    ready_at = models.DateTimeField(_("ready for pickup at"), null=True, blank=True)
    code_guesses = models.SmallIntegerField(
        default=0, db_default=0, editable=False, help_text=_("Codes typed since `code_guessed_at`, right or wrong.")
    )
    code_guessed_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_notice = models.CharField(max_length=10, choices=ParcelState, blank=True, default="", editable=False)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        indexes = [
            models.Index(fields=["packed_at"], name="shop_parcel_by_date"),
            models.Index(
                fields=["merchant", "packed_at"], condition=~Q(merchant=HOUSE_ID), name="shop_parcel_of_merchant"
            ),
            models.Index(fields=["packed_at"], condition=PARCEL_NOTICE_DUE, name="shop_parcel_notice_due"),
            models.Index(fields=["ready_at"], condition=Q(state="ready"), name="shop_parcel_ready"),
        ]
        constraints = [
            models.UniqueConstraint(
                Upper("carrier"),
                Upper("tracking_number"),
                condition=~Q(tracking_number=""),
                name="shop_parcel_number_once",
            ),
            models.CheckConstraint(
                condition=Q(tracking_url="") | Q(tracking_url__startswith="https://"), name="shop_parcel_link_is_https"
            ),
        ]

    def __str__(self) -> str:
        return str(_("parcel %(number)d of %(code)s")) % {"number": self.pk, "code": self.order.code}

    @property
    def is_pickup(self) -> bool:
        """Return whether the shopper picks it up, instead of getting it sent. Select the order."""
        return self.pickup_place_id is not None or self.order.is_pickup

    @property
    def state_name(self) -> str:
        """Return the state in words: what is picked up or downloaded is handed over, not delivered. Select the order."""
        is_handed_over = (self.is_pickup or self.is_digital) and self.state == ParcelState.DELIVERED
        return gettext("Handed over") if is_handed_over else self.get_state_display()

    @property
    def assumed_delivered_at(self) -> datetime | None:
        """Return when it was delivered or, where nobody recorded that, when it counts as delivered. None before sending."""
        if self.sent_at is None or self.state == ParcelState.DELIVERED:
            return self.delivered_at
        return self.sent_at + timedelta(days=settings.DELIVERED_AFTER_DAYS)


class ParcelLine(models.Model):
    """The units of one order line in a parcel."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="parcel_lines", verbose_name=_("order line")
    )
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    refunded_quantity = models.PositiveSmallIntegerField(
        _("refunded quantity"), default=0, help_text=_("Units of a lost parcel that were refunded.")
    )

    class Meta:
        verbose_name = _("parcel line")
        verbose_name_plural = _("parcel lines")
        constraints = [
            models.UniqueConstraint(fields=["parcel", "order_line"], name="shop_parcel_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shop_parcel_line_has_units"),
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity")), name="shop_parcel_line_refunded_at_most_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.order_line.product_name}"
