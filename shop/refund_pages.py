"""Admin pages on which staff refund orders: what, why, and a confirmation with the amount."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.access import signed_in_user, user_with_permission
from accounts.history import history_line
from accounts.models import Proposal, User
from accounts.proposals import ProposalRefused
from catalog.money_fields import MoneyField
from catalog.prices import format_money
from shop.models import Order, OrderLine, Refund
from shop.refund_proposals import RefundRequest, preview_refund, refund_by_staff
from shop.refunds import RefundRefused
from shop.seen_refunds import explain_newer_refund, find_latest_refund
from shop.tasks import send_refund_by_id

REASON_LENGTH = Refund._meta.get_field("reason").max_length or 0


class RefundForm(forms.Form):
    """How many of each line to refund, or an amount without goods; and why."""

    amount = MoneyField(
        label=gettext_lazy("Amount without goods"),
        required=False,
        help_text=gettext_lazy("Instead of goods: the shopper keeps everything, and commissions stay."),
    )
    is_restocked = forms.BooleanField(label=gettext_lazy("The goods are back and can be sold again"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("The shopper reads it in the email about the refund."),
    )
    seen_refund = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: dict[str, Any] | None, *, order: Order) -> None:
        self.order, latest = order, {"seen_refund": find_latest_refund(order)}
        if data is not None and "confirmed_minor" not in data:
            data = latest | data
        super().__init__(data, initial=latest)
        self.lines: list[OrderLine] = [line for line in order.lines.order_by("pk") if line.refundable_quantity]
        for line in self.lines:
            left, price = line.refundable_quantity, format_money(line.unit_price_minor, order.currency)
            self.fields[f"line-{line.pk}"] = forms.IntegerField(
                label=line.product_name,
                min_value=0,
                max_value=left,
                required=False,
                help_text=_("of %(left)d, %(price)s each") % {"left": left, "price": price},
            )
        amount = self.fields["amount"]
        assert isinstance(amount, MoneyField)
        amount.currency = order.currency
        self.order_fields([*(f"line-{line.pk}" for line in self.lines), "amount"])

    def clean(self) -> dict[str, Any]:
        """Require goods or an amount, and not both, of an order that was not refunded after the form was shown."""
        values = super().clean() or self.cleaned_data
        has_goods = any(values.get(f"line-{line.pk}") for line in self.lines)
        if sentence := explain_newer_refund(self.order, values.get("seen_refund") or 0):
            self.refuse(sentence)
        elif not self.errors and has_goods == bool(values.get("amount")):
            self.add_error(None, _("Enter how many of the lines to refund, or an amount without goods."))
        return values

    def refuse(self, sentence: str) -> None:
        """Show the form again with the sentence. It then stands for what is refunded by now."""
        self.add_error(None, sentence)
        self.data = {**self.data, "seen_refund": str(find_latest_refund(self.order))}

    @property
    def request(self) -> RefundRequest:
        values = self.cleaned_data
        quantities = {line.pk: values[f"line-{line.pk}"] for line in self.lines if values[f"line-{line.pk}"]}
        return RefundRequest(
            order_id=self.order.pk,
            reason=values["reason"],
            quantities=quantities or None,
            amount_minor=values["amount"] or None,
            is_restocked=values["is_restocked"],
        )


def refund_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the form, then what it comes to, then plan the refund. The amount that was shown is what counts.

    A form that does not know of the latest refund is refused, so that one confirmation is one refund.
    """
    user = user_with_permission(request, "shop.add_refund")
    order = get_object_or_404(Order, pk=pk)
    form = RefundForm(request.POST.dict() if request.method == "POST" else None, order=order)
    context: dict[str, Any] = {"form": form, "original": order}
    if form.is_bound and form.is_valid():
        try:
            seen_refund = form.cleaned_data["seen_refund"] or 0
            preview = preview_refund(request=form.request, user=user, now=timezone.now(), seen_refund=seen_refund)
            if "change" not in request.POST and request.POST.get("confirmed_minor") == str(preview.amount_minor):
                return _refund(request, order, form.request, user, seen_refund)
        except (RefundRefused, ProposalRefused) as refusal:
            form.refuse(str(refusal))
        else:
            context["preview"] = None if "change" in request.POST else preview
            context["amount"] = format_money(preview.amount_minor, order.currency)
            context["tax"] = format_money(preview.tax_minor, order.currency) if preview.tax_minor else ""
    context |= admin.site.each_context(request)
    context |= {"title": _("Refund order %(code)s") % {"code": order.code}, "opts": Order._meta}
    context["lines"] = [(line, form[f"line-{line.pk}"].value()) for line in form.lines]
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/shop/order/refund.html", context, status=status)


def _refund(
    request: HttpRequest, order: Order, refund_request: RefundRequest, user: User, seen_refund: int
) -> HttpResponse:
    result = refund_by_staff(request=refund_request, user=user, now=timezone.now(), seen_refund=seen_refund)
    announce_refund(request, result)
    return redirect("admin:shop_order_change", order.pk)


def announce_refund(request: HttpRequest, result: Refund | Proposal) -> None:
    """Send a planned refund after commit, record it in the order's history, and tell the user what happens next."""
    if isinstance(result, Proposal):
        code, amount_minor = result.subject, result.changes["planned_minor"]
        words = gettext_noop("Proposed to refund %(amount)s: %(reason)s")
    else:
        code, amount_minor = result.order.code, result.amount_minor
        words = gettext_noop("Refunded %(amount)s: %(reason)s")
    order, by = Order.objects.get(code=code), signed_in_user(request)
    amount = format_money(amount_minor, order.currency)
    record = history_line(words, amount=amount, reason=result.reason)
    LogEntry.objects.log_actions(by.pk, [order], CHANGE, change_message=record, single_object=True)
    if isinstance(result, Proposal):
        messages.warning(request, _("This is above the limit. It waits for a second person's approval."))
        return
    transaction.on_commit(partial(send_refund_by_id.delay, result.pk), robust=True)
    messages.success(request, _("%(amount)s is being refunded.") % {"amount": amount})
