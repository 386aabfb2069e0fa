"""Delivery addresses."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

ADDRESS_FIELDS = ("name", "street", "extra", "city", "region", "postal_code", "country_code")


class PostalAddress(models.Model):
    """Abstract base class with the columns of a delivery address. Saved addresses and orders both inherit it."""

    name = models.CharField(_("full name"), max_length=100)
    street = models.CharField(_("street and number"), max_length=120)
    extra = models.CharField(_("apartment, floor or company"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=80)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=16)
    country_code = models.CharField(
        _("country"),
        max_length=2,
        default="US",
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Enter a two-letter country code, such as US."))],
    )

    class Meta:
        abstract = True

    @property
    def label_lines(self) -> list[str]:
        """Return the lines of the address as they are printed on a parcel."""
        town = " ".join(part for part in (self.postal_code, self.city, self.region) if part)
        return [line for line in (self.name, self.street, self.extra, town, self.country_code) if line]

    @property
    def fingerprint(self) -> str:
        """Return a text that is the same for all residents of this address.

        It leaves out the name, and ignores spaces, punctuation and case.
        """
        text = f"{self.street}{self.extra}{self.postal_code}{self.country_code}"
        return "".join(letter for letter in text.casefold() if letter.isalnum())


class Address(PostalAddress):
    """The saved delivery address of a user. “Buy now” sends orders to it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="address")

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return ", ".join(self.label_lines)
