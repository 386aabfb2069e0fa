"""Pages on which shoppers change a paid order until it is packed. Only who knows its email address may."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.focused_errors import FocusesFirstError
from shop.address_forms import AddressForm
from shop.checkout_pages import REFRESH
from shop.delivery.order_changes import (
    OrderChangeRefused,
    ask_seller,
    cancel_units,
    change_address,
    is_changeable,
)
from shop.models import Order, OrderLine
from shop.order_links import explain_unclaimable, knows_order_email
from shop.shopper import shopper_of
from shop.tasks import send_refund_by_id

LONGEST_QUESTION = 1000


class CancelItemsForm(FocusesFirstError, forms.Form):
    """A quantity for each line with units that are not packed."""

    def __init__(self, data: Any, *, order: Order) -> None:
        super().__init__(data)
        self.lines: list[OrderLine] = [line for line in order.lines.all() if line.unpacked_quantity]
        for line in self.lines:
            self.fields[f"cancel-{line.pk}"] = forms.IntegerField(
                label=line.local_name,
                min_value=0,
                max_value=line.unpacked_quantity,
                required=False,
                help_text=_("of %(count)d") % {"count": line.unpacked_quantity},
                widget=forms.NumberInput(attrs={"class": "quantity", "inputmode": "numeric"}),
            )

    @property
    def quantities(self) -> dict[int, int]:
        return {line.pk: self.cleaned_data[f"cancel-{line.pk}"] or 0 for line in self.lines}


class QuestionForm(FocusesFirstError, forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


def list_changes(request: HttpRequest, order: Order) -> dict[str, Any]:
    """Return the forms that the order's page shows, if this shopper can still change the order."""
    is_open = order.records_parcels and order.is_packable and knows_order_email(shopper_of(request), order)
    if not is_open or not any(line.unpacked_quantity for line in order.lines.all()):
        return {}
    changes: dict[str, Any] = {"cancel_form": CancelItemsForm(None, order=order)}
    return changes | ({"question_form": QuestionForm()} if is_changeable(order) else {})


@require_http_methods(["GET", "HEAD", "POST"])
def address_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form with the order's address. On POST, change it; 409 if the order was packed in the meantime."""
    order = _get_order(request, code)
    if order is None or not is_changeable(order):
        messages.error(request, _("The address of this order can't be changed any more."))
        return redirect("order", code)
    if request.POST.get("then") == REFRESH:
        form = AddressForm.refresh(request.POST.dict())
    elif request.method == "POST":
        form = AddressForm(request.POST)
    else:
        form = AddressForm(initial=order.address_values)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            change_address(order_id=order.pk, address=form.address, now=timezone.now())
        except OrderChangeRefused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("Your order goes to this address now."))
            return redirect(order)
    status = status if status != 200 or not form.errors else 422
    return render(request, "shop/order_address.html", {"form": form, "order": order}, status=status)


@require_POST
def cancel_items(request: HttpRequest, code: str) -> HttpResponse:
    """Cancel units that are not packed, and refund them. A message says what was done."""
    order = _get_order(request, code)
    if order is None:
        return redirect("order", code)
    form = CancelItemsForm(request.POST, order=order)
    try:
        if not form.is_valid():
            raise OrderChangeRefused(_("Enter how many you want to cancel."))
        user = shopper_of(request).user
        refund = cancel_units(order_id=order.pk, quantities=form.quantities, created_by=user, now=timezone.now())
    except OrderChangeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        transaction.on_commit(partial(send_refund_by_id.delay, refund.pk), robust=True)
        messages.success(request, _("The items were cancelled. We are refunding them."))
    return redirect(order)


@require_POST
def ask_question(request: HttpRequest, code: str) -> HttpResponse:
    """Send a question to the shop. A message says whether it was sent."""
    order = _get_order(request, code)
    if order is None:
        return redirect("order", code)
    form = QuestionForm(request.POST)
    try:
        if not form.is_valid():
            raise OrderChangeRefused(
                _("Enter your question, in at most %(most)d characters.") % {"most": LONGEST_QUESTION}
            )
        ask_seller(order=order, words=form.cleaned_data["words"], now=timezone.now())
    except OrderChangeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("We got your question, and will reply by email."))
    return redirect(order)


def _get_order(request: HttpRequest, code: str) -> Order | None:
    """Return the order, or None, with a message, if the shopper has its link alone."""
    shopper = shopper_of(request)
    order = get_object_or_404(Order.objects.visible_to(shopper).with_lines(), code=code)
    if knows_order_email(shopper, order):
        return order
    messages.error(request, explain_unclaimable())
    return None
