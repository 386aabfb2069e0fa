"""Changes to payout accounts. The payee gets an email about each change, also at the addresses known before."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from accounts.models import User
from catalog.models import Merchant
from catalog.site import site_name
from payouts.account_numbers import find_bank_name
from payouts.models import PayoutAccount
from payouts.models.payee import Payee, column_of, find_users

PAGES = {"creator": "payout-account", "agency": "agency", "merchant": "merchant-payout-account"}
"""The page of each kind of payee on which they see their payout account."""


@dataclass(frozen=True)
class AccountDetails:
    """Where a payee is paid. An empty tax ID stands for the one that they gave before: no page shows it to be typed again."""

    holder_name: str
    number: str
    tax_id: str = ""
    bank_code: str = ""
    country_code: str = ""


def is_erased(payee: Payee) -> bool:
    """Return whether the payee deleted their account. They keep only an address that no email reaches."""
    return not isinstance(payee, Merchant) and payee.user is not None and payee.user.erased_at is not None


def describe_bank(details: AccountDetails) -> str:
    """Return the bank's name, as far as its IBAN or BIC tells, or else the bank code."""
    return find_bank_name(details.number, details.bank_code) or details.bank_code


def find_account(payee: Payee, *, is_locked: bool = False) -> PayoutAccount | None:
    accounts = PayoutAccount.objects.select_for_update() if is_locked else PayoutAccount.objects.all()
    return accounts.filter(**{column_of(payee): payee}).first()


def set_payout_account(*, payee: Payee, details: AccountDetails) -> PayoutAccount:
    """Save the payee's own change, for payouts that are planned from now on. Return the account.

    Payouts that are planned already stop until finance confirms the new account. The payee, or all owners of a merchant, get
    an email, in case someone else made the change.
    """
    return _save(payee, details, payouts_from=None)


def replace_payout_account(*, payee: Payee, details: AccountDetails, now: datetime) -> PayoutAccount:
    """Save a change by staff, which a second person has approved. Return the account.

    Payouts wait for PAYOUT_ACCOUNT_DELAY_DAYS, so that the payee, who is told by email, can object in time.
    """
    return _save(payee, details, payouts_from=now + timedelta(days=settings.PAYOUT_ACCOUNT_DELAY_DAYS))


def _save(payee: Payee, details: AccountDetails, *, payouts_from: datetime | None) -> PayoutAccount:
    owner: dict[str, Any] = {column_of(payee): payee}
    with transaction.atomic():
        before = PayoutAccount.objects.select_for_update().filter(**owner).first()
        known_email = before.owner_email if before else ""
        users = find_users(payee)
        email = payee.email if isinstance(payee, Merchant) else users[0].email if users else ""
        values = {
            **{name: value for name, value in asdict(details).items() if value or name != "tax_id"},
            "version": before.version + 1 if before else 1,
            "payouts_from": payouts_from,
            "name_asked_at": None,
            "owner_email": known_email if is_erased(payee) else email,
        }
        account, _is_new = PayoutAccount.objects.update_or_create(**owner, defaults=values)
        for user in users:
            _notify(user, account, known_email=known_email)
    return account


def _notify(user: User, account: PayoutAccount, *, known_email: str) -> None:
    """Email the user at every address of theirs, and at the one that the payee had when the account was set before.

    Whoever took over the user's account may have replaced the address, but not the one that was known then.
    """
    addresses = {
        known_email,
        "" if user.erased_at else user.email,
        *EmailAddress.objects.filter(user=user).values_list("email", flat=True),
    }
    with override(user.language or settings.LANGUAGE_CODE):
        context = {
            "account": account,
            "page": PAGES[column_of(account.payee)],
            "has_left": user.erased_at is not None,
            "site_name": site_name(),
            "site_url": settings.SITE_URL,
        }
        subject, text = _("Your payout account was changed"), render_to_string("payouts/mail/account.txt", context)
        for address in sorted({address.lower() for address in addresses if address}):
            write_email(subject, text, to=address).send()
