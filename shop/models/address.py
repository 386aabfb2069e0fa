"""Where an order goes."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

ADDRESS_FIELDS = ("name", "street", "extra", "city", "region", "postal_code", "country_code")


class PostalAddress(models.Model):
    """The columns of an address: a shopper keeps one, and an order copies it."""

    name = models.CharField(_("full name"), max_length=100)
    street = models.CharField(_("street and number"), max_length=120)
    extra = models.CharField(_("flat, floor or company"), max_length=120, blank=True)
    city = models.CharField(_("town"), max_length=80)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=16)
    country_code = models.CharField(
        _("country"), max_length=2, default="US", validators=[RegexValidator(r"^[A-Z]{2}$", _("Use two letters: US."))]
    )

    class Meta:
        abstract = True

    @property
    def label_lines(self) -> list[str]:
        """What a parcel's label says, line by line."""
        town = " ".join(part for part in (self.postal_code, self.city, self.region) if part)
        return [line for line in (self.name, self.street, self.extra, town, self.country_code) if line]

    @property
    def fingerprint(self) -> str:
        """The place without its spelling: equal for the same door, whoever lives there."""
        place = f"{self.street}{self.extra}{self.postal_code}{self.country_code}"
        return "".join(letter for letter in place.casefold() if letter.isalnum())


class Address(PostalAddress):
    """The address that a shopper has saved; “Buy now” sends there."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="address")

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return ", ".join(self.label_lines)
