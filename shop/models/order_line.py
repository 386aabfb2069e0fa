"""Lines of orders."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.trigrams import search_index
from catalog.models import HOUSE_ID, Merchant, PickupPlace, Product, Variant, name_variant
from catalog.prices import Price
from catalog.translations import translate_name
from creators.models import Agency, CommissionRule, Creator
from shop.models.click import Click
from videos.models import Clip


class UnpaidReason(models.TextChoices):
    """Reasons why an order line earns no commission although a clip led to it."""

    SELF_PURCHASE = "self_purchase", _("Bought by the creator")
    RELATED_BUYER = "related_buyer", _("Bought by the creator's agency or household")


HAS_UNPACKED = Q(packed_quantity__lt=F("quantity") - F("refunded_quantity") + F("returned_quantity"))
"""Which lines have units that are paid, not refunded, and in no parcel."""


class OrderLine(models.Model):
    """One variant in an order, with the names that it had. If the shopper bought it through a clip, the line also has the clip and commission."""

    order = models.ForeignKey("shop.Order", on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    merchant: models.ForeignKey[Merchant | int, Merchant] = models.ForeignKey(
        Merchant,
        on_delete=models.PROTECT,
        related_name="order_lines",
        default=HOUSE_ID,
        db_default=HOUSE_ID,
        db_index=False,
        verbose_name=_("merchant"),
    )
    product_name = models.CharField(_("product"), max_length=500)
    options_text = models.CharField(_("options"), max_length=800, blank=True, default="", db_default="")
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    unit_price_minor = models.PositiveBigIntegerField()
    amount_minor = models.PositiveBigIntegerField(help_text=_("After the discount."))
    discount_minor = models.PositiveBigIntegerField(_("discount"), default=0, db_default=0)
    tax_rate_bps = models.PositiveIntegerField(null=True, help_text=_("Empty for orders older than recorded rates."))
    tax_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    refunded_quantity = models.PositiveSmallIntegerField(_("refunded quantity"), default=0)
    packed_quantity = models.PositiveSmallIntegerField(
        _("packed quantity"), default=0, db_default=0, help_text=_("Units in parcels that are not cancelled.")
    )
    returned_quantity = models.PositiveSmallIntegerField(
        _("quantity refunded after sending"), default=0, db_default=0, help_text=_("Units of the refunded quantity.")
    )
    clip = models.ForeignKey(
        Clip, on_delete=models.PROTECT, null=True, blank=True, related_name="order_lines", verbose_name=_("clip")
    )
    click = models.ForeignKey(Click, on_delete=models.PROTECT, null=True, blank=True, related_name="order_lines")
    discount_code = models.ForeignKey(
        "shop.DiscountCode",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attributed_lines",
        db_index=False,
        verbose_name=_("discount code"),
        help_text=_("The creator's code by which the purchase is attributed, instead of a click."),
    )
    creator = models.ForeignKey(
        Creator, on_delete=models.PROTECT, null=True, blank=True, related_name="order_lines", verbose_name=_("creator")
    )
    commission_rate_bps = models.PositiveIntegerField(default=0)
    commission_rule = models.ForeignKey(
        CommissionRule,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
        db_index=False,
        verbose_name=_("commission rule"),
        help_text=_("Empty if the base rate of the category applied."),
    )
    commission_rule_name = models.CharField(
        _("commission by"), max_length=120, blank=True, default="", db_default="", help_text=_("As it was called then.")
    )
    commission_minor = models.PositiveBigIntegerField(default=0)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="order_lines")
    agency_share_bps = models.PositiveIntegerField(default=0)
    agency_minor = models.PositiveBigIntegerField(default=0, help_text=_("The agency's part of the commission."))
    fee_bps = models.PositiveIntegerField(default=0, db_default=0)
    fee_minor = models.PositiveBigIntegerField(
        _("merchant's fee"), default=0, db_default=0, help_text=_("What the house keeps of a merchant's sale.")
    )
    pickup_place = models.ForeignKey(
        PickupPlace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("pickup place"),
        help_text=_("Where the shopper picks it up. Empty if it is sent."),
    )
    is_digital = models.BooleanField(_("digital"), default=False, db_default=False)
    unpaid_reason = models.CharField(_("why no commission"), max_length=16, choices=UnpaidReason, blank=True)
    payable_at = models.DateTimeField(
        _("payable at"),
        null=True,
        blank=True,
        help_text=_("The end of the return window; empty until the order is paid."),
    )
    commission_booked_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When the tally booked the commission in the ledger.")
    )
    sale_booked_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When the tally booked a merchant's sale in the ledger.")
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        indexes = [
            search_index("product_name", name="shop_line_search"),
            models.Index(
                fields=["payable_at"], condition=Q(creator__isnull=False), name="shop_line_of_creator_payable"
            ),
            models.Index(fields=["creator", "payable_at"], name="shop_line_of_creator"),
            models.Index(fields=["merchant", "-order"], condition=~Q(merchant=HOUSE_ID), name="shop_line_of_merchant"),
            models.Index(
                fields=["merchant", "order"], condition=HAS_UNPACKED & ~Q(merchant=HOUSE_ID), name="shop_line_to_pack"
            ),
            models.Index(
                fields=["payable_at"],
                condition=~Q(merchant=HOUSE_ID) & Q(sale_booked_at=None),
                name="shop_line_of_merchant_unbooked",
            ),
            models.Index(fields=["creator"], condition=Q(commission_minor=0), name="shop_line_unpaid"),
            models.Index(
                fields=["creator", "payable_at"],
                condition=Q(commission_minor__gt=0, commission_booked_at=None),
                name="shop_line_unbooked",
            ),
            models.Index(
                fields=["discount_code"], condition=Q(discount_code__isnull=False), name="shop_line_of_discount_code"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor=F("quantity") * F("unit_price_minor") - F("discount_minor")),
                name="shop_line_price_adds_up",
            ),
            models.CheckConstraint(condition=Q(tax_minor__lte=F("amount_minor")), name="shop_line_tax_within_amount"),
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity")), name="shop_line_refunded_at_most_all"
            ),
            models.CheckConstraint(
                condition=Q(packed_quantity__lte=F("quantity") - F("refunded_quantity") + F("returned_quantity"))
                & Q(returned_quantity__lte=F("packed_quantity")),
                name="shop_line_packed_at_most_paid",
            ),
            models.CheckConstraint(
                condition=Q(clip=None, click=None, discount_code=None, creator=None, commission_minor=0)
                | Q(clip__isnull=False, click__isnull=False, discount_code=None, creator__isnull=False)
                | Q(clip=None, click=None, discount_code__isnull=False, creator__isnull=False),
                name="shop_line_attributed_once",
            ),
            models.CheckConstraint(
                condition=Q(agency_minor__lte=F("commission_minor")), name="shop_line_agency_in_commission"
            ),
            models.CheckConstraint(
                condition=Q(fee_minor=0) | (~Q(merchant=HOUSE_ID) & Q(fee_minor__lte=F("amount_minor"))),
                name="shop_line_fee_of_merchant",
            ),
            models.CheckConstraint(
                condition=Q(unpaid_reason="") | Q(commission_minor=0), name="shop_line_unpaid_earns_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {name_variant(self.product_name, self.options_text)}"

    @property
    def local_name(self) -> str:
        """Return the product's name in the active language, with the options."""
        return name_variant(translate_name(self.product_name, self.product.name_translations), self.options_text)

    @property
    def unit_price(self) -> Price:
        return Price(self.unit_price_minor, self.order.currency)

    @property
    def amount(self) -> Price:
        return Price(self.amount_minor, self.order.currency)

    @property
    def full_minor(self) -> int:
        """Return the amount before the discount."""
        return self.amount_minor + self.discount_minor

    @property
    def net_minor(self) -> int:
        """Return the amount without tax, on which commission is earned."""
        return self.amount_minor - (self.tax_minor if self.order.prices_include_tax else 0)

    @property
    def sale_minor(self) -> int:
        """Return what the shopper paid for the line, with its tax."""
        return self.amount_minor + (0 if self.order.prices_include_tax else self.tax_minor)

    @property
    def owed_minor(self) -> int:
        """Return what a merchant is owed for the line before refunds and commission. The house bears the discount."""
        return self.sale_minor + self.discount_minor - self.fee_minor

    @property
    def tax(self) -> Price:
        return Price(self.tax_minor, self.order.currency)

    @property
    def refundable_quantity(self) -> int:
        return self.quantity - self.refunded_quantity

    @property
    def unpacked_quantity(self) -> int:
        """Return how many units are paid, not refunded, and in no parcel."""
        return self.refundable_quantity + self.returned_quantity - self.packed_quantity
