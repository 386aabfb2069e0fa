"""Account holders' names that banks don't accept. Creators and merchants are asked once for the name in Latin letters."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from catalog.site import site_name
from creators.models import Creator
from payouts.banks import get_bank
from payouts.models import FILE_PROVIDER, PayoutAccount
from payouts.models.payee import column_of, find_users
from payouts.payout_accounts import PAGES


def takes_files() -> bool:
    """Return whether the bank that is used for new batches takes files, in which names must be in Latin letters."""
    return get_bank().name == FILE_PROVIDER


def ask_for_latin_names(*, now: datetime) -> int:
    """Email the creators and merchants whose account holder's name is not in Latin letters. Return how many were asked."""
    if not takes_files():
        return 0
    accounts = PayoutAccount.objects.filter(name_asked_at=None, creator__user__erased_at=None, agency=None)
    unusable = [
        account
        for account in accounts.select_related("creator__user", "merchant").defer("number", "tax_id")
        if not account.has_bank_name
    ]
    for account in unusable:
        with transaction.atomic():
            if PayoutAccount.objects.filter(pk=account.pk, name_asked_at=None).update(name_asked_at=now):
                _ask(account)
    return len(unusable)


def _ask(account: PayoutAccount) -> None:
    payee = account.payee
    for user in find_users(payee):
        with override(user.language or settings.LANGUAGE_CODE):
            context = {
                "name": payee.display_name if isinstance(payee, Creator) else payee.name,
                "account": account,
                "link": f"{settings.SITE_URL}{reverse(PAGES[column_of(payee)])}",
                "site_name": site_name(),
            }
            text = render_to_string("payouts/mail/holder_name.txt", context)
            write_email(_("We need your name as your bank writes it"), text, to=user.email).send()
