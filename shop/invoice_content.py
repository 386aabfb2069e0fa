"""What invoices and credit notes say. It is written when they are issued, in the active language, and stored.

So a PDF that is made again says the same after names, prices, addresses or translations have changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _

from catalog.amounts import write_percent
from catalog.prices import format_money
from catalog.site import current_site
from shop.models import Invoice, Order, Refund
from shop.templatetags.taxes import tax_name


@dataclass(frozen=True)
class InvoiceRow:
    """A row of an invoice, as it is printed."""

    text: str
    amount: str
    quantity: str = ""
    unit_price: str = ""
    tax_rate: str = ""


@dataclass(frozen=True)
class InvoiceContent:
    """Everything on an invoice but its number. `totals` end with the total, after which `included` taxes are listed."""

    seller: Sequence[str]
    buyer: Sequence[str]
    delivery: Sequence[str]
    facts: Sequence[str]
    rows: Sequence[InvoiceRow]
    totals: Sequence[InvoiceRow]
    included: Sequence[InvoiceRow]
    notes: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "InvoiceContent":
        rows = {name: [InvoiceRow(**row) for row in values[name]] for name in ("rows", "totals", "included")}
        return cls(**{**values, **rows})


def describe_sale(order: Order, now: datetime) -> InvoiceContent:
    """Return what the invoice of an order says."""
    facts = [_("Paid: %(date)s") % {"date": _write_date(order.paid_at or now)}]
    rows = [
        InvoiceRow(
            text=line.local_name,
            amount=format_money(line.full_minor, order.currency),
            quantity=str(line.quantity),
            unit_price=format_money(line.unit_price_minor, order.currency),
            tax_rate=_write_rate(line.tax_rate_bps),
        )
        for line in order.lines.select_related("product").order_by("pk")
    ]
    if order.discount_minor:
        text = _("Discount %(code)s") % {"code": order.discount_name}
        rows.append(InvoiceRow(text, format_money(-order.discount_minor, order.currency)))
    return _describe(order, order, facts, rows, total_minor=order.total_minor, now=now)


def describe_refund(refund: Refund, invoice: Invoice, now: datetime) -> InvoiceContent:
    """Return what the credit note for a refund says. `invoice` is that of the order."""
    order, rows, credited_minor = refund.order, [], 0
    for line in refund.lines.select_related("order_line__product", "order_line__order").order_by("pk"):
        credited_minor += line.amount_minor
        rows.append(
            InvoiceRow(
                text=line.order_line.local_name,
                amount=format_money(line.amount_minor, order.currency),
                quantity=str(line.quantity),
                unit_price="" if line.order_line.discount_minor else line.order_line.unit_price.text,
                tax_rate=_write_rate(line.order_line.tax_rate_bps),
            )
        )
    tax_minor = 0 if order.prices_include_tax else refund.tax_minor
    rest_minor = refund.amount_minor - refund.shipping_minor - tax_minor - credited_minor
    if rest_minor:
        text = _("Refunded before") if rows else _("Price reduction")
        rows.append(InvoiceRow(text, format_money(rest_minor, order.currency)))
    values = {"number": invoice.number, "date": _write_date(invoice.issued_at)}
    facts = [_("For invoice %(number)s of %(date)s") % values]
    return _describe(order, refund, facts, rows, total_minor=refund.amount_minor, now=now)


def _describe(
    order: Order,
    sums: Order | Refund,
    facts: Iterable[str],
    rows: Sequence[InvoiceRow],
    *,
    total_minor: int,
    now: datetime,
) -> InvoiceContent:
    def row(text: str, amount_minor: int) -> InvoiceRow:
        return InvoiceRow(text, format_money(amount_minor, order.currency))

    taxes = [(tax_name(tax["rate_bps"], order.country_code), tax["tax_minor"]) for tax in sums.taxes]
    added = [] if order.prices_include_tax else [row(name, tax_minor) for name, tax_minor in taxes]
    included = [row(_("Includes %(tax)s") % {"tax": name}, tax_minor) for name, tax_minor in taxes]
    shipping = [row(_("Shipping"), sums.shipping_minor)] if sums.shipping_minor else []
    delivery = [line for line in order.label_lines if line]
    buyer = [line for line in order.billing_lines if line] or delivery
    return InvoiceContent(
        seller=_describe_seller(),
        buyer=[*buyer, *([f"{_('VAT number')}: {order.vat_number}"] if order.vat_number else [])],
        delivery=delivery if buyer != delivery else [],
        facts=[
            _("Date: %(date)s") % {"date": _write_date(now)},
            _("Order: %(code)s") % {"code": order.code},
            *facts,
        ],
        rows=rows,
        totals=[*shipping, *added, row(_("Total"), total_minor)],
        included=included if order.prices_include_tax else [],
        notes=[_("Reverse charge: no VAT is charged. The buyer accounts for it.")] if order.is_reverse_charged else [],
    )


def _describe_seller() -> list[str]:
    site = current_site()
    number = f"{_('VAT number')}: {site.vat_number}" if site.vat_number else ""
    lines = [site.name, *site.postal_address.splitlines(), site.contact_email, site.contact_phone, number]
    return [line.strip() for line in lines if line.strip()]


def _write_rate(rate_bps: int | None) -> str:
    return "" if rate_bps is None else f"{write_percent(rate_bps)}%"


def _write_date(moment: datetime) -> str:
    return date_format(localtime(moment, get_default_timezone()), "SHORT_DATE_FORMAT")
