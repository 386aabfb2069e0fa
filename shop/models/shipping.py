"""Shipping zones and options: where the shop delivers, how, and what it costs by value and weight."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.amounts import validate_currency
from catalog.models.product import default_currency
from catalog.translations import TranslationsField, translate_name
from shop.regions import normalize_region

REGION_LENGTH = 80


class ShippingKind(models.TextChoices):
    DELIVERY = "delivery", _("Delivery")
    PICKUP = "pickup", _("Pickup")


class ShippingZone(models.Model):
    """Countries with the same shipping options or, if it has regions, only these of them. A region comes before a country."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    countries = ArrayField(
        models.CharField(max_length=2, validators=[RegexValidator(r"^[A-Z]{2}\Z")]), verbose_name=_("countries")
    )
    regions = ArrayField(
        models.CharField(max_length=REGION_LENGTH),
        verbose_name=_("states or regions"),
        default=list,
        blank=True,
        help_text=_("Codes or names, separated by commas, such as AK, HI. Empty for whole countries."),
    )

    class Meta:
        verbose_name = _("shipping zone")
        verbose_name_plural = _("shipping zones")

    def __str__(self) -> str:
        return self.name

    def has_place(self, country_code: str, region: str) -> bool:
        """Return whether the zone has this region of a country."""
        if country_code not in self.countries:
            return False
        codes = {normalize_region(country_code, name) for name in self.regions}
        return not codes or normalize_region(country_code, region) in codes


class ShippingOption(models.Model):
    """A way of shipping at one price, for goods of at least a value and at most a weight.

    Options of a zone with the same name are one to shoppers, who get the cheapest that fits their order.
    """

    zone = models.ForeignKey(
        ShippingZone, on_delete=models.CASCADE, related_name="options", verbose_name=_("shipping zone")
    )
    name = models.CharField(_("name"), max_length=60, help_text=_("Such as Standard. Shoppers read it."))
    name_translations = TranslationsField(_("translations of the name"))
    kind = models.CharField(_("kind"), max_length=10, choices=ShippingKind, default=ShippingKind.DELIVERY)
    currency = models.CharField(_("currency"), max_length=3, default=default_currency, validators=[validate_currency])
    price_minor = models.PositiveIntegerField(_("price"))
    goods_from_minor = models.PositiveIntegerField(
        _("for goods from"), null=True, blank=True, help_text=_("The least value of an order with this price, if any.")
    )
    weight_upto_g = models.PositiveIntegerField(
        _("up to a weight of"), null=True, blank=True, help_text=_("In grams. Empty if the weight does not count.")
    )
    free_from_minor = models.PositiveIntegerField(
        _("free from"),
        null=True,
        blank=True,
        help_text=_("Value of goods from which it costs nothing. Empty for never."),
    )
    min_days = models.PositiveSmallIntegerField(_("earliest after days"), default=2)
    max_days = models.PositiveSmallIntegerField(
        _("latest after days"), default=5, help_text=_("Shoppers read both as dates, and so do packers.")
    )
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("shipping option")
        verbose_name_plural = _("shipping options")
        constraints = [
            models.CheckConstraint(condition=Q(min_days__lte=F("max_days")), name="shop_shipping_days_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.zone}: {self.name}"

    @property
    def local_name(self) -> str:
        """Return the name in the active language."""
        return translate_name(self.name, self.name_translations)

    def clean(self) -> None:
        if self.min_days is not None and self.max_days is not None and self.min_days > self.max_days:
            raise ValidationError({"max_days": _("Enter at least as many days as for the earliest date.")})

    def promised_on(self, today: date) -> tuple[date, date]:
        """Return the first and the last day on which an order of today should arrive."""
        return today + timedelta(days=self.min_days), today + timedelta(days=self.max_days)
