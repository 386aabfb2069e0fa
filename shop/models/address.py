"""Addresses: saved ones, and the columns that orders copy from them."""

from typing import Any, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from shop.address_rules import ADDRESS_FIELDS, format_lines

MAX_ADDRESSES = 20
"""How many addresses a user can save."""


class PostalAddress(models.Model):
    """Abstract base class with the columns of an address. Saved addresses and orders both inherit it.

    Which of them are filled in, and how they are called, depends on the country: see shop.address_rules.
    """

    name = models.CharField(_("full name"), max_length=100)
    company = models.CharField(_("company"), max_length=100, blank=True, default="", db_default="")
    street = models.CharField(_("street and number"), max_length=120)
    extra = models.CharField(_("apartment, suite or floor"), max_length=120, blank=True)
    district = models.CharField(_("district"), max_length=80, blank=True, default="", db_default="")
    city = models.CharField(_("city"), max_length=80, blank=True)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=16, blank=True)
    country_code = models.CharField(
        _("country"),
        max_length=2,
        default="US",
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Enter a two-letter country code, such as US."))],
    )
    phone = models.CharField(_("phone number"), max_length=16, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    @property
    def address_values(self) -> dict[str, Any]:
        """Return the columns of the address by name."""
        return {name: getattr(self, name) for name in ADDRESS_FIELDS}

    @property
    def label_lines(self) -> list[str]:
        """Return the lines of the address as its country writes them. The country's name is in the active language."""
        return format_lines(self.address_values)


class AddressQuerySet(models.QuerySet["Address"]):
    def owned_by(self, user: User | None) -> Self:
        return self.filter(user=user) if user else self.none()

    def default_first(self) -> Self:
        return self.order_by("-is_default", "pk")


class Address(PostalAddress):
    """An address that a user saved. “Buy now” sends orders to the default one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(_("name of this address"), max_length=40, blank=True, default="", db_default="")
    is_default = models.BooleanField(_("default"), default=False, db_default=False)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True), name="shop_address_one_default_per_user"
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.label_lines)
