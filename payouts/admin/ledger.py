"""Admin pages for accounts and postings. They are read-only, except that finance staff can reverse some postings."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.access import user_with_permission
from accounts.admin_filters import known_values_filter
from accounts.history import history_line
from accounts.keys import parse_key
from accounts.proposals import ProposalRefused
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.money_fields import money_column
from catalog.prices import format_money
from payouts.forms import ReversalForm
from payouts.ledger import is_reversible
from payouts.merchant_statements import find_pay_hold
from payouts.models import Account, Entry, LedgerCheck, Posting
from payouts.models.payee import PAYEES
from payouts.reversal_proposals import propose_reversal


def read_currencies() -> list[str]:
    """Return the currencies of the ledger's accounts, which are far fewer than its postings."""
    return sorted(set(Account.objects.values_list("currency", flat=True)))


class PayoutAccountFilter(admin.SimpleListFilter):
    """Finds the payees who are owed money and have given no account to which it could go."""

    title, parameter_name = gettext_lazy("payout account"), "payout_account"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("missing", gettext_lazy("Missing, although money is owed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> QuerySet[Account]:
        if self.value() != "missing":
            return queryset
        has_none = {f"{name}__payout_account": None for name in PAYEES}
        payees = Account.objects.of_payees().filter(**has_none)
        return queryset.filter(pk__in=payees.values("pk"), balance_minor__gt=0)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin, admin.ModelAdmin[Account]):
    list_display = ["__str__", "kind", "balance", "hold"]
    list_filter = [
        "kind",
        known_values_filter("currency", gettext_lazy("currency"), read_currencies),
        PayoutAccountFilter,
    ]
    list_select_related = [*PAYEES]
    search_fields = ["creator__handle", "agency__name", "merchant__name"]
    ordering = ["kind", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        entries = Entry.objects.filter(account=OuterRef("pk")).order_by().values("account")
        sums = entries.annotate(sum=Sum("amount_minor")).values("sum")
        return super().get_queryset(request).annotate(balance_minor=Subquery(sums))

    @admin.display(description=gettext_lazy("balance"), ordering="balance_minor")
    def balance(self, account: Account) -> str:
        return format_money(getattr(account, "balance_minor", 0) or 0, account.currency)

    @admin.display(description=gettext_lazy("held"))
    def hold(self, account: Account) -> str:
        """Show why a suspended merchant is not paid what it is owed."""
        return find_pay_hold(account.merchant) if account.merchant else ""


@admin.register(LedgerCheck)
class LedgerCheckAdmin(ReadOnlyAdmin, admin.ModelAdmin[LedgerCheck]):
    list_display = ["started_at", "finished_at", "discrepancies"]
    ordering = ["-pk"]


class EntryInline(ReadOnlyAdmin, admin.TabularInline[Entry, Posting]):
    model = Entry
    fields = ["account", "amount"]
    readonly_fields = ["amount"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).select_related(*(f"account__{name}" for name in PAYEES)).order_by("pk")

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, entry: Entry) -> str:
        return format_money(entry.amount_minor, entry.account.currency)


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin, admin.ModelAdmin[Posting]):
    change_form_template = "admin/payouts/posting/change_form.html"
    list_display = ["key", "kind", "creator", "merchant", "gross", "net", "occurred_at", "booked_at"]
    list_filter = ["kind", known_values_filter("currency", gettext_lazy("currency"), read_currencies)]
    list_select_related = ["creator", "merchant"]
    search_fields = ["key", "creator__handle", "merchant__name", "slot__clip_code"]
    ordering = ["-pk"]
    inlines = [EntryInline]
    fields = ["key", "kind", "creator", "merchant", "occurred_at", "booked_at", "gross", "agency_part", "net", "slot"]
    fields += ["order_line", "refund_line", "refund_share", "payout", "reverses", "reason", "created_by"]
    readonly_fields = ["gross", "agency_part", "net"]

    gross = money_column("gross_minor", gettext_lazy("gross"))
    agency_part = money_column("agency_minor", gettext_lazy("agency"))

    @admin.display(description=gettext_lazy("net"))
    def net(self, posting: Posting) -> str:
        return format_money(posting.net_minor, posting.currency)

    def get_urls(self) -> list[URLPattern]:
        reverse_url = path(
            "<int:pk>/reverse/", self.admin_site.admin_view(self.reverse_page), name="payouts_posting_reverse"
        )
        return [reverse_url, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        posting = get_object_or_404(Posting, pk=parse_key(object_id))
        can_reverse = request.user.has_perm("payouts.reverse_posting") and is_reversible(posting)
        context = {"can_reverse": can_reverse, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def reverse_page(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show a form that asks for the reason. On POST, propose to reverse the posting."""
        user = user_with_permission(request, "payouts.reverse_posting")
        posting = get_object_or_404(Posting.objects.select_related("creator"), pk=pk)
        form = ReversalForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                proposal = propose_reversal(posting=posting, proposed_by=user, reason=reason, now=timezone.now())
            except ProposalRefused as refusal:
                messages.error(request, str(refusal))
                return redirect("admin:payouts_posting_change", posting.pk)
            words = gettext_noop("Proposed to reverse: %(reason)s")
            self.log_change(request, posting, history_line(words, reason=reason))
            messages.success(request, _("Proposed. Nothing changes until a second person approves it."))
            return redirect("admin:accounts_proposal_change", proposal.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reverse a posting"),
            "posting": posting,
            "net": self.net(posting),
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/payouts/posting/reverse.html", context, status=status)
