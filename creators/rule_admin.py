"""Commission rules in admin. A new one, and the end of one, are proposed to a second person."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import signed_in_user, user_with_permission
from accounts.date_fields import ClearDateTimeField
from accounts.proposals import ProposalRefused
from catalog.amounts import write_percent
from catalog.money_fields import MoneyAdmin, MoneyForm
from creators.models import SUBJECT_COLUMNS, CommissionRule
from creators.rule_proposals import name_subject, propose_end, propose_rule

PROPOSED = _("Proposed. Nothing changes until a second person approves it.")
AT_APPROVAL = _("Leave it empty for the moment at which a second person approves it.")


class CommissionRuleForm(MoneyForm[CommissionRule]):
    """A form that proposes a new rule. Of the things that a rule can be for, the one that its scope names is filled in."""

    starts_at = ClearDateTimeField(
        label=capfirst(_("begins at")), widget=AdminSplitDateTime, required=False, help_text=AT_APPROVAL
    )

    class Meta:
        model = CommissionRule
        fields = ["name", "scope", *SUBJECT_COLUMNS, "rate_bps", "starts_at", "ends_at"]

    def clean(self) -> dict[str, Any]:
        values, now = super().clean(), timezone.now()
        for column in SUBJECT_COLUMNS:
            is_asked = column == values.get("scope")
            if column in values and is_asked and values[column] is None:
                self.add_error(column, gettext("Choose what the rule is for."))
            elif values.get("scope") and not is_asked and values.get(column) is not None:
                self.add_error(column, gettext("Leave this empty: the rule is for something else."))
        starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
        if starts_at and starts_at < now:
            self.add_error("starts_at", gettext("Enter a time in the future. Rates are never changed for the past."))
        if ends_at and ends_at <= (starts_at or now):
            self.add_error("ends_at", gettext("Enter a time after the rule begins."))
        return values


class RuleEndForm(forms.Form):
    """Asks when a rule ends."""

    ends_at = ClearDateTimeField(
        label=capfirst(_("ends at")), widget=AdminSplitDateTime, required=False, help_text=AT_APPROVAL
    )


@admin.register(CommissionRule)
class CommissionRuleAdmin(MoneyAdmin[CommissionRule]):
    """Rules of commission. Staff propose new ones and the end of one; nothing else about them changes."""

    form = CommissionRuleForm
    change_form_template = "admin/creators/commissionrule/change_form.html"
    list_display = ["name", "subject", "rate", "starts_at", "ends_at", "approved_by"]
    list_filter = ["scope", "starts_at"]
    search_fields = ["name"]
    date_hierarchy = "starts_at"
    autocomplete_fields = list(SUBJECT_COLUMNS)
    ordering = ["-starts_at", "-pk"]

    @admin.display(description=_("applies to"), ordering="scope")
    def subject(self, rule: CommissionRule) -> str:
        return name_subject(rule)

    @admin.display(description=_("rate"), ordering="rate_bps")
    def rate(self, rule: CommissionRule) -> str:
        return f"{write_percent(rule.rate_bps)}%"

    def has_change_permission(self, request: HttpRequest, obj: CommissionRule | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CommissionRule | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CommissionRule]:
        return CommissionRule.objects.with_subjects().select_related("approved_by")

    def get_urls(self) -> list[URLPattern]:
        end = self.admin_site.admin_view(self.end_page)
        return [path("<int:pk>/end/", end, name="creators_commissionrule_end"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        can_end = request.user.has_perm("creators.change_commissionrule")
        return super().change_view(request, object_id, form_url, {"can_end": can_end, **(extra_context or {})})

    def save_model(self, request: HttpRequest, rule: CommissionRule, form: Any, change: bool) -> None:
        """Propose the rule. A second person puts it into force by approving the proposal."""
        starts_at, by = form.cleaned_data["starts_at"], signed_in_user(request)
        try:
            proposal = propose_rule(rule=rule, starts_at=starts_at, proposed_by=by, now=timezone.now())
        except ProposalRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        rule.proposal_id = proposal.pk

    def log_addition(self, request: HttpRequest, rule: CommissionRule, message: Any) -> Any:
        """Log nothing: the proposal is the record."""

    def response_add(
        self, request: HttpRequest, rule: CommissionRule, post_url_continue: str | None = None
    ) -> HttpResponse:
        self.message_user(request, PROPOSED)
        return redirect("admin:accounts_proposal_change", rule.proposal_id)

    def end_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask when the rule ends. POST proposes it."""
        by = user_with_permission(request, "creators.change_commissionrule")
        rule = get_object_or_404(self.get_queryset(request), pk=pk)
        form, status = RuleEndForm(request.POST if request.method == "POST" else None), 200
        if form.is_bound and form.is_valid():
            ends_at = form.cleaned_data["ends_at"]
            try:
                proposal = propose_end(rule=rule, ends_at=ends_at, proposed_by=by, now=timezone.now())
            except ProposalRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.warning(request, PROPOSED)
                return redirect("admin:accounts_proposal_change", proposal.pk)
        if form.errors:
            status = 422
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("End the rule"),
            "opts": self.opts,
            "rule": rule,
            "form": form,
        }
        return TemplateResponse(request, "admin/creators/commissionrule/end.html", context, status=status)
