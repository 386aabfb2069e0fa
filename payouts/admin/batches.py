"""Admin pages for payout batches.

Staff plan a batch, change it, approve it and send it. Files for and from the bank: payouts.admin.bank_files.
"""

from collections import Counter
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.access import user_with_permission
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.amounts import validate_currency
from catalog.prices import format_money
from payouts.admin.bank_files import BankFilePages
from payouts.admin.plan_changes import PlanChangePages
from payouts.approvals import BatchRefused, get_digest, get_total_minor, needs_approval
from payouts.batches import approve_batch, find_sendable_payouts, plan_batch
from payouts.claims import find_stops
from payouts.models import Batch, Payout, PayoutState
from payouts.tasks import send_payout


class PayoutInline(ReadOnlyAdmin, admin.TabularInline[Payout, Batch]):
    model = Payout
    fields = ["creator", "agency", "amount", "state_text", "holder_name", "masked_number", "reference"]
    readonly_fields = ["amount", "state_text", "masked_number"]
    show_change_link = True

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, payout: Payout) -> str:
        return format_money(payout.amount_minor, payout.currency)

    @admin.display(description=gettext_lazy("account"))
    def masked_number(self, payout: Payout) -> str:
        return payout.masked

    @admin.display(description=gettext_lazy("state"))
    def state_text(self, payout: Payout) -> str:
        """Return the state and what stops or ended the payout."""
        stops = find_stops([payout], timezone.now())
        why = stops.get(payout.pk) or payout.failure_text or payout.unclear_text or payout.decision_reason
        state = payout.get_state_display()
        return format_html("{}<br>{}", state, why) if why else state


@admin.register(Batch)
class BatchAdmin(BankFilePages, PlanChangePages, ReadOnlyAdmin, admin.ModelAdmin[Batch]):
    """Admin pages for payout batches, with a button for each step."""

    change_form_template = "admin/payouts/batch/change_form.html"
    change_list_template = "admin/payouts/batch/change_list.html"
    list_display = ["__str__", "total", "state_counts", "provider", "created_by", "created_at", "approved_by"]
    list_select_related = ["created_by", "approved_by"]
    ordering = ["-pk"]
    fields = ["currency", "provider"]
    inlines = [PayoutInline]

    @admin.display(description=gettext_lazy("total"))
    def total(self, batch: Batch) -> str:
        return format_money(get_total_minor(batch), batch.currency)

    @admin.display(description=gettext_lazy("state"))
    def state_counts(self, batch: Batch) -> str:
        """Return the number of payouts in each state as text, for example “3 Paid, 1 Failed”."""
        counts = Counter(batch.payouts.values_list("state", flat=True))
        return ", ".join(f"{count} {PayoutState(state).label}" for state, count in sorted(counts.items()))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        batch_urls = [
            path("plan/", view(require_POST(self.plan)), name="payouts_batch_plan"),
            path("<int:pk>/approve/", view(reauthentication_required(self.approve)), name="payouts_batch_approve"),
            path("<int:pk>/send/", view(require_POST(self.send)), name="payouts_batch_send"),
            path("<int:pk>/drop/", view(self.drop_page), name="payouts_batch_drop"),
            path("<int:pk>/replan/", view(self.replan_page), name="payouts_batch_replan"),
        ]
        return [*batch_urls, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        batch = get_object_or_404(Batch, pk=object_id)
        planned = list(batch.payouts.planned())
        context = {
            "batch": batch,
            "total": self.total(batch),
            "state_counts": self.state_counts(batch),
            "needs_approval": needs_approval(batch),
            "can_approve": request.user.has_perm("payouts.approve_batch"),
            "can_send": request.user.has_perm("payouts.add_payout"),
            "is_planned": bool(planned),
            "stopped_count": len(find_stops(planned, timezone.now())),
            "is_waiting": batch.payouts.filter(state__in=(PayoutState.SENDING, PayoutState.UNKNOWN)).exists(),
            "uses_files": batch.provider == "csv",
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"currency": settings.CURRENCY, **(extra_context or {})})

    def plan(self, request: HttpRequest) -> HttpResponseBase:
        user = user_with_permission(request, "payouts.add_batch")
        currency = str(request.POST.get("currency", settings.CURRENCY)).strip().upper()
        try:
            validate_currency(currency)
            batch = plan_batch(created_by=user, currency=currency, now=timezone.now())
        except (BatchRefused, ValidationError) as refusal:
            messages.error(request, getattr(refusal, "message", str(refusal)))
            return redirect("admin:payouts_batch_changelist")
        return redirect_to(batch)

    def approve(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Approve a batch on POST. On GET, show a page with the button for it.

        The user must have confirmed their password recently.
        """
        batch = get_object_or_404(Batch, pk=pk)
        user = user_with_permission(request, "payouts.approve_batch")
        if request.method != "POST":
            payouts = batch.payouts.not_dropped().select_related("creator", "agency").order_by("pk")
            context = {
                **self.admin_site.each_context(request),
                "batch": batch,
                "total": self.total(batch),
                "payouts": payouts,
                "seen": get_digest(batch),
            }
            return TemplateResponse(request, "admin/payouts/batch/approve.html", context)
        try:
            approve_batch(batch=batch, approved_by=user, now=timezone.now(), seen=request.POST.get("seen"))
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
        return redirect_to(batch)

    def send(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        batch = get_object_or_404(Batch, pk=pk)
        user_with_permission(request, "payouts.add_payout")
        try:
            payout_ids = find_sendable_payouts(batch=batch)
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
            return redirect_to(batch)
        stopped = batch.payouts.planned().count() - len(payout_ids)
        for payout_id in payout_ids:
            transaction.on_commit(partial(send_payout.delay, payout_id), robust=True)
        if payout_ids:
            count = len(payout_ids)
            sentence = ngettext("%(count)d payout is being sent.", "%(count)d payouts are being sent.", count)
            messages.success(request, sentence % {"count": count})
        if stopped:
            sentence = ngettext(
                "%(count)d payout is not sent. See why beside it.",
                "%(count)d payouts are not sent. See why beside each.",
                stopped,
            )
            messages.warning(request, sentence % {"count": stopped})
        return redirect_to(batch)


def redirect_to(batch: Batch) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:payouts_batch_change", args=[batch.pk]))
