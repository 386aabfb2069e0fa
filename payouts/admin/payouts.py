"""Admin pages for payouts: what each pays for, and the decisions that only a person can make about it."""

import logging
import re
from collections.abc import Collection
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.access import user_with_permission
from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.history import english, history_line
from accounts.keys import parse_key
from accounts.models import Proposal
from accounts.proposals import ProposalRefused
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.csv_files import respond_with_csv
from catalog.prices import format_money
from payouts.approvals import BatchRefused
from payouts.claims import find_stops, is_account_changed
from payouts.models import ARRIVED, Payout, PayoutState
from payouts.outcome_proposals import decide_by_staff
from payouts.outcomes import BankOutcome, is_undecided, list_outcomes
from payouts.payout_accounts import find_account
from payouts.plan_changes import confirm_account
from payouts.trace import trace_payout
from payouts.yearly_totals import iterate_yearly_csv

YEARS_OFFERED = 5
logger = logging.getLogger(__name__)

ORIGINS_PER_PAGE = 100
"""How many of the postings that a payout pays for its page shows at a time."""


OUTCOMES = [
    (BankOutcome.PAID, gettext_lazy("It was sent: mark as paid")),
    (BankOutcome.NOT_SENT, gettext_lazy("It was not sent: mark as not sent")),
    (BankOutcome.RETURNED, gettext_lazy("It came back: mark as returned by the bank")),
]

MARKED = gettext_noop("Marked. %(outcome)s. Reason: %(reason)s")
PROPOSED = gettext_noop("Proposed to mark it. %(outcome)s. Reason: %(reason)s")


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What happened to the money?"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
    )
    reference = forms.CharField(
        label=gettext_lazy("Bank reference"),
        max_length=Payout._meta.get_field("reference").max_length,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=Payout._meta.get_field("decision_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("How you found out, for example from the bank's statement."),
    )

    def __init__(self, *args: Any, outcomes: Collection[str], **kwargs: Any) -> None:
        """Offer these outcomes, or all if there is none. Any other is refused later, with a sentence that says why."""
        super().__init__(*args, **kwargs)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.widget.choices = [choice for choice in OUTCOMES if choice[0] in (outcomes or BankOutcome)]


@admin.register(Payout)
class PayoutAdmin(AutocompleteFilterMixin, ReadOnlyAdmin, admin.ModelAdmin[Payout]):
    list_display = ["__str__", "batch", "creator", "agency", "merchant", "amount", "state", "claimed_at", "settled_at"]
    list_filter = ["state", ("unclear_text", admin.EmptyFieldListFilter), ("batch", AutocompleteFilter)]
    search_fields = ["creator__handle", "agency__name", "merchant__name", "reference"]
    ordering = ["-pk"]
    change_list_template = "admin/payouts/payout/change_list.html"
    change_form_template = "admin/payouts/payout/change_form.html"
    fields = [
        "batch",
        "creator",
        "agency",
        "merchant",
        "amount",
        "state",
        "stop",
        "holder_name",
        "masked_number",
        "bank_code",
    ]
    fields += [
        "bank_order",
        "reference",
        "failure_code",
        "failure_text",
        "refused_text",
        "unclear_text",
        "claimed_at",
        "settled_at",
        "decided_by",
        "decision_text",
    ]
    readonly_fields = ["amount", "stop", "masked_number", "decision_text"]

    @admin.display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount(self, payout: Payout) -> str:
        return format_money(payout.amount_minor, payout.currency)

    @admin.display(description=gettext_lazy("account"))
    def masked_number(self, payout: Payout) -> str:
        return payout.masked

    @admin.display(description=gettext_lazy("reason for the decision"))
    def decision_text(self, payout: Payout) -> str:
        return payout.decision_text

    @admin.display(description=gettext_lazy("why it is not sent"))
    def stop(self, payout: Payout) -> str:
        return find_stops([payout], timezone.now()).get(payout.pk, "–")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payout]:
        return super().get_queryset(request).select_related("batch", "creator", "agency", "merchant", "decided_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        confirm, outcome = reauthentication_required(self.confirm_page), reauthentication_required(self.outcome_page)
        payout_urls = [
            path("year/", view(reauthentication_required(self.download_year)), name="payouts_payout_year"),
            path("<int:pk>/confirm/", view(confirm), name="payouts_payout_confirm"),
            path("<int:pk>/outcome/", view(outcome), name="payouts_payout_outcome"),
        ]
        return [*payout_urls, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        payout = get_object_or_404(
            Payout.objects.select_related("batch", "creator", "agency", "merchant"), pk=parse_key(object_id)
        )
        is_planned = payout.state == PayoutState.PLANNED
        account = find_account(payout.payee) if is_planned else None
        is_changed = account is not None and is_account_changed(payout, account)
        may_send = request.user.has_perm("payouts.add_payout")
        page = request.GET.get("page", "1")
        number = max(int(page), 1) if page.isdecimal() and len(page) < 7 else 1
        origins = trace_payout(payout, start=(number - 1) * ORIGINS_PER_PAGE, count=ORIGINS_PER_PAGE + 1)
        context = {
            "origins": origins[:ORIGINS_PER_PAGE],
            "previous_page": number - 1,
            "next_page": number + 1 if len(origins) > ORIGINS_PER_PAGE else None,
            "currency": payout.currency,
            "can_drop": may_send and is_planned,
            "can_confirm": may_send and is_changed,
            "can_decide": may_send and is_undecided(payout, timezone.now()),
            "can_return": may_send and payout.state in ARRIVED,
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        this_year = localtime(timezone.now(), get_default_timezone()).year
        context = {"years": range(this_year, this_year - YEARS_OFFERED, -1), **(extra_context or {})}
        return super().changelist_view(request, context)

    def download_year(self, request: HttpRequest) -> HttpResponseBase:
        """Return the totals of each payee in `?year=` as CSV. It has tax IDs in full, so the user's history has each download.

        The user must have confirmed their password recently.
        """
        user = user_with_permission(request, "payouts.download_yearlytotals")
        text = request.GET.get("year", "")
        if not re.fullmatch("20[0-9]{2}", text):
            messages.error(request, _("Choose a year."))
            return redirect("admin:payouts_payout_changelist")
        record = history_line(gettext_noop("Downloaded the totals of all payees in %(year)s, with tax IDs."), year=text)
        LogEntry.objects.log_actions(user.pk, [user], CHANGE, change_message=record, single_object=True)
        logger.info("yearly totals downloaded", extra={"year": text, "user": user.pk})
        return respond_with_csv(iterate_yearly_csv(int(text)), file_name=f"payees-{text}.csv")

    def confirm_page(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show the payee's new account beside the planned one. On POST, let the payout go to it.

        The user must have confirmed their password recently.
        """
        user = user_with_permission(request, "payouts.add_payout")
        payout = get_object_or_404(Payout.objects.select_related("creator", "agency", "merchant"), pk=pk)
        account = find_account(payout.payee)
        if request.method != "POST":
            context = {
                **self.admin_site.each_context(request),
                "title": _("Confirm the new account"),
                "payout": payout,
                "account": account,
                "amount": self.amount(payout),
            }
            return TemplateResponse(request, "admin/payouts/payout/confirm.html", context)
        try:
            confirm_account(payout_id=pk, version=parse_key(request.POST.get("version")), user=user)
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
        else:
            self.log_change(request, payout, gettext_noop("Confirmed the payee's new account"))
            messages.success(request, _("Confirmed. The payout can be sent to the new account."))
        return redirect("admin:payouts_payout_change", pk)

    def outcome_page(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Ask what became of a payout that the bank does not answer for or returned. Mark it or, above a limit, propose to.

        The user must have confirmed their password recently.
        """
        user = user_with_permission(request, "payouts.add_payout")
        payout = get_object_or_404(Payout.objects.select_related("batch", "creator", "agency", "merchant"), pk=pk)
        outcomes = list_outcomes(payout, timezone.now())
        form = OutcomeForm(request.POST if request.method == "POST" else None, outcomes=outcomes)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                decided = decide_by_staff(
                    payout_id=pk,
                    outcome=BankOutcome(values["outcome"]),
                    reference=values["reference"],
                    reason=values["reason"],
                    user=user,
                    now=timezone.now(),
                )
            except ProposalRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                words = PROPOSED if isinstance(decided, Proposal) else MARKED
                outcome = english(BankOutcome(values["outcome"]).label)
                self.log_change(request, payout, history_line(words, outcome=[outcome], reason=values["reason"]))
                if isinstance(decided, Proposal):
                    messages.success(request, _("Proposed. Nothing changes until a second person approves it."))
                    return redirect("admin:accounts_proposal_change", decided.pk)
                messages.success(request, _("Marked. The payee's balance follows."))
                return redirect("admin:payouts_payout_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Decide what happened to this payout"),
            "payout": payout,
            "amount": self.amount(payout),
            "was_paid": payout.state in ARRIVED,
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/payouts/payout/outcome.html", context, status=status)
