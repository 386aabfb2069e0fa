"""Account holders' names that banks don't accept. Their creators are asked once for the name in Latin letters."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from catalog.site import site_name
from payouts.banks import get_bank
from payouts.models import FILE_PROVIDER, PayoutAccount


def takes_files() -> bool:
    """Return whether the bank that is used for new batches takes files, in which names must be in Latin letters."""
    return get_bank().name == FILE_PROVIDER


def ask_for_latin_names(*, now: datetime) -> int:
    """Email the creators whose account holder's name is not in Latin letters. Return how many were asked."""
    if not takes_files():
        return 0
    accounts = PayoutAccount.objects.filter(name_asked_at=None, creator__user__erased_at=None, agency=None)
    unusable = [
        account
        for account in accounts.select_related("creator__user").defer("number", "tax_id")
        if not account.has_bank_name
    ]
    for account in unusable:
        with transaction.atomic():
            if PayoutAccount.objects.filter(pk=account.pk, name_asked_at=None).update(name_asked_at=now):
                _ask(account)
    return len(unusable)


def _ask(account: PayoutAccount) -> None:
    assert account.creator is not None
    user = account.creator.user
    with override(user.language or settings.LANGUAGE_CODE):
        context = {
            "name": account.creator.display_name,
            "account": account,
            "link": f"{settings.SITE_URL}{reverse('payout-account')}",
            "site_name": site_name(),
        }
        text = render_to_string("payouts/mail/holder_name.txt", context)
        write_email(_("We need your name as your bank writes it"), text, to=user.email).send()
