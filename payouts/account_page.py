"""The page on which a payee enters the payout account, whoever the payee is."""

from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.fresh_sign_in import is_sign_in_too_old, redirect_to_sign_in_again
from catalog.prices import format_money
from payouts.forms import PayoutAccountForm
from payouts.holder_names import takes_files
from payouts.models.payee import Payee, column_of
from payouts.payout_accounts import PAGES, find_account, set_payout_account


def edit_payout_account(
    request: HttpRequest, *, payee: Payee, template: str, saved: str, context: dict[str, Any] | None = None
) -> HttpResponseBase:
    """Show a form for the payout account, and on POST save it. The user must have proved recently who they are."""
    if is_sign_in_too_old(request):
        return redirect_to_sign_in_again(request)
    page = partial(_edit, payee=payee, template=template, saved=saved, context=context or {})
    response: HttpResponseBase = reauthentication_required(page)(request)
    return response


def _edit(
    request: HttpRequest, *, payee: Payee, template: str, saved: str, context: dict[str, Any]
) -> HttpResponseBase:
    form = PayoutAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        set_payout_account(payee=payee, details=form.details())
        messages.success(request, saved)
        return redirect(PAGES[column_of(payee)])
    account = find_account(payee)
    shown = {
        "form": form,
        "account": account,
        "needs_latin_name": account is not None and takes_files() and not account.has_bank_name,
        "minimum": format_money(settings.PAYOUT_MINIMUM_MINOR, settings.CURRENCY),
    }
    return render(request, template, context | shown, status=422 if form.errors else 200)
