"""Pages on which an account can change hands ask for more than an open session: who manages it proves again who they are.

allauth asks for the password, or the second factor, of those who have one. It lets people pass who sign in with emailed
codes alone, and takes the password of those who have a second factor. The middleware closes both gaps.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from accounts.second_factor import has_second_factor, passed_second_factor, second_factor_url

CODE_SIGN_IN_S = 900
"""For how long a sign-in with an emailed code proves who somebody is."""
OF_THE_ACCOUNT = ("account_email", "account_set_password", "leave", "my-data")
OF_SECOND_FACTORS = (
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
)
"""Names of the routes that the middleware guards."""


class FreshSignInMiddleware:
    """Leads people to their second factor, or to a new sign-in, before they open one of the pages named above."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        page = request.resolver_match.url_name if request.resolver_match else ""
        if page not in OF_THE_ACCOUNT + OF_SECOND_FACTORS or not isinstance(request.user, User):
            return None
        if page in OF_SECOND_FACTORS and has_second_factor(request.user):
            if not passed_second_factor(request, request.user):
                return redirect(second_factor_url(request.user, next_url=request.get_full_path()))
        elif is_sign_in_too_old(request):
            return redirect_to_sign_in_again(request)
        return None


def redirect_to_sign_in_again(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('sign-in-again')}?{urlencode({'next': request.get_full_path()})}")


def is_sign_in_too_old(request: HttpRequest) -> bool:
    """Return whether the user has neither a password nor a second factor to be asked for, and signed in a while ago."""
    if not isinstance(request.user, User) or get_reauthentication_flows(request.user):
        return False
    records = get_authentication_records(request, request.user)
    return not records or time.time() - records[-1]["at"] > CODE_SIGN_IN_S
