"""The email by which a payee hears that a payout was paid, that it failed, or that the bank returned it."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from accounts.models import User
from catalog.prices import format_money
from catalog.site import site_name
from creators.models import Creator
from payouts.models import FailureCode, Payout, PayoutState
from payouts.models.payee import column_of, find_users
from payouts.payout_accounts import PAGES

STATEMENTS = {"creator": "earnings", "agency": "agency", "merchant": "merchant-earnings"}
"""The page of each kind of payee on which they see what a payout is for."""


def mail_outcome(*, payout_id: int) -> None:
    """Email the payee's users that a payout has been paid, has failed or has come back. A payee may have none."""
    payout = Payout.objects.select_related("creator__user", "agency__user", "merchant").get(pk=payout_id)
    for user in find_users(payout.payee):
        if user.erased_at is None:
            _mail_outcome(payout, user)


def _mail_outcome(payout: Payout, user: User) -> None:
    payee = payout.payee
    has_failed, is_returned = payout.state == PayoutState.FAILED, payout.state == PayoutState.RETURNED
    asks_for_account = is_returned or (has_failed and payout.failure_code in (FailureCode.ACCOUNT, FailureCode.REFUSED))
    with override(user.language or settings.LANGUAGE_CODE):
        amount = format_money(payout.amount_minor, payout.currency)
        kind = column_of(payee)
        page = PAGES[kind] if asks_for_account else STATEMENTS[kind]
        context = {
            "name": payee.display_name if isinstance(payee, Creator) else str(payee),
            "amount": amount,
            "payout": payout,
            "has_failed": has_failed,
            "is_returned": is_returned,
            "is_merchant": kind == "merchant",
            "asks_for_account": asks_for_account,
            "settled_at": localtime(payout.settled_at, get_default_timezone()) if payout.settled_at else None,
            "link": f"{settings.SITE_URL}{reverse(page)}",
            "site_name": site_name(),
        }
        subject = _("Your payout of %(amount)s failed") if has_failed else _("We paid you %(amount)s")
        if is_returned:
            subject = _("Your payout of %(amount)s came back")
        text = render_to_string("payouts/mail/outcome.txt", context)
        write_email(subject % {"amount": amount}, text, to=user.email).send()
