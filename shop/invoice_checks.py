"""Verification of invoices: series without gaps, and documents that add up to what was paid and refunded."""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from shop.models import Invoice, InvoiceSeries, Order, Refund
from shop.states import COUNTED_REFUNDS, SETTLED


def find_invoice_problems() -> Iterator[str]:
    """Yield a sentence for each series with a gap, and each order whose documents are missing or wrong."""
    series = InvoiceSeries.objects.annotate(count=Count("invoices"), highest=Max("invoices__position"))
    for row in series.exclude(count=F("last_position"), highest=F("last_position")).order_by("pk"):
        yield f"{row} has {row.count} numbers up to {row.highest}, and {row.last_position} were spent."
    wrong = Invoice.objects.filter(refund=None).exclude(total_minor=F("order__total_minor"))
    wrong |= Invoice.objects.exclude(refund=None).exclude(total_minor=F("refund__amount_minor"))
    for invoice in wrong.select_related("order").order_by("pk"):
        yield f"{invoice} is over {invoice.total.text}, which is not the amount of order {invoice.order}."
    invoiced = Order.objects.filter(invoices__isnull=False).values("pk")
    refunds = Refund.objects.filter(state__in=COUNTED_REFUNDS, order__in=invoiced, credit_note=None)
    for refund in refunds.select_related("order").order_by("pk"):
        yield f"Refund {refund.pk} of order {refund.order} has no credit note."
    credited = Sum("invoices__total_minor", filter=Q(invoices__refund__isnull=False), default=0)
    orders = Order.objects.filter(invoices__isnull=False).annotate(credited_minor=credited)
    for order in orders.exclude(credited_minor=F("refunded_minor")).order_by("pk"):
        yield f"The credit notes of order {order} do not add up to what was refunded."
    for order in find_missing().order_by("pk"):
        yield f"Order {order} has no invoice."


def find_missing() -> QuerySet[Order]:
    """Return paid orders without an invoice since the first that was issued at the moment of payment."""
    first = Invoice.objects.filter(refund=None, issued_at=F("order__paid_at")).aggregate(at=Min("issued_at"))["at"]
    orders = Order.objects.filter(state__in=SETTLED, invoices=None)
    return orders.filter(paid_at__gte=first) if first else orders.none()
