"""Categories, brands and products."""

from collections.abc import Sequence
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.trigrams import limit_words, search_index
from catalog.amounts import validate_currency
from catalog.closed_shop import takes_orders
from catalog.models.merchant import HOUSE_ID, Merchant
from catalog.money import WHOLE_BPS
from catalog.prices import format_lowest
from catalog.stars import average_stars
from catalog.stock import MAX_OPTIONS, few_left
from catalog.translations import TranslationsField, translate_name


class TaxClass(models.Model):
    """A kind of products with tax rates of its own, such as books or food. Without rates, the standard ones apply."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("tax class")
        verbose_name_plural = _("tax classes")

    def __str__(self) -> str:
        return self.name


class CategoryQuerySet(models.QuerySet["Category"]):
    def branches(self, slugs: Sequence[str]) -> Self:
        """Return the categories with these slugs and all their descendants."""
        branch_sql = """
            WITH RECURSIVE branch (id) AS (
                SELECT id FROM catalog_category WHERE slug = ANY(%s)
                UNION SELECT child.id FROM catalog_category child JOIN branch ON child.parent_id = branch.id
            )
            SELECT id FROM branch
        """
        return self.filter(pk__in=RawSQL(branch_sql, [list(slugs)]))


class Category(models.Model):
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent category"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("name"), max_length=80)
    name_translations = TranslationsField(_("translations of the name"))
    slug = models.SlugField(_("slug"), unique=True)
    commission_rate_bps = models.PositiveIntegerField(
        _("commission rate"),
        validators=[MaxValueValidator(WHOLE_BPS)],
        help_text=_("In percent of the price without tax, for example 4.5."),
    )
    is_age_restricted = models.BooleanField(
        _("adults only"), default=False, help_text=_("Hidden from viewers who have not confirmed to be 18 or over.")
    )
    tax_class = models.ForeignKey(
        TaxClass,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="categories",
        verbose_name=_("tax class"),
        help_text=_("Empty for the standard rates."),
    )

    google_category = models.CharField(
        _("Google's category"),
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text=_("For exports: its number or path in Google's taxonomy. Empty for that of the parent category."),
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                condition=Q(commission_rate_bps__lte=WHOLE_BPS), name="catalog_category_rate_at_most_all"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("search") + f"?category={self.slug}"

    @property
    def local_name(self) -> str:
        """Return the name in the active language."""
        return translate_name(self.name, self.name_translations)

    def clean(self) -> None:
        """Raise ValidationError if the parent is the category itself or one of its descendants."""
        if self.pk and self.parent_id and Category.objects.branches([self.slug]).filter(pk=self.parent_id).exists():
            raise ValidationError({"parent": _("A category cannot be inside itself.")})


class Brand(models.Model):
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), unique=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("brand", args=[self.slug])


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> Self:
        return self.filter(is_active=True)

    def reviewed(self) -> Self:
        """Return products of which anybody may learn, on sale or not. Nothing of others is told to shoppers."""
        return self.filter(is_reviewed=True)

    def suitable_for(self, *, is_adult: bool) -> Self:
        """Return all products for an adult. For other viewers, leave out age-restricted products."""
        return self if is_adult else self.filter(category__is_age_restricted=False)

    def with_pictures(self) -> Self:
        return self.select_related("brand", "category").prefetch_related("images")

    def matching(self, words: str) -> Self:
        """Return products whose name, brand name or options contain each of the words."""
        products = self
        for word in limit_words(words.split()):
            has_word = Q(name__icontains=word) | Q(brand__name__icontains=word) | Q(option_words__icontains=word)
            products = products.filter(has_word)
        return products


def default_currency() -> str:
    return str(settings.CURRENCY)


class Product(models.Model):
    """What clips show and pages are about. What is bought is one of its variants, of which it has at least one.

    `price_minor` is the lowest price for which a variant can be bought now, `stock` what all of them have together. Both
    sum up the variants for lists, cards and search, as do `prices_vary`, and `option_words`, which has each value of an
    option on sale once. Triggers keep them: see docs/decisions/0018-variants.md. Code changes a variant's price or stock,
    never these.

    `is_active` says whether it is on sale: it is listed by its merchant, reviewed, and its merchant is approved. A trigger
    keeps that, and nothing else is asked: see docs/decisions/0027-merchants.md. Code changes `is_listed`.
    """

    slug = models.SlugField(_("slug"), unique=True, max_length=80)
    merchant: models.ForeignKey[Merchant | int, Merchant] = models.ForeignKey(
        Merchant,
        on_delete=models.PROTECT,
        related_name="products",
        default=HOUSE_ID,
        db_default=HOUSE_ID,
        db_index=False,
        verbose_name=_("merchant"),
    )
    name = models.CharField(_("name"), max_length=500)
    name_translations = TranslationsField(_("translations of the name"))
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products", verbose_name=_("brand"))
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category")
    )
    description = models.TextField(_("description"), blank=True)
    option_names = ArrayField(
        models.CharField(max_length=255),
        size=MAX_OPTIONS,
        verbose_name=_("options"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("What its variants differ in, such as colour and size: at most three."),
    )
    option_words = models.TextField(default="", db_default="", blank=True, editable=False)
    price_minor = models.PositiveIntegerField(_("price"))
    prices_vary = models.BooleanField(default=False, db_default=False, editable=False)
    currency = models.CharField(_("currency"), max_length=3, default=default_currency, validators=[validate_currency])
    stock = models.IntegerField(_("in stock"), default=0)
    is_active = models.BooleanField(_("on sale"), default=True, editable=False)
    is_listed = models.BooleanField(_("on sale"), default=True, db_default=True)
    is_reviewed = models.BooleanField(default=True, db_default=True, editable=False)
    tax_class = models.ForeignKey(
        TaxClass,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("tax class"),
        help_text=_("Empty for the category's."),
    )
    outbound_url = models.URLField(
        _("link to another shop"),
        blank=True,
        max_length=500,
        validators=[URLValidator(schemes=["https"])],
        help_text=_("For a product that another shop sells: an https link. It cannot be bought here."),
    )
    can_be_picked_up = models.BooleanField(
        _("can be picked up"),
        default=True,
        db_default=True,
        help_text=_("At each pickup place that its seller offers."),
    )
    rating_sum = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # social counts both
    rating_count = models.PositiveIntegerField(_("ratings"), default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            search_index("name", "slug", name="catalog_product_search"),
            models.Index(fields=["name"], name="catalog_product_by_name"),
            models.Index(fields=["merchant", "name"], name="catalog_product_of_merchant"),
            search_index("option_words", name="catalog_product_by_option"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(stock__gte=0), name="catalog_product_stock_not_negative"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="catalog_product_currency_is_code"),
            models.CheckConstraint(
                condition=Q(outbound_url="") | Q(outbound_url__startswith="https://"),
                name="catalog_product_outbound_by_https",
            ),
            models.CheckConstraint(
                condition=Q(rating_sum__gte=F("rating_count"), rating_sum__lte=5 * F("rating_count")),
                name="catalog_product_ratings_add_up",
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(is_listed=True, is_reviewed=True),
                name="catalog_product_reviewed_before_sale",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("product", args=[self.slug])

    @property
    def local_name(self) -> str:
        """Return the name in the active language."""
        return translate_name(self.name, self.name_translations)

    @property
    def price_text(self) -> str:
        """Return what it costs, such as “$19.99”, or “from $19.99” if that depends on the variant."""
        return format_lowest(self.price_minor, self.currency, prices_vary=self.prices_vary)

    @property
    def is_in_stock(self) -> bool:
        return self.is_active and self.stock > 0

    @property
    def rating_average(self) -> float | None:
        """Return the average of the visible ratings to one decimal, or None if there is none."""
        return average_stars(self.rating_sum, self.rating_count)

    @property
    def few_left(self) -> int | None:
        """Return the number left if the stock is low or the product is sold out, otherwise None."""
        return few_left(self.stock)

    @property
    def is_for_sale(self) -> bool:
        """Return whether anyone sells the product: another shop, or this one if it takes orders."""
        return self.is_outbound or takes_orders()

    @property
    def effective_tax_class_id(self) -> int | None:
        """Return the product's or else its category's tax class, None for the standard rates. Select the category."""
        return self.tax_class_id or self.category.tax_class_id

    @property
    def is_outbound(self) -> bool:
        """Return whether another shop sells the product. Clicks then lead to that shop."""
        return bool(self.outbound_url)
