"""Admin pages for payout batches.

Staff plan a batch, change it, approve it and send it. Files for and from the bank: payouts.admin.bank_files.
"""

from datetime import datetime
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from accounts.access import signed_in_user, user_with_permission
from accounts.history import history_line, ngettext_noop
from accounts.keys import parse_key
from accounts.lists import join_list
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.prices import format_money
from payouts.admin.bank_files import RESULTS_MAX_BYTES, BankFilePages, describe_too_large
from payouts.admin.plan_changes import PlanChangePages
from payouts.approvals import BatchRefused, find_approval_refusal, get_digest, needs_approval
from payouts.bank_orders import count_unordered, find_bank_orders
from payouts.batches import approve_batch, find_sendable_payouts, plan_batch
from payouts.claims import find_stops
from payouts.left_out import explain_left_out, list_payee_currencies
from payouts.models import WAITING, Batch, Payout, PayoutState
from payouts.tasks import send_payout

PAYOUTS_SHOWN = 50
"""How many payouts a batch's own page shows. The list of payouts shows all of them."""
BANKS = {"csv": gettext_lazy("File for the bank"), "stripe": "Stripe"}
STOPS = "payouts.stops"
"""Where a request keeps what stops the payouts of the batch that it shows, so that they are read once."""


class PayoutInline(ReadOnlyAdmin, admin.TabularInline[Payout, Batch]):
    """The first payouts of a batch."""

    model = Payout
    fields = ["creator", "agency", "merchant", "amount", "state_text", "holder_name", "masked_number", "reference"]
    readonly_fields = ["amount", "state_text", "masked_number"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payout]:
        match = request.resolver_match
        batch_id = parse_key(match.kwargs.get("object_id")) if match else 0
        first = Payout.objects.filter(batch=batch_id).order_by("pk")
        payouts = super().get_queryset(request).filter(pk__in=first.values("pk")[:PAYOUTS_SHOWN])
        self._stops: dict[int, str] = request.META.get(STOPS, {})
        return payouts.select_related("creator", "agency", "merchant").order_by("pk")

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, payout: Payout) -> str:
        return format_money(payout.amount_minor, payout.currency)

    @admin.display(description=gettext_lazy("account"))
    def masked_number(self, payout: Payout) -> str:
        return payout.masked

    @admin.display(description=gettext_lazy("state"))
    def state_text(self, payout: Payout) -> str:
        """Return the state and what stops or ended the payout."""
        failure = " ".join(filter(None, (payout.get_failure_code_display(), payout.failure_text)))
        waiting = payout.unclear_text or payout.refused_text
        why = self._stops.get(payout.pk) or failure or waiting or payout.decision_text
        state = payout.get_state_display()
        return format_html("{}<br>{}", state, why) if why else state


@admin.register(Batch)
class BatchAdmin(BankFilePages, PlanChangePages, ReadOnlyAdmin, admin.ModelAdmin[Batch]):
    """Admin pages for payout batches, with a button for each step."""

    change_form_template = "admin/payouts/batch/change_form.html"
    change_list_template = "admin/payouts/batch/change_list.html"
    list_display = ["__str__", "total", "state_counts", "bank", "created_by", "created_at", "approved_by"]
    list_select_related = ["created_by", "approved_by"]
    search_fields = ["id"]
    ordering = ["-pk"]
    fields = ["currency", "bank"]
    readonly_fields = ["bank"]
    inlines = [PayoutInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        """Return the batches with `summary`: the sum of their payouts that were not dropped, and how many are in each state."""
        payouts = Payout.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
        counts = {state.value: Count("pk", filter=Q(state=state)) for state in PayoutState}
        summary = payouts.annotate(
            summary=JSONObject(total=Sum("amount_minor", filter=~Q(state=PayoutState.DROPPED)), **counts)
        ).values("summary")
        return super().get_queryset(request).annotate(summary=Subquery(summary))

    @admin.display(description=gettext_lazy("bank"), ordering="provider")
    def bank(self, batch: Batch) -> str:
        return str(BANKS.get(batch.provider, batch.provider))

    @admin.display(description=gettext_lazy("total"))
    def total(self, batch: Batch) -> str:
        return format_money(self._summary(batch).get("total") or 0, batch.currency)

    @admin.display(description=gettext_lazy("state"))
    def state_counts(self, batch: Batch) -> str:
        """Return the number of payouts in each state as text, for example “3 Paid, 1 Failed”."""
        counts = {state: self._summary(batch).get(state, 0) for state in PayoutState}
        return join_list(f"{count} {state.label}" for state, count in sorted(counts.items()) if count)

    @staticmethod
    def _summary(batch: Batch) -> dict[str, int]:
        return getattr(batch, "summary", None) or {}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        batch_urls = [
            path("plan/", view(self.plan), name="payouts_batch_plan"),
            path("<int:pk>/approve/", view(reauthentication_required(self.approve)), name="payouts_batch_approve"),
            path("<int:pk>/send/", view(self.send), name="payouts_batch_send"),
            path("<int:pk>/drop/", view(self.drop_page), name="payouts_batch_drop"),
            path("<int:pk>/replan/", view(self.replan_page), name="payouts_batch_replan"),
        ]
        return [*batch_urls, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        batch = get_object_or_404(
            self.get_queryset(request).select_related("created_by", "approved_by"), pk=parse_key(object_id)
        )
        counts = self._summary(batch)
        is_planned = counts.get(PayoutState.PLANNED, 0) > 0
        stops = find_stops(batch.payouts.planned(), timezone.now()) if is_planned else {}
        request.META[STOPS] = stops
        user, must_approve = signed_in_user(request), is_planned and needs_approval(batch, timezone.now())
        may_approve = user.has_perm("payouts.approve_batch")
        context = {
            "batch": batch,
            "hidden_count": sum(counts.get(state, 0) for state in PayoutState) - PAYOUTS_SHOWN,
            "total": self.total(batch),
            "state_counts": self.state_counts(batch),
            "needs_approval": must_approve,
            "may_approve": may_approve,
            "approval_refusal": find_approval_refusal(batch, user) if must_approve and may_approve else "",
            "can_send": request.user.has_perm("payouts.add_payout"),
            "is_planned": is_planned,
            "stopped_count": len(stops),
            "is_waiting": any(counts.get(state) for state in WAITING),
            "uses_files": batch.uses_files,
            "unordered_count": count_unordered(batch) if batch.uses_files else 0,
            "results_max_bytes": RESULTS_MAX_BYTES,
            "results_too_large": describe_too_large(),
            "bank_orders": find_bank_orders(batch) if batch.uses_files else [],
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def plan(self, request: HttpRequest) -> HttpResponseBase:
        user = user_with_permission(request, "payouts.add_batch")
        if request.method != "POST":
            return redirect("admin:payouts_batch_changelist")
        currency, now = request.POST.get("currency", ""), timezone.now()
        try:
            if currency not in list_payee_currencies():
                raise BatchRefused(_("Choose a currency in which payees have earned something."))
            batch = plan_batch(created_by=user, currency=currency, now=now)
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
            self._say_who_is_left_out(request, currency, now)
            return redirect("admin:payouts_batch_changelist")
        self.log_addition(request, batch, gettext_noop("Planned."))
        self._say_who_is_left_out(request, currency, now, batch)
        return redirect_to(batch)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"currencies": list_payee_currencies(), **(extra_context or {})}
        return super().changelist_view(request, context)

    def _say_who_is_left_out(
        self, request: HttpRequest, currency: str, now: datetime, batch: Batch | None = None
    ) -> None:
        for left_out in explain_left_out(currency=currency, now=now, batch=batch):
            link = format_html('{} <a href="{}">{}</a>', left_out.sentence, left_out.url, _("Show"))
            messages.warning(request, link)

    def approve(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Approve a batch on POST. On GET, show a page with the button for it.

        The user must have confirmed their password recently.
        """
        batch = get_object_or_404(self.get_queryset(request), pk=pk)
        user = user_with_permission(request, "payouts.approve_batch")
        if request.method != "POST" and (refusal := find_approval_refusal(batch, user)):
            messages.error(request, refusal)
            return redirect_to(batch)
        if request.method != "POST":
            question = _("Approve %(batch)s of %(total)s?") % {"batch": batch, "total": self.total(batch)}
            return self._ask(request, batch, batch.payouts.not_dropped(), question=question, verb=_("Approve"))
        try:
            approve_batch(batch=batch, approved_by=user, now=timezone.now(), seen=request.POST.get("seen"))
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
        else:
            self.log_change(request, batch, gettext_noop("Approved."))
        return redirect_to(batch)

    def send(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send what can be sent of a batch on POST. On GET, show a page that lists it, with the button for it."""
        batch = get_object_or_404(Batch, pk=pk)
        user_with_permission(request, "payouts.add_payout")
        try:
            payout_ids = find_sendable_payouts(batch=batch)
            if request.method != "POST" and payout_ids:
                return self._ask_to_send(request, batch, batch.payouts.filter(pk__in=payout_ids))
            if request.method == "POST" and request.POST.get("seen") != get_digest(batch):
                raise BatchRefused(_("The batch was changed after you opened this page. Look at it again."))
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
            return redirect_to(batch)
        stopped = batch.payouts.planned().count() - len(payout_ids)
        for payout_id in payout_ids:
            transaction.on_commit(partial(send_payout.delay, payout_id), robust=True)
        if payout_ids:
            count = len(payout_ids)
            words = ngettext_noop("Sent %(count)d payout.", "Sent %(count)d payouts.")
            self.log_change(request, batch, history_line(words, count=count))
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

    def _ask_to_send(self, request: HttpRequest, batch: Batch, payouts: QuerySet[Payout]) -> HttpResponse:
        total = payouts.aggregate(total=Sum("amount_minor"))["total"]
        amount = format_money(total, batch.currency)
        question = _("Send %(total)s from %(batch)s?") % {"batch": batch, "total": amount}
        return self._ask(request, batch, payouts, question=question, verb=_("Send"))

    def _ask(
        self, request: HttpRequest, batch: Batch, payouts: QuerySet[Payout], *, question: str, verb: str
    ) -> HttpResponse:
        """Show the payouts that a step is about, with the button for it."""
        context = self.admin_site.each_context(request) | {
            "batch": batch,
            "title": question,
            "verb": verb,
            "payouts": payouts.select_related("creator", "agency", "merchant").order_by("pk"),
            "seen": get_digest(batch),
        }
        return TemplateResponse(request, "admin/payouts/batch/confirm.html", context)


def redirect_to(batch: Batch) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:payouts_batch_change", args=[batch.pk]))
