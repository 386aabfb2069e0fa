"""Admin pages for payout accounts. Numbers are never shown in full."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import user_with_permission
from accounts.key_selects import KeySelect
from accounts.keys import parse_key
from accounts.proposals import ProposalRefused
from accounts.readonly_admin import ReadOnlyAdmin
from payouts.account_numbers import find_bank_name
from payouts.account_proposals import propose_account
from payouts.forms import AccountProposalForm
from payouts.models import PayoutAccount
from payouts.models.payee import PAYEES


@admin.register(PayoutAccount)
class PayoutAccountAdmin(ReadOnlyAdmin, admin.ModelAdmin[PayoutAccount]):
    """Admin pages for payout accounts. Staff propose a change, which a second person approves."""

    change_form_template = "admin/payouts/payoutaccount/change_form.html"
    change_list_template = "admin/payouts/payoutaccount/change_list.html"
    list_display = ["__str__", *PAYEES, "changed_at", "payouts_from"]
    list_select_related = [*PAYEES]
    search_fields = ["holder_name", "creator__handle", "agency__name", "merchant__name"]
    ordering = ["holder_name"]
    fields = [
        *PAYEES,
        "holder_name",
        "masked_number",
        "bank",
        "country_code",
        "masked_tax_id",
        "changed_at",
        "payouts_from",
    ]
    readonly_fields = ["masked_number", "bank", "masked_tax_id", "changed_at"]

    @admin.display(description=_("account"))
    def masked_number(self, account: PayoutAccount) -> str:
        return account.masked

    @admin.display(description=_("bank"))
    def bank(self, account: PayoutAccount) -> str:
        return find_bank_name(account.number, account.bank_code) or account.bank_code or "–"

    @admin.display(description=_("tax ID"))
    def masked_tax_id(self, account: PayoutAccount) -> str:
        return account.masked_tax_id or "–"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(reauthentication_required(self.propose_page))
        return [path("propose/", view, name="payouts_payoutaccount_propose"), *super().get_urls()]

    def propose_page(self, request: HttpRequest) -> HttpResponseBase:
        """Show a form for another account, and on POST propose it. `?account=` names the one that it replaces.

        The user must have confirmed their password recently.
        """
        user = user_with_permission(request, "payouts.change_payoutaccount")
        account = PayoutAccount.objects.filter(pk=parse_key(request.GET.get("account"))).first()
        form = AccountProposalForm(request.POST if request.method == "POST" else None, account=account)
        for name in PAYEES:
            widget = KeySelect(PayoutAccount._meta.get_field(name), self.admin_site)
            widget.choices = form.fields[name].choices  # type: ignore[attr-defined]  # they are choice fields
            form.fields[name].widget = widget
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                proposal = propose_account(
                    payee=next(values[name] for name in PAYEES if values[name]),
                    details=form.details(),
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
