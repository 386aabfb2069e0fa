"""Admin pages for proposals: what waits for a second person, what it would do, and who decided what."""

from copy import copy
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import signed_in_user
from accounts.models import Proposal, User
from accounts.proposals import (
    ProposalRefused,
    approve_proposal,
    explain_outdated,
    find_approval_refusal,
    proposal_kinds,
    read_basis,
    refuse_proposal,
    visible_kinds,
    withdraw_proposal,
    word_proposal,
)
from accounts.readonly_admin import ReadOnlyAdmin


class AnswerToProposalForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=Proposal._meta.get_field("answer").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("Needed to refuse it. Staff read it here."),
    )


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin, admin.ModelAdmin[Proposal]):
    """Admin pages for the proposals of the kinds that the user may propose or approve."""

    change_form_template = "admin/accounts/proposal/change_form.html"
    list_display = ["title", "kind_name", "summary", "state", "proposed_by", "proposed_at", "decided_by", "decided_at"]
    list_filter = ["state"]
    list_select_related = ["proposed_by", "decided_by"]
    search_fields = ["subject", "reason", "proposed_by__email"]
    list_per_page = 50
    ordering = ["-pk"]
    fields = ["kind_name", "state", "reason", "proposed_by", "proposed_at", "decided_by", "decided_at", "answer"]
    readonly_fields = ["kind_name"]

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_name(self, proposal: Proposal) -> str:
        return str(proposal_kinds()[proposal.kind].label)

    @admin.display(description=gettext_lazy("subject"))
    def title(self, proposal: Proposal) -> str:
        return word_proposal(proposal)[0]

    @admin.display(description=gettext_lazy("change"))
    def summary(self, proposal: Proposal) -> str:
        return word_proposal(proposal)[1]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        return super().get_queryset(request).filter(kind__in=visible_kinds(signed_in_user(request)))

    def has_view_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        kinds = visible_kinds(request.user) if isinstance(request.user, User) else []
        return bool(kinds) if obj is None else obj.kind in kinds

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_page)
        return [path("<int:pk>/decide/", view, name="accounts_proposal_decide"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user, proposal = signed_in_user(request), self.get_object(request, object_id)
        context: dict[str, Any] = {**(extra_context or {})}
        if proposal is not None:
            kind = proposal_kinds()[proposal.kind]
            context |= {
                "subtitle": self.title(proposal),
                "facts": kind.describe(proposal.changes, read_basis(proposal)),
                "approval_refusal": find_approval_refusal(proposal, user, now=timezone.now()),
                "can_decide": user.has_perm(kind.approve_permission) and proposal.proposed_by_id != user.pk,
                "is_own": proposal.proposed_by_id == user.pk,
                "is_outdated": proposal.is_open and bool(explain_outdated(proposal, now=timezone.now())),
                "answer_form": context.get("answer_form") or AnswerToProposalForm(),
            }
        return super().change_view(request, object_id, form_url, context)

    def decide_page(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Approve, refuse or withdraw a proposal, as the pressed button says. A refused answer is shown again."""
        user, now = signed_in_user(request), timezone.now()
        proposal = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method != "POST":
            return redirect("admin:accounts_proposal_change", pk)
        form = AnswerToProposalForm(request.POST)
        if not form.is_valid():
            return self._show_again(request, pk, form)
        answer = str(form.cleaned_data["answer"])
        try:
            if "approve" in request.POST:
                approve_proposal(proposal_id=pk, approved_by=user, answer=answer, now=now)
                messages.success(request, _("Approved. The change is made."))
            elif "refuse" in request.POST:
                refuse_proposal(proposal_id=pk, refused_by=user, answer=answer, now=now)
                messages.success(request, _("Refused. Nothing was changed."))
            elif "withdraw" in request.POST:
                withdraw_proposal(proposal_id=pk, withdrawn_by=user, now=now)
                messages.success(request, _("Withdrawn. Nothing was changed."))
        except ProposalRefused as refusal:
            form.add_error("answer", str(refusal))
            return self._show_again(request, pk, form)
        return redirect("admin:accounts_proposal_change", proposal.pk)

    def _show_again(self, request: HttpRequest, pk: int, form: AnswerToProposalForm) -> HttpResponse:
        """Show the proposal with what was entered. The page itself takes no POST, because it is read-only."""
        shown = copy(request)
        shown.method = "GET"
        response = self.change_view(shown, str(pk), extra_context={"answer_form": form})
        response.status_code = 422
        return response
