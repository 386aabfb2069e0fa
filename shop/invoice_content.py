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
from catalog.models import HOUSE_ID, Merchant, seller_of
from catalog.prices import format_money
from catalog.site import current_site
from shop.models import Invoice, Order, Refund
from shop.refund_shares import ChargeParts
from shop.seller_parts import SellerPart
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


def describe_sale(order: Order, part: SellerPart, now: datetime) -> InvoiceContent:
    """Return what a seller's invoice of an order says."""
    facts = [_("Paid: %(date)s") % {"date": _write_date(order.paid_at or now)}]
    rows = [
        InvoiceRow(
            text=line.local_name,
            amount=format_money(line.full_minor, order.currency),
            quantity=str(line.quantity),
            unit_price=format_money(line.unit_price_minor, order.currency),
            tax_rate=_write_rate(line.tax_rate_bps),
        )
        for line in part.lines
    ]
    if discount_minor := sum(line.discount_minor for line in part.lines):
        text = _("Discount %(code)s") % {"code": order.discount_name}
        rows.append(InvoiceRow(text, format_money(-discount_minor, order.currency)))
    return _describe(order, part.order.paid, describe_seller(part.merchant_id), facts, rows, now=now)


def describe_refund(refund: Refund, invoice: Invoice, parts: ChargeParts, now: datetime) -> InvoiceContent:
    """Return what a seller's credit note for a refund says. `invoice` is the seller's of the order."""
    order, rows, credited_minor = refund.order, [], 0
    returned = refund.lines.filter(order_line__merchant=invoice.merchant_id)
    for line in returned.select_related("order_line__product", "order_line__order").order_by("pk"):
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
    if rest_minor := parts.goods_minor - credited_minor:
        text = _("Refunded before") if rows else _("Price reduction")
        rows.append(InvoiceRow(text, format_money(rest_minor, order.currency)))
    values = {"number": invoice.number, "date": _write_date(invoice.issued_at)}
    facts = [_("For invoice %(number)s of %(date)s") % values]
    return _describe(order, parts, describe_seller(seller_of(invoice)), facts, rows, now=now)


def _describe(
    order: Order,
    parts: ChargeParts,
    seller: Sequence[str],
    facts: Iterable[str],
    rows: Sequence[InvoiceRow],
    *,
    now: datetime,
) -> InvoiceContent:
    def row(text: str, amount_minor: int) -> InvoiceRow:
        return InvoiceRow(text, format_money(amount_minor, order.currency))

    total_minor = parts.amount_minor(is_tax_included=order.prices_include_tax)
    taxes = [(tax_name(rate, order.country_code), tax_minor) for rate, tax_minor in parts.taxes.items() if tax_minor]
    added = [] if order.prices_include_tax else [row(name, tax_minor) for name, tax_minor in taxes]
    included = [row(_("Includes %(tax)s") % {"tax": name}, tax_minor) for name, tax_minor in taxes]
    shipping = [row(_("Shipping"), parts.shipping_minor)] if parts.shipping_minor else []
    delivery = [line for line in order.label_lines if line]
    buyer = [line for line in order.billing_lines if line] or delivery
    return InvoiceContent(
        seller=seller,
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


def describe_seller(merchant_id: int) -> list[str]:
    """Return a seller's name, company, address, contact and VAT number. The house's are in the site settings."""
    if merchant_id == HOUSE_ID:
        site = current_site()
        names, address, contact = [site.name], site.postal_address, [site.contact_email, site.contact_phone]
        vat_number = site.vat_number
    else:
        merchant = Merchant.objects.get(pk=merchant_id)
        names, address, contact = [merchant.name], merchant.address, [merchant.email, merchant.phone]
        names += [merchant.legal_name] if merchant.legal_name != merchant.name else []
        vat_number = merchant.vat_number
    number = f"{_('VAT number')}: {vat_number}" if vat_number else ""
    return [line.strip() for line in [*names, *address.splitlines(), *contact, number] if line.strip()]


def _write_rate(rate_bps: int | None) -> str:
    return "" if rate_bps is None else f"{write_percent(rate_bps)}%"


def _write_date(moment: datetime) -> str:
    return date_format(localtime(moment, get_default_timezone()), "SHORT_DATE_FORMAT")
