"""The history of prices, in which the lowest price before a reduction is found."""

from django.db import models
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from catalog.models.variant import Variant


class PriceChange(models.Model):
    """A price of a variant from a time on. A trigger writes a row when the price changes, or whether it is on sale.

    `was_offered` says whether anybody could pay it: only such prices count in a reduction.
    """

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="price_changes")
    price_minor = models.PositiveIntegerField(_("price"))
    was_offered = models.BooleanField(_("on sale"))
    changed_at = models.DateTimeField(_("changed at"), db_default=Now())

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        indexes = [models.Index(fields=["variant", "-changed_at"], name="catalog_price_of_variant")]

    def __str__(self) -> str:
        return date_format(localtime(self.changed_at), "DATETIME_FORMAT")
