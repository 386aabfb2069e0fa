"""Billing addresses of orders."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.models.address import PostalAddress
from shop.models.order import Order


class BillingAddress(PostalAddress):
    """Where the invoice of an order goes, if not to the delivery address."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="billing_address")

    class Meta:
        verbose_name = _("billing address")
        verbose_name_plural = _("billing addresses")

    def __str__(self) -> str:
        return ", ".join(self.label_lines)
