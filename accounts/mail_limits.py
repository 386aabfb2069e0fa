"""How many emails people who are not signed in can cause to one address: codes, links, and what else allauth sends there.

Each network has its own share of an address, and so has the browser of its owner, so that strangers do not use up what
the owner needs. It does not matter whether the address has an account. The figures are in `ACCOUNT_RATE_LIMITS`.
"""

from allauth.core import context, ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.browser_accounts import read_browser_accounts
from accounts.models import User
from accounts.networks import name_network

LIMITED = (
    "account/email/account_already_exists",
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/login_code",
    "account/email/password_reset_key",
    "account/email/unknown_account",
)
"""The emails that anybody can cause by typing an address."""


def is_known_browser(request: HttpRequest, email: str) -> bool:
    """Return whether the account with this address was signed in with the browser before."""
    user_ids = read_browser_accounts(request)
    return bool(user_ids) and User.objects.filter(email__iexact=email, pk__in=user_ids).exists()


def limit_mail(email: str, *, dry_run: bool = False) -> None:
    """Count an email to this address in a request, or just look at the count. Does nothing outside of requests.

    Raises ImmediateHttpResponse with a page that says so (429) if there were too many.
    """
    request: HttpRequest | None = context.request
    if request is None:
        return
    local, _at, domain = email.lower().rpartition("@")
    mailbox = f"{local.partition('+')[0]}@{domain}"
    is_known = is_known_browser(request, email)
    client = "known browser" if is_known else name_network(request.META.get("REMOTE_ADDR", ""))
    limits = {"mail_from_client": f"{mailbox} {client}"} | ({} if is_known else {"mail": mailbox})
    if all(ratelimit.consume(request, action=action, key=key, dry_run=dry_run) for action, key in limits.items()):
        return
    sentence = _("Too many emails were sent to this address. Use the newest of them, or try again in an hour.")
    raise ImmediateHttpResponse(render(request, "429.html", {"sentence": sentence}, status=429))
