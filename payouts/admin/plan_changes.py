"""Admin pages that change what is planned in a batch: drop some or all of its payouts, or plan it again."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from accounts.access import user_with_permission
from accounts.history import history_line
from accounts.keys import parse_keys
from accounts.large_tables import LargeTableAdmin
from catalog.prices import format_money
from payouts.approvals import BatchRefused
from payouts.batches import replan_batch
from payouts.models import Batch, Payout
from payouts.plan_changes import drop_payouts


class PayoutChoiceField(forms.ModelMultipleChoiceField[Payout]):
    def label_from_instance(self, obj: Payout) -> str:
        return f"{obj.payee} – {format_money(obj.amount_minor, obj.currency)}"


class DropPayoutsForm(forms.Form):
    payouts = PayoutChoiceField(
        Payout.objects.none(), label=gettext_lazy("Payouts"), widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=Payout._meta.get_field("decision_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("Staff read it beside the payout."),
    )

    def __init__(self, batch: Batch, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's forms take them
        field = self.fields["payouts"]
        assert isinstance(field, PayoutChoiceField)
        field.queryset = batch.payouts.planned().select_related("creator", "agency", "merchant").order_by("pk")


class PlanChangePages(LargeTableAdmin, admin.ModelAdmin[Batch]):
    """The pages, as a mixin for the admin of batches."""

    def drop_page(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Ask which planned payouts to drop, and why. `?payout=` chooses one of them."""
        user = user_with_permission(request, "payouts.add_payout")
        batch = get_object_or_404(Batch, pk=pk)
        initial = {"payouts": parse_keys(request.GET.getlist("payout"))}
        form = DropPayoutsForm(batch, request.POST if request.method == "POST" else None, initial=initial)
        if request.method == "POST" and form.is_valid():
            ids = [payout.pk for payout in form.cleaned_data["payouts"]]
            try:
                count = drop_payouts(batch_id=pk, payout_ids=ids, user=user, reason=form.cleaned_data["reason"])
            except BatchRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                sentence = ngettext("%(count)d payout was dropped.", "%(count)d payouts were dropped.", count)
                words, reason = gettext_noop("Dropped payouts %(ids)s: %(reason)s"), form.cleaned_data["reason"]
                self.log_change(request, batch, history_line(words, ids=", ".join(map(str, ids)), reason=reason))
                messages.success(request, sentence % {"count": count})
                return redirect("admin:payouts_batch_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Drop planned payouts"),
            "batch": batch,
            "form": form,
            "opts": self.opts,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/payouts/batch/drop.html", context, status=status)

    def replan_page(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Ask before the batch is planned again. On POST, plan it."""
        user = user_with_permission(request, "payouts.add_batch")
        batch = get_object_or_404(Batch, pk=pk)
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "title": _("Plan again"), "batch": batch}
            return TemplateResponse(request, "admin/payouts/batch/replan.html", context)
        try:
            count = replan_batch(batch_id=pk, user=user, now=timezone.now())
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
        else:
            self.log_change(request, batch, gettext_noop("Planned again"))
            sentence = ngettext("%(count)d payout was planned again.", "%(count)d payouts were planned again.", count)
            messages.success(request, sentence % {"count": count})
        return redirect("admin:payouts_batch_change", pk)
