"""Views for the account page, for confirming an age of 18 or over, and for staff without a second factor."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import signed_in_user
from accounts.second_factor import has_second_factor, second_factor_url


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


@require_safe
@login_required
def staff_factor_page(request: HttpRequest) -> HttpResponse:
    """Ask a member of staff to set up a second factor. One who has it goes on to use it."""
    user = signed_in_user(request)
    if has_second_factor(user):
        return redirect(second_factor_url(user, next_url=reverse("admin:index")))
    return render(request, "accounts/staff_factor.html")
