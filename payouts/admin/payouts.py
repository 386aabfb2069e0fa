"""Admin pages for payouts and payout accounts."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import user_with_permission
from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.key_selects import KeySelect
from accounts.keys import parse_key
from accounts.proposals import ProposalRefused
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.prices import format_money
from payouts.account_proposals import propose_account
from payouts.forms import AccountProposalForm
from payouts.models import Payout, PayoutAccount
from payouts.payout_accounts import AccountDetails
from payouts.trace import trace_payout

ORIGINS_PER_PAGE = 100
"""How many of the postings that a payout pays for its page shows at a time."""


@admin.register(PayoutAccount)
class PayoutAccountAdmin(ReadOnlyAdmin, admin.ModelAdmin[PayoutAccount]):
    """Admin pages for payout accounts. Staff propose a change, which a second person approves."""

    change_form_template = "admin/payouts/payoutaccount/change_form.html"
    change_list_template = "admin/payouts/payoutaccount/change_list.html"
    list_display = ["__str__", "creator", "agency", "changed_at", "payouts_from"]
    list_select_related = ["creator", "agency"]
    search_fields = ["holder_name", "creator__handle", "agency__name"]
    ordering = ["holder_name"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(reauthentication_required(self.propose_page))
        return [path("propose/", view, name="payouts_payoutaccount_propose"), *super().get_urls()]

    def propose_page(self, request: HttpRequest) -> HttpResponseBase:
        """Show a form for another account, and on POST propose it. `?account=` names the one that it replaces.

        The user must have confirmed their password recently.
        """
        user = user_with_permission(request, "payouts.change_payoutaccount")
        account = PayoutAccount.objects.filter(pk=parse_key(request.GET.get("account"))).first()
        owner = {"creator": account.creator_id, "agency": account.agency_id} if account else {}
        form = AccountProposalForm(request.POST if request.method == "POST" else None, initial=owner)
        for name in ("creator", "agency"):
            widget = KeySelect(PayoutAccount._meta.get_field(name), self.admin_site)
            widget.choices = form.fields[name].choices  # type: ignore[attr-defined]  # they are choice fields
            form.fields[name].widget = widget
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            details = AccountDetails(values["holder_name"], values["number"], values["tax_id"])
            try:
                proposal = propose_account(
                    payee=values["creator"] or values["agency"],
                    details=details,
                    reason=values["reason"],
                    proposed_by=user,
                    now=timezone.now(),
                )
            except ProposalRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Proposed. Nothing changes until a second person approves it."))
                return redirect("admin:accounts_proposal_change", proposal.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("Propose another payout account"),
            "opts": self.opts,
            "form": form,
            "media": self.media + form.media,
            "days": settings.PAYOUT_ACCOUNT_DELAY_DAYS,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/payouts/payoutaccount/propose.html", context, status=status)


@admin.register(Payout)
class PayoutAdmin(AutocompleteFilterMixin, ReadOnlyAdmin, admin.ModelAdmin[Payout]):
    list_display = ["__str__", "batch", "creator", "agency", "amount", "state", "claimed_at", "settled_at"]
    list_filter = ["state", ("batch", AutocompleteFilter)]
    list_select_related = ["batch", "creator", "agency"]
    search_fields = ["creator__handle", "agency__name", "reference"]
    ordering = ["-pk"]
    change_form_template = "admin/payouts/payout/change_form.html"

    @admin.display(description=_("amount"), ordering="amount_minor")
    def amount(self, payout: Payout) -> str:
        return format_money(payout.amount_minor, payout.currency)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        payout = get_object_or_404(Payout, pk=object_id)
        page = request.GET.get("page", "1")
        number = max(int(page), 1) if page.isdecimal() and len(page) < 7 else 1
        origins = trace_payout(payout, start=(number - 1) * ORIGINS_PER_PAGE, count=ORIGINS_PER_PAGE + 1)
        context = {
            "origins": origins[:ORIGINS_PER_PAGE],
            "previous_page": number - 1,
            "next_page": number + 1 if len(origins) > ORIGINS_PER_PAGE else None,
            "currency": payout.currency,
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)
