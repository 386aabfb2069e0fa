"""Discount codes, and the orders that used them."""

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.pasted_text import without_invisible
from accounts.trigrams import search_index
from catalog.amounts import validate_currency
from catalog.models import Category, Product
from catalog.money import WHOLE_BPS
from creators.models import Creator
from shop.models.order import Order


def normalize_code(typed: str) -> str:
    """Return a code as it is stored: in capitals, without spaces and characters that nobody sees."""
    letters = (letter for letter in without_invisible(typed) if letter.isprintable() and not letter.isspace())
    return "".join(letters).upper()


class DiscountCodeQuerySet(models.QuerySet["DiscountCode"]):
    def usable_at(self, now: datetime) -> Self:
        """Return codes that are switched on, valid and not used up."""
        begun, not_over = Q(valid_from__lte=now), Q(valid_until=None) | Q(valid_until__gt=now)
        return self.filter(begun & not_over, Q(uses_limit=None) | Q(uses_count__lt=F("uses_limit")), is_active=True)


class DiscountCode(models.Model):
    """A code that makes goods cheaper: by a share, or by an amount in one currency.

    It applies to the chosen products and to those of the chosen categories and the ones below, or to all without any. A
    `creator` earns the commission on what was bought with the code. `uses_count` is moved by conditional updates only.
    """

    code = models.CharField(
        _("code"), max_length=32, help_text=_("Shoppers may type it in any case and with spaces, such as summer 10.")
    )
    percent_bps = models.PositiveIntegerField(
        _("discount in percent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(WHOLE_BPS)],
        help_text=_("In percent of the price. Either this or an amount."),
    )
    amount_minor = models.PositiveIntegerField(
        _("amount of the discount"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    currency = models.CharField(_("currency"), max_length=3, validators=[validate_currency], help_text=_("Of amounts."))
    min_order_minor = models.PositiveIntegerField(
        _("minimum order value"), null=True, blank=True, help_text=_("What the goods must cost before the discount.")
    )
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    uses_limit = models.PositiveIntegerField(
        _("limit in all"), null=True, blank=True, help_text=_("How many orders can use it. Empty for any number.")
    )
    uses_per_person = models.PositiveIntegerField(
        _("limit per person"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("By account and by email address. Empty for any number."),
    )
    categories = models.ManyToManyField(Category, blank=True, verbose_name=_("categories"), related_name="+")
    products = models.ManyToManyField(Product, blank=True, verbose_name=_("products"), related_name="+")
    creator = models.ForeignKey(
        Creator,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="discount_codes",
        verbose_name=_("creator"),
        help_text=_("Earns the commission on what is bought with the code."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    uses_count = models.PositiveIntegerField(_("uses"), default=0, editable=False)

    objects = DiscountCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("discount code")
        verbose_name_plural = _("discount codes")
        indexes = [search_index("code", name="shop_discount_search")]
        constraints = [
            models.UniqueConstraint(
                Upper("code"),
                name="shop_discount_code_once",
                violation_error_message=_("There is a discount code with these letters."),
            ),
            models.CheckConstraint(
                condition=Q(percent_bps__isnull=False, amount_minor=None, percent_bps__range=(1, WHOLE_BPS))
                | Q(percent_bps=None, amount_minor__isnull=False, amount_minor__gte=1),
                name="shop_discount_percent_or_amount",
                violation_error_message=_("Enter a discount in percent or an amount, and not both."),
            ),
            models.CheckConstraint(
                condition=Q(uses_limit=None) | Q(uses_count__lte=F("uses_limit")),
                name="shop_discount_uses_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="shop_discount_ends_after_start",
                violation_error_message=_("The code would end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_limited_to_some(self) -> bool:
        """Return whether it applies to some products only. This queries."""
        return self.categories.exists() or self.products.exists()


class DiscountUse(models.Model):
    """An order that was placed with a code. It is given back if the order ends without a payment.

    `email` is the order's address in the form that decides whether two are the same.
    """

    code = models.ForeignKey(DiscountCode, on_delete=models.PROTECT, related_name="uses", verbose_name=_("code"))
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="discount_use", verbose_name=_("order"))
    email = models.CharField(max_length=320, editable=False)
    used_at = models.DateTimeField(_("used at"))
    given_back_at = models.DateTimeField(_("given back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("use of a discount code")
        verbose_name_plural = _("uses of discount codes")
        indexes = [models.Index(fields=["code", "email"], name="shop_discount_use_of_email")]

    def __str__(self) -> str:
        return f"{self.code}: {self.order}"
