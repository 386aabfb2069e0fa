"""Sources of products, and what each of them stated last about the products and variants that it brought."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.merchant import HOUSE_ID, Merchant
from catalog.models.product import Category, Product
from catalog.models.variant import Variant
from catalog.public_web.addresses import MAX_ADDRESS_CHARS
from catalog.stock import LARGEST_STOCK

MAX_SOURCE_KEY_CHARS = 300
"""Of a key that is longer, there is a hash."""


class InStockMeaning(models.TextChoices):
    """What “in stock” without a number means."""

    OPEN = "", _("Not decided yet")
    UNCOUNTED = "uncounted", _("Sold without counting")
    NUMBER = "number", _("A fixed number")


class DecimalSign(models.TextChoices):
    BY_FILE = "", _("As most prices of each file show")
    POINT = ".", _("Point: 1,299.00")
    COMMA = ",", _("Comma: 1.299,00")


class FetchInterval(models.TextChoices):
    ON_REQUEST = "", _("Only when somebody asks for it")
    HOURLY = "hourly", _("Every hour")
    SIX_HOURS = "six_hours", _("Every six hours")
    DAILY = "daily", _("Every day")


class CatalogueSource(models.Model):
    """Where a merchant's products come from: files that are uploaded under one name, or fetched from an address.

    Its options answer what files leave open. `address` is without the name and password that its server asks for.
    `next_fetch_at` is the queue of what is to be fetched; `failures` counts failed fetches in a row. `etag`,
    `last_modified` and `digest` are of the version that was fetched last.
    """

    merchant = models.ForeignKey(
        Merchant,
        on_delete=models.PROTECT,
        related_name="sources",
        default=HOUSE_ID,
        db_default=HOUSE_ID,
        db_index=False,
        verbose_name=_("merchant"),
    )
    name = models.CharField(_("name"), max_length=80)
    decimal_sign = models.CharField(
        _("decimal sign"), max_length=1, choices=DecimalSign, blank=True, default="", db_default=""
    )
    encoding = models.CharField(
        _("encoding"),
        max_length=30,
        blank=True,
        default="",
        db_default="",
        help_text=_("Such as windows-1250, if the letters of its files are not recognized. Otherwise empty."),
    )
    in_stock_means = models.CharField(
        _("“in stock” means"), max_length=9, choices=InStockMeaning, blank=True, default="", db_default=""
    )
    in_stock_units = models.PositiveIntegerField(
        _("units of “in stock”"), null=True, blank=True, help_text=_("If it means a fixed number.")
    )
    address = models.CharField(
        _("address"),
        max_length=MAX_ADDRESS_CHARS,
        blank=True,
        default="",
        db_default="",
        help_text=_("An https address from which its file is fetched, perhaps gzipped. Empty if files are uploaded."),
    )
    user_name = models.CharField(_("user name"), max_length=200, blank=True, default="", db_default="")
    password = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    interval = models.CharField(
        _("is fetched"), max_length=9, choices=FetchInterval, blank=True, default="", db_default=""
    )
    daily_hour = models.PositiveSmallIntegerField(
        _("hour of the day"),
        default=3,
        db_default=3,
        validators=[MaxValueValidator(23)],
        help_text=_("From 0 to 23, in the shop's time zone, if it is fetched every day."),
    )
    next_fetch_at = models.DateTimeField(_("next fetch"), null=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    etag = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    last_modified = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    digest = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("catalogue source")
        verbose_name_plural = _("catalogue sources")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="catalog_source_name_once_each"),
            models.CheckConstraint(
                condition=Q(address="") | Q(address__startswith="https://"), name="catalog_source_address_is_https"
            ),
            models.CheckConstraint(
                condition=Q(interval="") | ~Q(address=""), name="catalog_source_interval_needs_address"
            ),
            models.CheckConstraint(condition=Q(daily_hour__lte=23), name="catalog_source_hour_of_day"),
            models.CheckConstraint(
                condition=~Q(in_stock_means="number") | Q(in_stock_units__gt=0, in_stock_units__lte=LARGEST_STOCK),
                name="catalog_source_number_of_in_stock",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_address(self) -> str:
        """Return the address without its query, which may have a token in it."""
        plain, mark, _query = self.address.partition("?")
        return f"{plain}?…" if mark else plain


class CategoryMapping(models.Model):
    """The shop's category for a category in a source's words, "" for none. Without a category, it waits for a person."""

    source = models.ForeignKey(
        CatalogueSource, on_delete=models.CASCADE, related_name="mappings", verbose_name=_("source")
    )
    words = models.CharField(_("category at the source"), max_length=500, blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("category")
    )

    class Meta:
        verbose_name = _("category mapping")
        verbose_name_plural = _("category mappings")
        constraints = [models.UniqueConstraint(fields=["source", "words"], name="catalog_mapping_once")]

    def __str__(self) -> str:
        return self.words


class SourcedProduct(models.Model):
    """What a source stated last about a product. A later run changes only what the source has changed since.

    `stated` has values by the names of fields; of a long text it has a digest.
    """

    source = models.ForeignKey(CatalogueSource, on_delete=models.CASCADE, related_name="products")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=MAX_SOURCE_KEY_CHARS)
    mapping = models.ForeignKey(CategoryMapping, on_delete=models.SET_NULL, null=True, related_name="products")
    stated = models.JSONField(default=dict, db_default={})
    is_waiting = models.BooleanField(default=False, help_text="Off sale only because its category is not assigned yet.")
    seen_in = models.ForeignKey(
        "catalog.Import", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "product"], name="catalog_sourced_product_once")]
        indexes = [models.Index(fields=["source", "key"], name="catalog_sourced_by_key")]

    def __str__(self) -> str:
        return self.key


class SourcedVariant(models.Model):
    """What a source stated last about a variant, under the key that tells it apart from others of the source.

    `next_price_at` is when a sale of the source begins or ends: then `stated` and the price are brought up to date.
    """

    source = models.ForeignKey(CatalogueSource, on_delete=models.CASCADE, related_name="variants")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=MAX_SOURCE_KEY_CHARS)
    stated = models.JSONField(default=dict, db_default={})
    seen_in = models.ForeignKey(
        "catalog.Import", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    missing_since = models.DateTimeField(null=True)
    regular_minor = models.PositiveIntegerField(default=0, db_default=0)
    compare_at_minor = models.PositiveIntegerField(null=True)
    sale_minor = models.PositiveIntegerField(null=True)
    sale_starts_at = models.DateTimeField(null=True)
    sale_ends_at = models.DateTimeField(null=True)
    next_price_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="catalog_sourced_key_once"),
            models.UniqueConstraint(fields=["source", "variant"], name="catalog_sourced_variant_once"),
        ]
        indexes = [
            models.Index(fields=["next_price_at"], name="catalog_next_price", condition=Q(next_price_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key
