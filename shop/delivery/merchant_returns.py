"""Pages on which merchants answer returns of what they sold, and record what arrived. The house refunds it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.history import history_line
from accounts.models import User
from catalog.merchants.access import merchant_required
from catalog.models import MerchantMember, MerchantRole
from shop.delivery.return_pages import ReceivedForm
from shop.delivery.return_steps import accept_return, receive_return, refuse_return
from shop.models import Refund, RefundLine
from shop.refunds import RefundRefused
from shop.states import OPEN_RETURNS, RefundState

RETURNS_PER_PAGE = 30
DECIDING = (MerchantRole.OWNER, MerchantRole.MANAGER)
ANSWERABLE = (RefundState.REQUESTED, RefundState.ACCEPTED)
"""States in which merchants decline returns. What arrived is the house's to refund."""


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("The shopper reads it in an email and on the order's page."),
    )


def returns_to(merchant_id: int) -> QuerySet[Refund]:
    """Return the shoppers' returns of what the merchant sold, those with lines of others excepted."""
    own = RefundLine.objects.filter(order_line__merchant=merchant_id)
    of_others = RefundLine.objects.filter(refund=OuterRef("pk")).exclude(order_line__merchant=merchant_id)
    is_return = Q(state__in=(*OPEN_RETURNS, RefundState.REFUSED)) | Q(received_at__isnull=False)
    returns = Refund.objects.filter(is_return, ~Exists(of_others), pk__in=own.values("refund"))
    return returns.select_related("order").prefetch_related("lines__order_line__product")


def answer_return(*, refund: Refund, user: User, accepts: bool, reason: str = "") -> bool:
    """Accept or decline a return, and record it in its history. Return False if it was answered already."""
    now = timezone.now()
    if accepts:
        words, is_done = gettext_noop("Accepted."), accept_return(refund_id=refund.pk, created_by=user, now=now)
    else:
        words = gettext_noop("Declined.")
        is_done = refuse_return(refund_id=refund.pk, created_by=user, reason=reason, now=now, states=ANSWERABLE)
    if is_done:
        LogEntry.objects.log_actions(user.pk, [refund], CHANGE, history_line(words), single_object=True)
    return is_done


def record_arrival(*, refund: Refund, user: User, quantities: dict[int, int], is_restocked: bool) -> None:
    """Record what arrived of a return, and who did so in its history. Raises RefundRefused."""
    if refund.order.user_id == user.pk:
        raise RefundRefused(_("This is an order of your own. A colleague has to record this."))
    receive_return(refund_id=refund.pk, quantities=quantities, is_restocked=is_restocked, now=timezone.now())
    words = history_line(gettext_noop("Received %(count)d."), count=sum(quantities.values()))
    LogEntry.objects.log_actions(user.pk, [refund], CHANGE, words, single_object=True)


@require_safe
@merchant_required(*DECIDING)
def returns_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    """List returns, newest first."""
    returns = returns_to(member.merchant_id).order_by("-created_at", "-pk")
    page = Paginator(returns, RETURNS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "merchant/returns.html", {"member": member, "here": "returns", "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*DECIDING)
def return_page(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponseBase:
    """Show a return with what can be done about it. On POST, record what arrived."""
    refund = get_object_or_404(returns_to(member.merchant_id), pk=pk)
    form = ReceivedForm(request.POST if request.method == "POST" else None, refund=refund)
    status = 422 if form.errors else 200
    if form.is_bound and form.is_valid():
        try:
            record_arrival(
                refund=refund,
                user=member.user,
                quantities=form.quantities,
                is_restocked=form.cleaned_data["is_restocked"],
            )
        except RefundRefused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("The return is recorded. The shop refunds it."))
            return redirect("merchant-return", pk)
    return _show(request, member, pk, {"received_form": form}, status)


@require_POST
@merchant_required(*DECIDING)
def answer_page(request: HttpRequest, member: MerchantMember, pk: int, answer: str) -> HttpResponseBase:
    """Accept or decline a return, depending on `answer`. A decline needs a reason."""
    refund = get_object_or_404(returns_to(member.merchant_id), pk=pk)
    accepts, form = answer == "accept", DeclineForm(request.POST)
    if not accepts and not form.is_valid():
        return _show(request, member, pk, {"decline_form": form}, 422)
    reason = "" if accepts else form.cleaned_data["reason"]
    if answer_return(refund=refund, user=member.user, accepts=accepts, reason=reason):
        messages.success(request, _("The return was accepted.") if accepts else _("The return was declined."))
    else:
        messages.error(request, _("This return has been answered already. Nothing was changed."))
    return redirect("merchant-return", pk)


def _show(
    request: HttpRequest, member: MerchantMember, pk: int, forms_by_name: dict[str, Any], status: int
) -> HttpResponse:
    refund = get_object_or_404(returns_to(member.merchant_id), pk=pk)
    context: dict[str, Any] = {"member": member, "here": "returns", "refund": refund}
    context |= {"decline_form": DeclineForm(), "received_form": ReceivedForm(None, refund=refund)} | forms_by_name
    context["is_answerable"] = refund.state in ANSWERABLE
    return render(request, "merchant/return.html", context, status=status)
