"""Tax rates by country, region and tax class."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.countries import country_name
from catalog.models import TaxClass
from catalog.money import WHOLE_BPS, percent_of
from shop.regions import normalize_region, region_codes


class TaxRate(models.Model):
    """The tax on products that are delivered to a country or region, from a date on until a later row replaces it."""

    country_code = models.CharField(
        _("country"),
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Enter a two-letter country code, such as US."))],
    )
    region = models.CharField(
        _("state or region"),
        max_length=80,
        blank=True,
        help_text=_("A code or name, such as CA or California. Empty for the whole country."),
    )
    tax_class = models.ForeignKey(
        TaxClass,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="rates",
        verbose_name=_("tax class"),
        help_text=_("Empty for the standard rate."),
    )
    rate_bps = models.PositiveIntegerField(_("rate"), validators=[MaxValueValidator(WHOLE_BPS)])
    valid_from = models.DateField(_("valid from"), help_text=_("Orders placed on this day or later are taxed by it."))

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [
            models.UniqueConstraint(
                fields=["country_code", "region", "tax_class", "valid_from"],
                nulls_distinct=False,
                name="shop_taxrate_once_per_day",
                violation_error_message=_("There is already a rate for this from the same day on."),
            ),
            models.CheckConstraint(condition=Q(rate_bps__lte=WHOLE_BPS), name="shop_taxrate_at_most_all"),
        ]

    def __str__(self) -> str:
        place = " ".join(filter(None, (country_name(self.country_code), self.region)))
        return f"{place}: {percent_of(self.rate_bps)} %"

    def clean_fields(self, exclude: Any = None) -> None:
        """Store the code of a region. Raises ValidationError if the country has no region of this name."""
        super().clean_fields(exclude)
        if not self.region or "region" in (exclude or ()):
            return
        codes = region_codes(self.country_code)
        self.region = normalize_region(self.country_code, self.region)
        if codes and self.region not in codes.values():
            examples = ", ".join(list(dict.fromkeys(codes.values()))[:3])
            sentence = _("This country has no such region. Use a code or name, for example one of %(examples)s.")
            raise ValidationError({"region": sentence % {"examples": examples}})
