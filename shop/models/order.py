"""Orders and their lines: the products bought, their prices, and the clips that led to them."""

import secrets
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.core.signing import Signer
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from accounts.trigrams import search_index
from catalog.amounts import validate_currency
from catalog.prices import Price
from shop.models.address import PostalAddress
from shop.models.order_line import HAS_UNPACKED, OrderLine
from shop.shopper import Shopper
from shop.states import ORDER_MOVES, PACKABLE, SETTLED, OrderState, ParcelState
from videos.models.clip import CODE_LETTERS


def new_order_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _index in range(12))


class OrderQuerySet(TransitionQuerySet["Order"]):
    transitions = ORDER_MOVES

    def visible_to(self, shopper: Shopper) -> Self:
        """Return the shopper's orders: their account's or, for guests, this session's; and those opened by a link.

        Whoever signs in may be the next person at the device, so a guest's orders stay closed to them."""
        visible = Q(user=None, visitor=shopper.visitor) if shopper.visitor else Q(pk__in=())
        if shopper.user:
            visible = Q(user=shopper.user)
        for order_id, link_version in shopper.opened_orders:
            visible |= Q(pk=order_id, link_version=link_version)
        return self.filter(visible)

    def expired_at(self, now: datetime) -> Self:
        return self.filter(state=OrderState.PENDING, reserved_until__lt=now)

    def to_pack(self) -> Self:
        """Return paid orders with units to pack: by the date that was promised, then the one that has waited longest."""
        packable = self.filter(state__in=PACKABLE, packing_due_at__isnull=False)
        return packable.order_by(F("promised_by").asc(nulls_last=True), "packing_due_at", "pk")

    def sold_by(self, merchant_id: int) -> Self:
        """Return paid orders with something that the merchant sells."""
        return self.filter(pk__in=OrderLine.objects.filter(merchant=merchant_id).values("order"), state__in=SETTLED)

    def to_pack_by(self, merchant_id: int) -> Self:
        """Return paid orders with units that the merchant has to pack: by the date that was promised, then the oldest."""
        unpacked = OrderLine.objects.filter(HAS_UNPACKED, merchant=merchant_id)
        packable = self.filter(pk__in=unpacked.values("order"), state__in=PACKABLE)
        return packable.order_by(F("promised_by").asc(nulls_last=True), "paid_at", "pk")

    def with_lines(self) -> Self:
        lines = OrderLine.objects.select_related(
            "product", "clip__creator", "merchant", "pickup_place", "download"
        ).order_by("pk")
        orders = self.select_related("billing_address")
        of_orders: Any = self.model._meta.get_field("parcels").related_model  # its module imports this one
        parcels = models.Prefetch("parcels", of_orders.objects.select_related("merchant", "pickup_place").with_lines())
        return orders.prefetch_related(models.Prefetch("lines", lines), "lines__product__images", "invoices", parcels)

    def newest_first(self) -> Self:
        return self.order_by("-placed_at", "-pk")


class Order(PostalAddress):
    """An order, with the prices, rates and charges at the time of purchase.

    The prices and the total contain the tax if `prices_include_tax`. `taxes` is the tax by rate, as a list of
    `rate_bps`, `net_minor` and `tax_minor`; the rate is null if the order is older than recorded rates.
    An unpaid order reserves stock until `reserved_until`, which is soon, until its payment has started.
    """

    code = models.CharField(_("code"), max_length=16, unique=True, default=new_order_code, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("user"),
    )
    visitor = models.CharField(max_length=32, editable=False)
    email = models.EmailField(_("email address"))
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, default="en", help_text=_("Language of its emails.")
    )
    state = models.CharField(_("state"), max_length=16, choices=OrderState, default=OrderState.PENDING)
    currency = models.CharField(max_length=3, validators=[validate_currency])
    goods_minor = models.PositiveBigIntegerField(_("goods"), help_text=_("After the discount."))
    discount_minor = models.PositiveBigIntegerField(_("discount"), default=0, db_default=0)
    discount_name = models.CharField(_("discount code"), max_length=32, blank=True, default="", db_default="")
    shipping_minor = models.PositiveBigIntegerField(_("shipping"), default=0)
    tax_minor = models.PositiveBigIntegerField(_("tax"), default=0)
    shipping_tax_minor = models.PositiveBigIntegerField(_("tax on shipping"), default=0, db_default=0)
    taxes: models.Field[Any, list[dict[str, Any]]] = models.JSONField(
        _("tax by rate"), default=list, db_default=[], blank=True
    )
    prices_include_tax = models.BooleanField(_("prices include tax"), default=False, db_default=False)
    is_reverse_charged = models.BooleanField(_("reverse charge"), default=False, db_default=False)
    vat_number = models.CharField(_("VAT number"), max_length=32, blank=True, default="", db_default="")
    total_minor = models.PositiveBigIntegerField(_("total"))
    refunded_minor = models.PositiveBigIntegerField(_("refunded"), default=0)
    placed_at = models.DateTimeField(_("placed at"))
    reserved_until = models.DateTimeField()
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    cancellation_mailed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the email was sent, or when it was settled that none is.")
    )
    network = models.CharField(
        max_length=16,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("Keyed hash of the network that the order came from; for a day."),
    )
    adopted_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("When it came into the account because a guest had typed the account's email address."),
    )
    shipping_name = models.CharField(_("shipping option"), max_length=60, blank=True, default="", db_default="")
    is_pickup = models.BooleanField(_("pickup"), default=False, db_default=False)
    promised_from = models.DateField(_("promised from"), null=True, blank=True)
    promised_by = models.DateField(_("promised by"), null=True, blank=True)
    download_agreed_at = models.DateTimeField(
        _("agreed to the download at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("And that the right of withdrawal of digital goods ends when their download begins."),
    )
    asked_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When its shopper last asked the shop about it.")
    )
    records_parcels = models.BooleanField(
        _("parcels are recorded"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Its return period begins when its parcels are delivered, not when it is paid."),
    )
    packing_due_at = models.DateTimeField(
        _("to be packed since"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Empty if there is nothing to pack."),
    )
    link_version = models.PositiveIntegerField(
        default=1, db_default=1, editable=False, help_text=_("Earlier versions of the link in its emails are invalid.")
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            search_index("code", "email", "name", name="shop_order_search"),
            models.Index(fields=["placed_at"], name="shop_order_by_date"),
            models.Index(fields=["total_minor"], name="shop_order_by_total"),
            models.Index(fields=["user", "-placed_at"], name="shop_order_of_user"),
            models.Index(fields=["visitor", "-placed_at"], name="shop_order_of_visitor"),
            models.Index(Upper("email"), condition=Q(user=None), name="shop_order_of_guest"),
            models.Index(fields=["reserved_until"], condition=Q(state="pending"), name="shop_order_pending"),
            models.Index(fields=["network", "placed_at"], condition=~Q(network=""), name="shop_order_of_network"),
            models.Index(fields=["paid_at"], condition=Q(mailed_at=None), name="shop_order_unmailed"),
            models.Index(
                fields=["packing_due_at"], condition=Q(packing_due_at__isnull=False), name="shop_order_to_pack"
            ),
            models.Index(
                fields=["cancelled_at"],
                condition=Q(state="cancelled", cancellation_mailed_at=None),
                name="shop_order_cancelled_unmailed",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    prices_include_tax=False, total_minor=F("goods_minor") + F("shipping_minor") + F("tax_minor")
                )
                | Q(prices_include_tax=True, total_minor=F("goods_minor") + F("shipping_minor")),
                name="shop_order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(tax_minor__lte=F("goods_minor") + F("shipping_minor"))
                & Q(shipping_tax_minor__lte=F("tax_minor"))
                & Q(shipping_tax_minor__lte=F("shipping_minor")),
                name="shop_order_tax_within_prices",
            ),
            models.CheckConstraint(
                condition=Q(is_reverse_charged=False) | (Q(tax_minor=0, prices_include_tax=False) & ~Q(vat_number="")),
                name="shop_order_reverse_charge_untaxed",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__lte=F("total_minor")), name="shop_order_refunded_at_most_all"
            ),
            models.CheckConstraint(
                condition=Q(state__in=SETTLED) ^ Q(paid_at=None), name="shop_order_paid_at_iff_settled"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.code])

    @property
    def link_token(self) -> str:
        """Return the secret part of the link in the order's emails, which opens the order without signing in."""
        return Signer(salt="shop.order-link").signature(f"{self.pk}.{self.link_version}")

    @property
    def link_path(self) -> str:
        return reverse("order-link", args=[self.code, self.link_token])

    @property
    def is_pending(self) -> bool:
        return self.state == OrderState.PENDING

    @property
    def is_packable(self) -> bool:
        return self.state in PACKABLE

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED

    def list_parcels(self) -> list[Any]:
        """Return the parcels that the shopper sees, oldest first. Prefetch them."""
        shown = [parcel for parcel in self.parcels.all() if parcel.state != ParcelState.CANCELLED]
        return sorted(shown, key=lambda parcel: parcel.pk)

    def is_cancellable_at(self, now: datetime) -> bool:
        """Return whether the shopper can cancel the order.

        An unpaid order can be cancelled; a paid one for CANCEL_MINUTES, if nothing has been refunded yet.
        """
        cancellable_until = self.paid_at and self.paid_at + timedelta(minutes=settings.CANCEL_MINUTES)
        return self.is_pending or (
            self.state == OrderState.PAID and cancellable_until is not None and now < cancellable_until
        )

    @property
    def billing_lines(self) -> list[str]:
        """Return the lines of the billing address, or none if it is the delivery address."""
        return self.billing_address.label_lines if hasattr(self, "billing_address") else []

    @property
    def goods(self) -> Price:
        return Price(self.goods_minor, self.currency)

    @property
    def subtotal_minor(self) -> int:
        """Return what the goods cost before the discount."""
        return self.goods_minor + self.discount_minor

    @property
    def discount(self) -> Price:
        return Price(self.discount_minor, self.currency)

    @property
    def shipping(self) -> Price:
        return Price(self.shipping_minor, self.currency)

    @property
    def tax(self) -> Price:
        return Price(self.tax_minor, self.currency)

    @property
    def total(self) -> Price:
        return Price(self.total_minor, self.currency)

    @property
    def refunded(self) -> Price:
        return Price(self.refunded_minor, self.currency)
