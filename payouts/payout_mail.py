"""The email by which a payee hears that a payout was paid, that it failed, or that the bank returned it."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from catalog.prices import format_money
from catalog.site import site_name
from creators.models import Creator
from payouts.models import FailureCode, Payout, PayoutState


def mail_outcome(*, payout_id: int) -> None:
    """Email the payee that a payout has been paid, has failed or has come back. Does nothing if the payee has no user."""
    payout = Payout.objects.select_related("creator__user", "agency__user").get(pk=payout_id)
    payee = payout.payee
    user = payee.user
    if user is None or user.erased_at is not None:
        return
    has_failed, is_returned = payout.state == PayoutState.FAILED, payout.state == PayoutState.RETURNED
    is_creator = isinstance(payee, Creator)
    asks_for_account = is_returned or (has_failed and payout.failure_code in (FailureCode.ACCOUNT, FailureCode.REFUSED))
    with override(user.language or settings.LANGUAGE_CODE):
        amount = format_money(payout.amount_minor, payout.currency)
        page = "agency" if not is_creator else "payout-account" if asks_for_account else "earnings"
        context = {
            "name": payee.display_name if isinstance(payee, Creator) else str(payee),
            "amount": amount,
            "payout": payout,
            "has_failed": has_failed,
            "is_returned": is_returned,
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
