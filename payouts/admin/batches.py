"""The ledger, payouts and holds in Django admin: everything can be looked at, and only rules change it."""

from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import signed_in_user
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.prices import format_money
from payouts.banks.bank_file import BankFileUnreadable
from payouts.batches import (
    BatchRefused,
    approve_batch,
    build_bank_file,
    import_bank_results,
    needs_approval,
    payouts_to_send,
    plan_batch,
    total_minor,
)
from payouts.evidence import get_evidence_facts
from payouts.fraud import ReleaseRefused, release_hold
from payouts.models import Account, Batch, Entry, Hold, Payout, PayoutAccount, PayoutState, Posting
from payouts.statements import get_balances
from payouts.tasks import send_payout
from payouts.trace import trace_payout


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin, admin.ModelAdmin[Account]):
    list_display = ["__str__", "kind", "balance"]
    list_filter = ["kind", "currency"]
    list_select_related = ["creator", "agency"]
    search_fields = ["creator__handle", "agency__name"]
    ordering = ["kind", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return super().get_queryset(request).annotate(balance_minor=Sum("entries__amount_minor"))

    @admin.display(description=gettext_lazy("balance"), ordering="balance_minor")
    def balance(self, account: Account) -> str:
        return format_money(getattr(account, "balance_minor", 0) or 0, account.currency)


class EntryInline(ReadOnlyAdmin, admin.TabularInline[Entry, Posting]):
    model = Entry
    fields = ["account", "amount"]
    readonly_fields = ["amount"]

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, entry: Entry) -> str:
        return format_money(entry.amount_minor, entry.account.currency)


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin, admin.ModelAdmin[Posting]):
    list_display = ["key", "kind", "creator", "gross", "net", "occurred_at", "booked_at"]
    list_filter = ["kind", "currency"]
    list_select_related = ["creator"]
    search_fields = ["key", "creator__handle", "slot__clip_code"]
    ordering = ["-pk"]
    show_full_result_count = False
    inlines = [EntryInline]

    @admin.display(description=gettext_lazy("gross"), ordering="gross_minor")
    def gross(self, posting: Posting) -> str:
        return format_money(posting.gross_minor, posting.currency)

    @admin.display(description=gettext_lazy("net"))
    def net(self, posting: Posting) -> str:
        return format_money(posting.net_minor, posting.currency)


@admin.register(PayoutAccount)
class PayoutAccountAdmin(admin.ModelAdmin[PayoutAccount]):
    list_display = ["__str__", "creator", "agency", "changed_at"]
    list_select_related = ["creator", "agency"]
    search_fields = ["holder_name", "creator__handle", "agency__name"]
    raw_id_fields = ["creator", "agency"]
    ordering = ["holder_name"]


class PayoutInline(ReadOnlyAdmin, admin.TabularInline[Payout, Batch]):
    model = Payout
    fields = ["creator", "agency", "amount", "state", "holder_name", "number", "reference", "failure_text"]
    readonly_fields = ["amount"]
    show_change_link = True

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, payout: Payout) -> str:
        return format_money(payout.amount_minor, payout.currency)


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin, admin.ModelAdmin[Batch]):
    """Plan, approve, send, download the bank's file, read its answer: one button each on the batch's page."""

    change_form_template = "admin/payouts/batch/change_form.html"
    change_list_template = "admin/payouts/batch/change_list.html"
    list_display = ["__str__", "total", "state_counts", "provider", "created_by", "created_at", "approved_by"]
    list_select_related = ["created_by", "approved_by"]
    ordering = ["-pk"]
    fields = ["currency", "provider"]
    inlines = [PayoutInline]

    @admin.display(description=gettext_lazy("total"))
    def total(self, batch: Batch) -> str:
        return format_money(total_minor(batch), batch.currency)

    @admin.display(description=gettext_lazy("state"))
    def state_counts(self, batch: Batch) -> str:
        states = sorted(batch.payouts.values_list("state", flat=True))
        counted = {state: states.count(state) for state in dict.fromkeys(states)}
        return ", ".join(f"{count} {PayoutState(state).label}" for state, count in counted.items())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("plan/", view(require_POST(self.plan)), name="payouts_batch_plan"),
            path("<int:pk>/approve/", view(reauthentication_required(self.approve)), name="payouts_batch_approve"),
            path("<int:pk>/send/", view(require_POST(self.send)), name="payouts_batch_send"),
            path("<int:pk>/file/", view(self.download), name="payouts_batch_file"),
            path("<int:pk>/answers/", view(require_POST(self.answer)), name="payouts_batch_answers"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        batch = get_object_or_404(Batch, pk=object_id)
        context = {
            "batch": batch,
            "total": self.total(batch),
            "state_counts": self.state_counts(batch),
            "needs_approval": needs_approval(batch),
            "can_approve": request.user.has_perm("payouts.approve_batch"),
            "can_send": request.user.has_perm("payouts.add_payout"),
            "is_planned": batch.payouts.filter(state=PayoutState.PLANNED).exists(),
            "is_waiting": batch.payouts.filter(state__in=(PayoutState.SENDING, PayoutState.UNKNOWN)).exists(),
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def plan(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.has_perm("payouts.add_batch"):
            return HttpResponse(status=403)
        try:
            currency = str(request.POST.get("currency", "USD"))[:3].upper()
            batch = plan_batch(created_by=signed_in_user(request), currency=currency, now=timezone.now())
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:payouts_batch_changelist")
        return _to(batch)

    def approve(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Approve after a fresh sign-in; asked for by GET (coming back from it), a page with one button."""
        batch = get_object_or_404(Batch, pk=pk)
        if not request.user.has_perm("payouts.approve_batch"):
            return HttpResponse(status=403)
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "batch": batch, "total": self.total(batch)}
            return TemplateResponse(request, "admin/payouts/batch/approve.html", context)
        try:
            approve_batch(batch=batch, approved_by=signed_in_user(request), now=timezone.now())
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
        return _to(batch)

    def send(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        batch = get_object_or_404(Batch, pk=pk)
        if not request.user.has_perm("payouts.add_payout"):
            return HttpResponse(status=403)
        try:
            waiting = payouts_to_send(batch=batch)
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
            return _to(batch)
        for payout_id in waiting:
            transaction.on_commit(partial(send_payout.delay, payout_id))
        messages.success(request, _("%(count)d payouts are being sent.") % {"count": len(waiting)})
        return _to(batch)

    def download(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not request.user.has_perm("payouts.add_payout"):
            return HttpResponse(status=403)
        content = build_bank_file(get_object_or_404(Batch, pk=pk))
        name = f'attachment; filename="payouts-{pk}.csv"'
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})

    def answer(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        batch = get_object_or_404(Batch, pk=pk)
        if not request.user.has_perm("payouts.add_payout"):
            return HttpResponse(status=403)
        file = request.FILES.get("answers")
        try:
            text = file.read().decode("utf-8-sig") if file else ""
            count = import_bank_results(batch=batch, text=text, now=timezone.now())
        except (BankFileUnreadable, UnicodeDecodeError) as problem:
            messages.error(request, _("The file was not read: %(problem)s") % {"problem": problem})
        else:
            messages.success(request, _("%(count)d payouts were settled.") % {"count": count})
        return _to(batch)


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin, admin.ModelAdmin[Payout]):
    list_display = ["__str__", "batch", "creator", "agency", "amount", "state", "claimed_at", "settled_at"]
    list_filter = ["state"]
    list_select_related = ["batch", "creator", "agency"]
    search_fields = ["creator__handle", "agency__name", "reference"]
    ordering = ["-pk"]
    change_form_template = "admin/payouts/payout/change_form.html"

    @admin.display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount(self, payout: Payout) -> str:
        return format_money(payout.amount_minor, payout.currency)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        payout = get_object_or_404(Payout, pk=object_id)
        context = {"origins": trace_payout(payout), "currency": payout.currency, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)


@admin.register(Hold)
class HoldAdmin(admin.ModelAdmin[Hold]):
    """What was found about a creator; releasing asks for words."""

    class Media:
        css = {"all": ["payouts/admin.css"]}  # as Django documents it

    list_display = ["creator", "kind", "placed_at", "released_at", "released_by"]
    list_filter = ["kind", ("released_at", admin.EmptyFieldListFilter)]
    list_select_related = ["creator", "released_by"]
    search_fields = ["creator__handle"]
    ordering = ["-placed_at"]
    fields = ["creator", "kind", "placed_at", "found", "owed", "others", "released_at", "released_by", "release_reason"]
    readonly_fields = ["creator", "kind", "placed_at", "found", "owed", "others", "released_at", "released_by"]

    @admin.display(description=gettext_lazy("evidence"))
    def found(self, hold: Hold) -> SafeString:
        return render_to_string("admin/payouts/hold/evidence.html", {"facts": get_evidence_facts(hold)})

    @admin.display(description=gettext_lazy("money that waits"), empty_value="–")
    def owed(self, hold: Hold) -> str:
        balances = get_balances(creator=hold.creator, now=timezone.now())
        return ", ".join(format_money(balance.owed_minor, balance.currency) for balance in balances)

    @admin.display(description=gettext_lazy("other holds of this creator"))
    def others(self, hold: Hold) -> str:
        others = Hold.objects.filter(creator=hold.creator_id).exclude(pk=hold.pk)
        link = reverse("admin:payouts_hold_changelist")
        return format_html('<a href="{}?q={}">{}</a>', link, hold.creator.handle, others.count())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        is_open = obj is None or obj.released_at is None
        return is_open and request.user.has_perm("payouts.release_hold")

    def save_model(self, request: HttpRequest, hold: Hold, form: Any, change: bool) -> None:
        try:
            release_hold(hold=hold, released_by=signed_in_user(request), reason=hold.release_reason, now=timezone.now())
        except ReleaseRefused as refusal:
            messages.error(request, str(refusal))


def _to(batch: Batch) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:payouts_batch_change", args=[batch.pk]))
