"""Bags and their lines."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Variant
from catalog.stock import MAX_QUANTITY
from shop.shopper import Shopper
from videos.models import Clip

MAX_LINES = 100
"""Variants in one bag, and in one order."""


class BagQuerySet(models.QuerySet["Bag"]):
    def of(self, shopper: Shopper) -> Self:
        return self.filter(user=shopper.user) if shopper.user else self.filter(user=None, visitor=shopper.visitor)


class Bag(models.Model):
    """The bag of a user, or of a visitor who has not signed in."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="bag")
    visitor = models.CharField(max_length=32, blank=True)
    discount_code = models.CharField(max_length=32, blank=True, default="", db_default="")
    changed_at = models.DateTimeField(auto_now=True)

    objects = BagQuerySet.as_manager()

    class Meta:
        verbose_name = _("bag")
        verbose_name_plural = _("bags")
        constraints = [
            models.UniqueConstraint(fields=["visitor"], condition=Q(user=None), name="shop_bag_once_per_visitor")
        ]

    def __str__(self) -> str:
        return f"bag {self.pk}"


class BagLine(models.Model):
    """A variant in a bag, with its quantity. The price is not stored, because the variant's current price applies.

    `clip` is the clip from which the product was added, if any.
    """

    bag = models.ForeignKey(Bag, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    clip = models.ForeignKey(Clip, on_delete=models.SET_NULL, null=True, related_name="+")
    quantity = models.PositiveSmallIntegerField(
        _("quantity"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MAX_QUANTITY)]
    )
    merged_quantity = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text=_("How many two merged bags had together, if fewer can be bought.")
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("bag line")
        verbose_name_plural = _("bag lines")
        constraints = [
            models.UniqueConstraint(fields=["bag", "variant"], name="shop_bag_line_once_per_variant"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY), name="shop_bag_line_quantity_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant}"

    @property
    def amount_minor(self) -> int:
        return self.quantity * self.variant.price_minor

    @property
    def is_available(self) -> bool:
        """Return whether the line can be ordered now."""
        product = self.variant.product
        is_sold_here = product.is_active and not product.is_outbound and product.is_for_sale
        return is_sold_here and self.variant.sellable >= self.quantity
