"""Admin pages on which staff decide about merchants, their fees and their changed legal data."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import user_with_permission
from accounts.date_fields import ClearDateField
from accounts.proposals import ProposalRefused
from catalog.amounts import write_percent
from catalog.merchants.applications import MerchantNameTaken
from catalog.merchants.decisions import (
    DECIDE,
    MERCHANT_STEPS,
    MerchantDecisionRefused,
    decide_on_changes,
    decide_on_merchant,
)
from catalog.merchants.fees import change_fee
from catalog.models import Merchant
from catalog.money_fields import RateField

FARTHEST = timedelta(days=730)
"""How far ahead a change of a fee can be announced."""


class DecisionReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("Its owners read it in an email."),
    )


class MerchantFeeForm(forms.Form):
    fee = RateField(label=gettext_lazy("Fee"), help_text=gettext_lazy("In percent of each sale without tax."))
    starts_on = ClearDateField(
        label=gettext_lazy("From"),
        required=False,
        help_text=gettext_lazy(
            "For example 2027-01-31. Empty: as soon as possible. A higher fee begins 15 days from now at the earliest."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Its owners read it in an email."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def clean_starts_on(self) -> date | None:
        day: date | None = self.cleaned_data["starts_on"]
        if day and not localdate() <= day <= localdate() + FARTHEST:
            raise forms.ValidationError(_("Choose a day from today on, within two years."))
        return day

    @property
    def starts_at(self) -> datetime | None:
        """Return when the chosen day begins in the shop's time zone."""
        day = self.cleaned_data["starts_on"]
        return make_aware(datetime.combine(day, time.min)) if day else None


class ChangesForm(forms.Form):
    """The answer to changes that owners asked for. A refusal needs a reason."""

    seen = forms.JSONField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("Needed to decline. The owners read it in an email."),
    )


def merchant_step_page(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Ask, with a reason where one is needed, and decide on POST. 409 if somebody else was faster."""
    by = user_with_permission(request, DECIDE)
    merchant, chosen = get_object_or_404(Merchant, pk=pk), MERCHANT_STEPS[step]
    form, status = DecisionReasonForm(request.POST if request.method == "POST" else None), 200
    if not chosen.needs_reason:
        form.fields["reason"].required = False
    if form.is_bound and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            decide_on_merchant(merchant=merchant, step=step, reason=reason, by=by, now=timezone.now())
        except MerchantDecisionRefused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("The merchant was updated."))
            return redirect("admin:catalog_merchant_change", pk)
    return _show(request, merchant, {"form": form, "title": chosen.title, "question": chosen.question}, status)


def fee_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the fee of later sales, from a day on. Less than the shop's own waits for a second person."""
    by = user_with_permission(request, DECIDE)
    merchant, status, now = get_object_or_404(Merchant, pk=pk), 200, timezone.now()
    present_bps = merchant.fee_at(now)
    form = MerchantFeeForm(request.POST if request.method == "POST" else None, initial={"fee": present_bps})
    if form.is_bound and form.is_valid():
        values = {"fee_bps": form.cleaned_data["fee"], "reason": form.cleaned_data["reason"]}
        try:
            proposal = change_fee(merchant_id=pk, by=by, now=now, starts_at=form.starts_at, **values)
        except (MerchantDecisionRefused, ProposalRefused) as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            if proposal is not None:
                messages.warning(request, _("Proposed. Nothing changes until a second person approves it."))
                return redirect("admin:accounts_proposal_change", proposal.pk)
            messages.success(request, _("The merchant was updated."))
            return redirect("admin:catalog_merchant_change", pk)
    question = _("It is %(fee)s %% now. Orders that are placed keep the fee that they were placed with.")
    context = {
        "form": form,
        "title": _("Change the fee"),
        "question": question % {"fee": write_percent(present_bps)},
    }
    return _show(request, merchant, context, status)


def changes_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the changes of name and legal data that owners ask for, before and after. POST accepts or declines them."""
    by = user_with_permission(request, DECIDE)
    merchant, status = get_object_or_404(Merchant, pk=pk), 200
    changes = merchant.asked_changes
    form = ChangesForm(request.POST if request.method == "POST" else None, initial={"seen": changes})
    accepts = "decline" not in request.POST
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            if not accepts and not reason.strip():
                raise MerchantDecisionRefused(_("Say why you decline them."))
            decide_on_changes(merchant=merchant, seen=form.cleaned_data["seen"], accepts=accepts, reason=reason, by=by)
        except (MerchantDecisionRefused, MerchantNameTaken) as refusal:
            form = ChangesForm(initial={"seen": changes, "reason": reason})
            messages.error(request, str(refusal))
            status = 409
        else:
            messages.success(request, _("The merchant was updated."))
            return redirect("admin:catalog_merchant_change", pk)
    labels = {field.name: field.verbose_name for field in Merchant._meta.concrete_fields}
    rows = [(labels[name], getattr(merchant, name), value) for name, value in changes.items()]
    context = {"form": form, "title": _("Decide on changes"), "rows": rows, "can_decline": True}
    return _show(request, merchant, context, status)


def _show(request: HttpRequest, merchant: Merchant, context: dict[str, Any], status: int) -> HttpResponse:
    form = context["form"]
    base = admin.site.each_context(request) | {"opts": Merchant._meta, "original": merchant}
    status = status if status != 200 or not form.errors else 422
    return TemplateResponse(request, "admin/catalog/merchant/decide.html", base | context, status=status)
