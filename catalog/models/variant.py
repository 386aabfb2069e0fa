"""Variants: what is bought of a product, in one combination of its options."""

import hashlib
from collections.abc import Iterable
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from catalog.imports.values.text import ascii_digits, comparable
from catalog.models.merchant import HOUSE_ID, Merchant
from catalog.models.product import Product
from catalog.models.product_image import ProductImage
from catalog.prices import Price
from catalog.stock import LARGEST_STOCK, MAX_OPTIONS, few_left

OPTION_SEPARATOR = " / "
MAX_KEY_CHARS = 300


class VariantQuerySet(models.QuerySet["Variant"]):
    def buyable(self) -> Self:
        """Return variants on sale here. No join, so that an UPDATE checks again the columns of a row it waited for."""
        return self.filter(
            Exists(Product.objects.on_sale().filter(pk=OuterRef("product"), outbound_url="")), is_active=True
        )

    def with_code(self, text: str) -> Self:
        """Return the variants that have the text as their SKU or barcode."""
        has_sku = Q(sku_key=make_key([text])) & ~Q(sku_key="")
        return self.filter(has_sku | Q(barcode=ascii_digits(text).strip()) & ~Q(barcode=""))

    def in_order(self) -> Self:
        """Return the variants in the order in which pages show them."""
        return self.order_by("product_id", "position", "pk")


class Variant(models.Model):
    """A product in one combination of its options, with a price and a stock of its own.

    `option_values` has a value for each of the product's `option_names`. `sku_key` and `options_key` are both as names
    are compared, without difference of letter case and spaces. `reference_minor` is the lowest price of the 30 days
    before the present reduction, which a trigger finds: see catalog.reductions. `merchant` is the product's: a trigger
    copies it, because a merchant has each SKU once.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants", verbose_name=_("product"))
    merchant = models.ForeignKey(
        Merchant,
        on_delete=models.PROTECT,
        related_name="+",
        default=HOUSE_ID,
        db_default=HOUSE_ID,
        db_index=False,
        editable=False,
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0, db_default=0)
    option_values = ArrayField(
        models.CharField(max_length=255), size=MAX_OPTIONS, default=list, db_default=[], blank=True
    )
    options_key = models.CharField(max_length=MAX_KEY_CHARS, editable=False, blank=True, default="", db_default="")
    sku = models.CharField(_("SKU"), max_length=100, blank=True, default="", db_default="")
    sku_key = models.CharField(max_length=MAX_KEY_CHARS, editable=False, blank=True, default="", db_default="")
    price_minor = models.PositiveIntegerField(_("price"))
    compare_at_minor = models.PositiveIntegerField(
        _("compare-at price"), null=True, blank=True, help_text=_("What it cost before, for a crossed-out price.")
    )
    reference_minor = models.PositiveIntegerField(null=True, editable=False)
    stock = models.IntegerField(_("in stock"), default=0, db_default=0)
    is_counted = models.BooleanField(
        _("stock is counted"), default=True, db_default=True, help_text=_("Otherwise it never sells out.")
    )
    is_digital = models.BooleanField(
        _("digital"), default=False, db_default=False, editable=False, help_text=_("Downloaded, and never sent.")
    )
    is_active = models.BooleanField(_("on sale"), default=True, db_default=True)
    is_reviewed = models.BooleanField(default=True, db_default=True, editable=False)
    barcode = models.CharField(_("barcode"), max_length=14, blank=True, default="", db_default="")
    weight_g = models.PositiveIntegerField(_("weight in grams"), null=True, blank=True)
    picture = models.ForeignKey(
        ProductImage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )

    objects = VariantQuerySet.as_manager()

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        indexes = [models.Index(fields=["barcode"], name="catalog_variant_by_barcode", condition=~Q(barcode=""))]
        constraints = [
            models.CheckConstraint(
                condition=Q(stock__gte=0, stock__lte=LARGEST_STOCK), name="catalog_variant_stock_in_range"
            ),
            models.UniqueConstraint(
                fields=["sku_key", "merchant"], condition=~Q(sku_key=""), name="catalog_variant_sku_once_each"
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(is_reviewed=True), name="catalog_variant_reviewed_before_sale"
            ),
            models.UniqueConstraint(fields=["product", "options_key"], name="catalog_variant_options_once"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, **kwargs: Any) -> None:
        self.set_keys()
        super().save(**kwargs)

    def set_keys(self) -> None:
        """Set what the SKU and the options are compared by. For rows that are written without `save`."""
        self.sku_key, self.options_key = make_key([self.sku]), make_key(self.option_values)

    @property
    def options_text(self) -> str:
        """Return the values of its options, such as “Blue / M”, or "" if the product has no options."""
        return OPTION_SEPARATOR.join(self.option_values)

    @property
    def full_name(self) -> str:
        """Return the product's name in the active language, with the options. Select the product."""
        return name_variant(self.product.local_name, self.options_text)

    @property
    def currency(self) -> str:
        return self.product.currency

    @property
    def price(self) -> Price:
        return Price(self.price_minor, self.currency)

    @property
    def sellable(self) -> int:
        """Return how many can be bought now, if the product can be bought."""
        if not self.is_active:
            return 0
        return self.stock if self.is_counted else LARGEST_STOCK

    @property
    def is_in_stock(self) -> bool:
        return self.product.is_active and self.sellable > 0

    @property
    def few_left(self) -> int | None:
        """Return the number left if it is low or 0, otherwise None."""
        return few_left(self.sellable)


def name_variant(product_name: str, options_text: str) -> str:
    """Return a product's name with its options, such as “Linen shirt – Blue / M”."""
    return f"{product_name} – {options_text}" if options_text else product_name


def make_key(parts: Iterable[str]) -> str:
    """Return what SKUs and options are compared by: without difference of letter case, spaces and invisible characters.

    Of a text that is too long for an index it is a hash.
    """
    key = OPTION_SEPARATOR.join(map(comparable, parts))
    return key if len(key) <= MAX_KEY_CHARS else hashlib.sha256(key.encode()).hexdigest()
