"""Verification of invoices: series without gaps, and documents that add up to what was paid and refunded."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Case, Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from catalog.models import HOUSE_ID
from shop.models import Invoice, InvoiceSeries, Order, OrderLine, Refund, RefundShare
from shop.states import COUNTED_REFUNDS, SETTLED


def find_invoice_problems() -> Iterator[str]:
    """Yield a sentence for each series with a gap, and each order whose documents are missing or wrong."""
    series = InvoiceSeries.objects.annotate(count=Count("invoices"), highest=Max("invoices__position"))
    for row in series.exclude(count=F("last_position"), highest=F("last_position")).order_by("pk"):
        yield f"{row} has {row.count} numbers up to {row.highest}, and {row.last_position} were spent."
    invoiced = Order.objects.filter(invoices__isnull=False)
    refunds = Refund.objects.filter(state__in=COUNTED_REFUNDS, order__in=invoiced.values("pk"), credit_notes=None)
    for refund in refunds.select_related("order").order_by("pk"):
        yield f"Refund {refund.pk} of order {refund.order} has no credit note."
    orders = invoiced.annotate(sold_minor=_sum_of(refund=None), credited_minor=_sum_of(refund__isnull=False))
    for order in orders.exclude(sold_minor=F("total_minor")).order_by("pk"):
        yield f"The invoices of order {order} do not add up to what was paid."
    for order in orders.exclude(credited_minor=F("refunded_minor")).order_by("pk"):
        yield f"The credit notes of order {order} do not add up to what was refunded."
    yield from _find_wrong_shares()
    for order in find_missing().order_by("pk"):
        yield f"Order {order} has no invoice."


def _find_wrong_shares() -> Iterator[str]:
    """Yield a sentence for each document of a merchant that differs from its lines, or from its share of the refund."""
    own = OrderLine.objects.filter(order=OuterRef("order"), merchant=OuterRef("merchant")).order_by().values("merchant")
    added_tax = Case(When(order__prices_include_tax=False, then=F("tax_minor")), default=0)
    sales = own.annotate(sum=Sum(F("amount_minor") + added_tax)).values("sum")
    shares = RefundShare.objects.filter(refund=OuterRef("refund"), merchant=OuterRef("merchant")).values("amount_minor")
    of_merchants = Invoice.objects.exclude(merchant=HOUSE_ID).select_related("order").order_by("pk")
    wrong = of_merchants.filter(refund=None).annotate(due_minor=Coalesce(Subquery(sales), 0))
    noted = of_merchants.filter(refund__isnull=False).annotate(due_minor=Coalesce(Subquery(shares), 0))
    for invoice in [*wrong.exclude(total_minor=F("due_minor")), *noted.exclude(total_minor=F("due_minor"))]:
        yield f"{invoice} is over {invoice.total.text}, which is not its seller's part of order {invoice.order}."


def _sum_of(**condition: Any) -> Sum:
    return Sum(
        "invoices__total_minor",
        filter=Q(**{f"invoices__{name}": value for name, value in condition.items()}),
        default=0,
    )


def find_missing() -> QuerySet[Order]:
    """Return paid orders without an invoice since the first that was issued at the moment of payment."""
    first = Invoice.objects.filter(refund=None, issued_at=F("order__paid_at")).aggregate(at=Min("issued_at"))["at"]
    orders = Order.objects.filter(state__in=SETTLED, invoices=None)
    return orders.filter(paid_at__gte=first) if first else orders.none()
