"""Invoices and credit notes, and the series of their numbers."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.trigrams import search_index
from catalog.models import HOUSE_ID, Merchant
from catalog.prices import Price
from shop.models.order import Order
from shop.models.refund import Refund


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


class InvoiceSeries(models.Model):
    """A seller's run of numbers without gaps. Its row is locked from the issue of an invoice until the transaction ends.

    `year` is 0 if the numbers go on from year to year.
    """

    PREFIXES = {InvoiceKind.INVOICE: "INV", InvoiceKind.CREDIT_NOTE: "CN"}

    merchant: models.ForeignKey[Merchant | int, Merchant] = models.ForeignKey(
        Merchant,
        on_delete=models.PROTECT,
        related_name="invoice_series",
        default=HOUSE_ID,
        db_default=HOUSE_ID,
        db_index=False,
        verbose_name=_("merchant"),
    )
    kind = models.CharField(_("kind"), max_length=11, choices=InvoiceKind)
    year = models.PositiveSmallIntegerField(_("year"))
    last_position = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("invoice series")
        verbose_name_plural = _("invoice series")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "year"], name="shop_invoice_series_of_seller")
        ]

    def __str__(self) -> str:
        return self._name if self.merchant.is_house else f"{self.merchant}: {self._name}"

    def number_at(self, position: int) -> str:
        """Return the number of a position, such as INV-2026-000017, or M7-INV-2026-000017 of the merchant with the id 7."""
        seller = "" if self.merchant_id == HOUSE_ID else f"M{self.merchant_id}-"
        return f"{seller}{self._name}-{position:06}"

    @property
    def _name(self) -> str:
        prefix = self.PREFIXES[InvoiceKind(self.kind)]
        return f"{prefix}-{self.year}" if self.year else prefix


class Invoice(models.Model):
    """A seller's invoice of a paid order or, with a `refund`, its credit note for that refund. It never changes.

    `content` is everything that it says, in the order's language: see shop.invoice_content.
    """

    series = models.ForeignKey(
        InvoiceSeries, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("series")
    )
    position = models.PositiveIntegerField()
    number = models.CharField(_("number"), max_length=32, unique=True)
    merchant: models.ForeignKey[Merchant | int, Merchant] = models.ForeignKey(
        Merchant,
        on_delete=models.PROTECT,
        related_name="invoices",
        default=HOUSE_ID,
        db_default=HOUSE_ID,
        db_index=False,
        verbose_name=_("merchant"),
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("order"))
    refund = models.ForeignKey(
        Refund,
        on_delete=models.PROTECT,
        null=True,
        related_name="credit_notes",
        db_index=False,
        verbose_name=_("refund"),
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    issued_at = models.DateTimeField(_("issued at"))
    currency = models.CharField(max_length=3)
    tax_minor = models.PositiveBigIntegerField(_("tax"))
    taxes: models.Field[Any, list[dict[str, Any]] | None] = models.JSONField(
        _("tax by rate"), null=True, help_text=_("Empty for documents from before sellers had their own.")
    )
    total_minor = models.PositiveBigIntegerField(_("total"))
    content: models.Field[Any, dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices and credit notes")
        ordering = ["pk"]  # as they were issued
        indexes = [
            search_index("number", name="shop_invoice_search"),
            models.Index(fields=["issued_at"], name="shop_invoice_by_date"),
            models.Index(
                fields=["merchant", "-issued_at"], condition=~Q(merchant=HOUSE_ID), name="shop_invoice_of_merchant"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "position"], name="shop_invoice_position_once"),
            models.UniqueConstraint(
                fields=["order", "merchant"], condition=Q(refund=None), name="shop_invoice_one_per_seller"
            ),
            models.UniqueConstraint(
                fields=["refund", "merchant"],
                condition=Q(refund__isnull=False),
                name="shop_credit_note_one_per_seller",
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="shop_invoice_positions_from_1"),
            models.CheckConstraint(condition=Q(tax_minor__lte=F("total_minor")), name="shop_invoice_tax_in_total"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("order-invoice", args=[self.order.code, self.number])

    @property
    def kind(self) -> InvoiceKind:
        return InvoiceKind.CREDIT_NOTE if self.refund_id else InvoiceKind.INVOICE

    @property
    def title(self) -> str:
        """Return what it is and its number, in the active language."""
        title = gettext("Credit note %(number)s") if self.refund_id else gettext("Invoice %(number)s")
        return title % {"number": self.number}

    @property
    def seller_name(self) -> str:
        """Return the seller's name as it was, or "" for the house, which needs none on pages of the shop."""
        return "" if self.merchant_id == HOUSE_ID else self.content["seller"][0]

    @property
    def total(self) -> Price:
        return Price(self.total_minor, self.currency)
