"""Views for the account page and for confirming an age of 18 or over."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import signed_in_user


@require_safe
@login_required
def account_page(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/account.html")


@require_POST
@login_required
def confirm_adult_page(request: HttpRequest) -> HttpResponse:
    signed_in_user(request).confirm_adult(now=timezone.now())
    messages.success(request, _("Thank you. You can now see products for adults."))
    return redirect("account")
