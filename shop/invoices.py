"""Issue of invoices and credit notes. A number is spent in the transaction that issues, so no series has a gap.

The row of the series stays locked until that transaction ends. Therefore lock it last: after the order, and with nothing
slow behind it. The PDF is made on demand, from what is stored: if that fails, no number is lost.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog.models import HOUSE_ID, seller_of
from shop.invoice_content import InvoiceContent, describe_refund, describe_sale
from shop.models import Invoice, InvoiceKind, InvoiceSeries, Order, Refund
from shop.refund_shares import ChargeParts
from shop.seller_parts import describe_parts, read_parts, write_taxes
from shop.states import COUNTED_REFUNDS


def issue_invoices(*, order: Order, now: datetime) -> None:
    """Issue the invoice of each seller of an order that was paid in this transaction, which has locked the order."""
    lines = list(order.lines.select_related("product").order_by("pk"))
    for part in describe_parts(order, lines):
        if part.lines or (part.merchant_id == HOUSE_ID and (part.order.paid.shipping_minor or not lines)):
            with override(order.language):
                content = describe_sale(order, part, now)
            _issue(InvoiceKind.INVOICE, order, None, part.merchant_id, part.order.paid, content, now)


def issue_credit_notes(*, refund: Refund, now: datetime) -> None:
    """Issue each seller's credit note for a refund that was planned in this transaction, which has locked the order.

    An order has none without an invoice that could be corrected: it is older than invoices, or was paid too late.
    """
    invoices = list(Invoice.objects.filter(order=refund.order_id, refund=None).order_by("pk"))
    shares = {share.merchant_id: read_parts(share) for share in refund.shares.all()}
    is_divided = refund.goods_minor or refund.shipping_minor or refund.tax_minor
    rest = read_parts(refund) if is_divided else ChargeParts(refund.amount_minor)
    for parts in shares.values():
        rest = rest.minus(parts)
    sellers = set(refund.lines.values_list("order_line__merchant", flat=True))
    for invoice in invoices:
        seller = seller_of(invoice)
        parts = shares.get(seller, ChargeParts()) if seller != HOUSE_ID else rest
        is_concerned = seller in sellers or parts.goods_minor or parts.shipping_minor or parts.tax_minor
        if not is_concerned and len(invoices) > 1:
            continue
        with override(invoice.language):
            content = describe_refund(refund, invoice, parts, now)
        _issue(InvoiceKind.CREDIT_NOTE, refund.order, refund, seller, parts, content, now)


def issue_missing(*, order_id: int, now: datetime) -> int:
    """Issue what an order lacks that was paid before there were invoices. Return how many documents were issued.

    They have numbers and dates of today. An order that was never paid gets none.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if not order.is_settled:
            return 0
        before = order.invoices.count()
        if not order.invoices.filter(refund=None).exists():
            issue_invoices(order=order, now=now)
        for refund in find_uncredited(order).order_by("pk"):
            issue_credit_notes(refund=refund, now=now)
        return order.invoices.count() - before


def find_uncredited(order: Order) -> QuerySet[Refund]:
    return order.refunds.filter(state__in=COUNTED_REFUNDS, credit_notes=None)


def explain_complete(order: Order) -> str:
    """Return why `issue_missing` has nothing to do, or "" if it has."""
    if not order.is_settled:
        return _("This order has not been paid.")
    is_complete = order.invoices.filter(refund=None).exists() and not find_uncredited(order).exists()
    return _("This order has its invoice.") if is_complete else ""


def _issue(
    kind: InvoiceKind,
    order: Order,
    refund: Refund | None,
    seller: int,
    parts: ChargeParts,
    content: InvoiceContent,
    now: datetime,
) -> None:
    is_yearly = settings.INVOICE_NUMBERS == "yearly"
    year = localtime(now, get_default_timezone()).year if is_yearly else 0
    locked = InvoiceSeries.objects.select_for_update()
    series, _is_new = locked.get_or_create(merchant_id=seller, kind=kind, year=year)
    series.last_position += 1
    series.save(update_fields=["last_position"])
    Invoice.objects.create(
        series=series,
        position=series.last_position,
        number=series.number_at(series.last_position),
        merchant_id=seller,
        order=order,
        refund=refund,
        language=order.language,
        issued_at=now,
        currency=order.currency,
        tax_minor=parts.tax_minor,
        taxes=write_taxes(parts.taxes),
        total_minor=parts.amount_minor(is_tax_included=order.prices_include_tax),
        content=content.as_json(),
    )
