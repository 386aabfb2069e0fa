"""Views for the account page, for confirming an age of 18 or over, for staff without a second factor, and for a new sign-in."""

from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

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


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sign_in_again_page(request: HttpRequest) -> HttpResponse:
    """Ask somebody who signs in with emailed codes alone to do so again. POST signs them out and asks for a new code."""
    next_url = get_next_redirect_url(request) or reverse("account")
    if request.method == "POST":
        logout(request)
        return redirect(f"{reverse('account_request_login_code')}?{urlencode({'next': next_url})}")
    return render(request, "accounts/sign_in_again.html", {"next_url": next_url})
