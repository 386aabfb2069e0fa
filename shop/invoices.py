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

from shop.invoice_content import InvoiceContent, describe_refund, describe_sale
from shop.models import Invoice, InvoiceKind, InvoiceSeries, Order, Refund
from shop.states import COUNTED_REFUNDS


def issue_invoice(*, order: Order, now: datetime) -> Invoice:
    """Issue the invoice of an order that was paid in this transaction, which has locked the order."""
    with override(order.language):
        content = describe_sale(order, now)
    return _issue(InvoiceKind.INVOICE, order, None, content, now)


def issue_credit_note(*, refund: Refund, now: datetime) -> Invoice | None:
    """Issue the credit note for a refund that was planned in this transaction, which has locked the order.

    Return None if the order has no invoice that could be corrected: it is older than invoices, or was paid too late.
    """
    invoice = Invoice.objects.filter(order=refund.order_id, refund=None).first()
    if invoice is None:
        return None
    with override(invoice.language):
        content = describe_refund(refund, invoice, now)
    return _issue(InvoiceKind.CREDIT_NOTE, refund.order, refund, content, now)


def issue_missing(*, order_id: int, now: datetime) -> int:
    """Issue what an order lacks that was paid before there were invoices. Return how many documents were issued.

    They have numbers and dates of today. An order that was never paid gets none.
    """
    issued = 0
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if not order.is_settled:
            return 0
        if not order.invoices.filter(refund=None).exists():
            issue_invoice(order=order, now=now)
            issued += 1
        for refund in find_uncredited(order).order_by("pk"):
            issue_credit_note(refund=refund, now=now)
            issued += 1
    return issued


def find_uncredited(order: Order) -> QuerySet[Refund]:
    return order.refunds.filter(state__in=COUNTED_REFUNDS, credit_note=None)


def explain_complete(order: Order) -> str:
    """Return why `issue_missing` has nothing to do, or "" if it has."""
    if not order.is_settled:
        return _("This order has not been paid.")
    is_complete = order.invoices.filter(refund=None).exists() and not find_uncredited(order).exists()
    return _("This order has its invoice.") if is_complete else ""


def _issue(kind: InvoiceKind, order: Order, refund: Refund | None, content: InvoiceContent, now: datetime) -> Invoice:
    is_yearly = settings.INVOICE_NUMBERS == "yearly"
    year = localtime(now, get_default_timezone()).year if is_yearly else 0
    series, _is_new = InvoiceSeries.objects.select_for_update().get_or_create(kind=kind, year=year)
    series.last_position += 1
    series.save(update_fields=["last_position"])
    return Invoice.objects.create(
        series=series,
        position=series.last_position,
        number=series.number_at(series.last_position),
        order=order,
        refund=refund,
        language=order.language,
        issued_at=now,
        currency=order.currency,
        tax_minor=(refund or order).tax_minor,
        total_minor=refund.amount_minor if refund else order.total_minor,
        content=content.as_json(),
    )
