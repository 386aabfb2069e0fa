"""Admin pages that exchange files with a bank: bank orders as pain.001 or CSV, and the bank's results."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from accounts.access import user_with_permission
from accounts.history import history_line, ngettext_noop
from accounts.large_tables import LargeTableAdmin
from payouts.approvals import BatchRefused
from payouts.bank_orders import build_bank_file, build_payment_order, make_bank_order
from payouts.bank_results import import_bank_results
from payouts.banks.bank_answers import BankFileUnreadable
from payouts.models import Batch

RESULTS_MAX_BYTES = 10_000_000
MADE_ORDER = ngettext_noop(
    "Made bank order %(number)d with %(count)d payout", "Made bank order %(number)d with %(count)d payouts"
)
READ_RESULTS = gettext_noop("Read the bank's results: %(settled)d settled, %(unmatched)d unmatched")
"""Of a file with the bank's results. A batch with 35,000 payouts has less than 5 MB as pain.002."""


def describe_too_large() -> str:
    return _("It is larger than %(size)s. Send only the answers to this batch.") % {
        "size": filesizeformat(RESULTS_MAX_BYTES)
    }


class BankFilePages(LargeTableAdmin, admin.ModelAdmin[Batch]):
    """The pages, as a mixin for the admin of batches. Each order, download and upload is in the batch's history."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        file_urls = [
            path("<int:pk>/order/", view(self.make_order), name="payouts_batch_order"),
            path("<int:pk>/order/<int:number>/file/", view(self.download_table), name="payouts_batch_order_file"),
            path("<int:pk>/order/<int:number>/pain001/", view(self.download_xml), name="payouts_batch_order_pain001"),
            path("<int:pk>/results/", view(self.upload_results), name="payouts_batch_results"),
        ]
        return [*file_urls, *super().get_urls()]

    def make_order(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Make a bank order of the payouts that are in none yet."""
        user_with_permission(request, "payouts.add_payout")
        batch = get_object_or_404(Batch, pk=pk)
        if request.method != "POST":
            return redirect("admin:payouts_batch_change", pk)
        try:
            order = make_bank_order(batch=batch)
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:payouts_batch_change", pk)
        self.log_change(request, batch, history_line(MADE_ORDER, number=order.number, count=order.count))
        messages.success(request, _("Bank order %(number)d was made. Download it below.") % {"number": order.number})
        return redirect("admin:payouts_batch_change", pk)

    def download_table(self, request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
        """Send a bank order as CSV."""

        def build(batch: Batch) -> str:
            return build_bank_file(batch=batch, number=number)

        return self._send_file(request, pk, build, f"{number} as CSV", f"{number}.csv", "text/csv; charset=utf-8")

    def download_xml(self, request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
        """Send a bank order as pain.001."""

        def build(batch: Batch) -> bytes:
            return build_payment_order(batch=batch, number=number, now=timezone.now())

        return self._send_file(request, pk, build, f"{number} as pain.001", f"{number}.xml", "application/xml")

    def _send_file(
        self,
        request: HttpRequest,
        pk: int,
        build: Callable[[Batch], str | bytes],
        logged_name: str,
        file_name: str,
        content_type: str,
    ) -> HttpResponseBase:
        user_with_permission(request, "payouts.add_payout")
        batch = get_object_or_404(Batch, pk=pk)
        try:
            content = build(batch)
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:payouts_batch_change", pk)
        self.log_change(request, batch, history_line(gettext_noop("Downloaded bank order %(file)s"), file=logged_name))
        headers = {"Content-Disposition": f'attachment; filename="payouts-{pk}-{file_name}"'}
        return HttpResponse(content, content_type=content_type, headers=headers)

    def upload_results(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Settle payouts by the bank's file. Rows that settle nothing are listed with line and reason."""
        batch = get_object_or_404(Batch, pk=pk)
        user = user_with_permission(request, "payouts.add_payout")
        if request.method != "POST":
            return redirect("admin:payouts_batch_change", pk)
        file = request.FILES.get("results")
        try:
            if file and (file.size or 0) > RESULTS_MAX_BYTES:
                raise BankFileUnreadable(describe_too_large())
            outcome = import_bank_results(
                batch=batch, content=file.read() if file else b"", user=user, now=timezone.now()
            )
        except BankFileUnreadable as error:
            messages.error(request, _("The file could not be read: %(problem)s") % {"problem": error})
            return redirect("admin:payouts_batch_change", pk)
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:payouts_batch_change", pk)
        count = outcome.settled
        unmatched = len(outcome.unmatched)
        self.log_change(request, batch, history_line(READ_RESULTS, settled=count, unmatched=unmatched))
        sentence = ngettext("%(count)d payout was settled.", "%(count)d payouts were settled.", count)
        if count and not outcome.unmatched:
            messages.success(request, sentence % {"count": count})
            return redirect("admin:payouts_batch_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("The bank's results"),
            "batch": batch,
            "settled": sentence % {"count": count} if count else _("No payout was settled."),
            "unmatched": outcome.unmatched,
        }
        status = 200 if count else 422
        return TemplateResponse(request, "admin/payouts/batch/results.html", context, status=status)
