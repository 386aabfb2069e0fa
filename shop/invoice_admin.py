"""Admin pages of invoices and their series, and the actions that issue and export them."""

from collections import Counter
from collections.abc import Iterator

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.access import signed_in_user
from accounts.confirmed_actions import Answer, AskingActions, Question
from accounts.history import history_line
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.amounts import write_percent
from catalog.csv_files import iterate_csv, respond_with_csv
from catalog.money_fields import money_column
from catalog.prices import plain_decimal
from shop.invoices import explain_complete, issue_missing
from shop.models import Invoice, InvoiceSeries, Order

CSV_COLUMNS = (
    *("number", "kind", "issued_on", "order", "refund", "country", "vat_number", "is_reverse_charged"),
    *("currency", "net", "tax", "total", "tax_by_rate", "seller"),
)


class InvoiceColumns:
    total = money_column("total_minor", _("total"))
    tax = money_column("tax_minor", _("tax"))

    @admin.display(description=_("kind"))
    def local_kind(self, invoice: Invoice) -> str:
        return str(invoice.kind.label)

    @admin.display(description=_("file"))
    def pdf(self, invoice: Invoice) -> SafeString:
        return format_html('<a href="{}">PDF</a>', invoice.get_absolute_url())


class InvoiceInline(InvoiceColumns, ReadOnlyAdmin, admin.TabularInline[Invoice, Order]):
    model = Invoice
    fields = ["number", "local_kind", "total", "issued_at", "pdf"]
    readonly_fields = ["local_kind", "total", "pdf"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return super().get_queryset(request).select_related("order").order_by("pk")


@admin.register(Invoice)
class InvoiceAdmin(InvoiceColumns, ReadOnlyAdmin, admin.ModelAdmin[Invoice]):
    list_display = ["number", "merchant", "local_kind", "order", "total", "tax", "issued_at", "pdf"]
    list_filter = ["series__kind", "issued_at"]
    list_select_related = ["order", "merchant"]
    search_fields = ["number", "order__code", "order__email", "merchant__name"]
    ordering = ["-issued_at"]
    fields = [
        "number",
        "merchant",
        "local_kind",
        "series",
        "order",
        "refund",
        "language",
        "issued_at",
        "total",
        "tax",
        "pdf",
    ]
    readonly_fields = ["local_kind", "total", "tax", "pdf"]
    actions = ["download_as_csv"]

    @admin.action(description=_("Download as CSV"))
    def download_as_csv(self, request: HttpRequest, invoices: QuerySet[Invoice]) -> HttpResponse:
        rows = _read_rows(invoices.select_related("order", "refund", "merchant").order_by("issued_at", "pk"))
        return respond_with_csv(iterate_csv(CSV_COLUMNS, rows), file_name="invoices.csv")


@admin.register(InvoiceSeries)
class InvoiceSeriesAdmin(ReadOnlyAdmin, admin.ModelAdmin[InvoiceSeries]):
    list_display = ["__str__", "merchant", "kind", "year", "last_position"]
    list_select_related = ["merchant"]
    ordering = ["-year", "kind"]


class InvoiceIssue(AskingActions[Order]):
    """An action on orders that were paid before the shop issued invoices."""

    def has_issue_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("shop.add_invoice")

    @admin.action(description=_("Issue missing invoices"), permissions=["issue"])
    def issue_missing_invoices(self, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse | None:
        """Ask, then issue what each order lacks, the order that was paid first before the others."""
        lacking, skipped = [], Counter[str]()
        for order in orders.order_by("paid_at", "pk"):
            if reason := explain_complete(order):
                skipped[reason] += 1
            else:
                lacking.append(order)
        question = Question(
            "issue_missing_invoices",
            gettext("Issue missing invoices"),
            gettext("Issue invoices with today's date, and credit notes for refunds? Their numbers are final."),
            [f"{order.code} – {order.total.text}" for order in lacking],
        )
        if not isinstance(answer := self.ask(request, question, skipped), Answer):
            return answer
        issued = sum(issue_missing(order_id=order.pk, now=timezone.now()) for order in lacking)
        line = history_line(gettext_noop("Issued missing invoices"))
        LogEntry.objects.log_actions(signed_in_user(request).pk, lacking, CHANGE, change_message=line)
        text = ngettext("%(count)d document was issued.", "%(count)d documents were issued.", issued)
        self.message_user(request, text % {"count": issued})
        self.report_skipped(request, skipped)
        return None


def _read_rows(invoices: QuerySet[Invoice]) -> Iterator[list[object]]:
    for invoice in invoices.iterator(chunk_size=500):
        order, currency = invoice.order, invoice.currency
        taxes = (invoice.refund or order).taxes if invoice.taxes is None else invoice.taxes
        yield [
            invoice.number,
            invoice.kind.value,
            localtime(invoice.issued_at, get_default_timezone()).date().isoformat(),
            order.code,
            invoice.refund_id or "",
            order.country_code,
            order.vat_number,
            "yes" if order.is_reverse_charged else "no",
            currency,
            plain_decimal(invoice.total_minor - invoice.tax_minor, currency),
            plain_decimal(invoice.tax_minor, currency),
            plain_decimal(invoice.total_minor, currency),
            "; ".join(
                f"{write_percent(tax['rate_bps'] or 0)}%: {plain_decimal(tax['tax_minor'], currency)}" for tax in taxes
            ),
            invoice.merchant.name,
        ]
