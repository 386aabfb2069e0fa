"""Changes to payout accounts. The creator gets an e-mail about each change."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from creators.models import Creator
from payouts.models import PayoutAccount


def set_payout_account(*, creator: Creator, holder_name: str, number: str, tax_id: str) -> PayoutAccount:
    """Save and return the account for payouts that are planned from now on.

    The creator gets an e-mail, in case someone else made the change.
    """
    with transaction.atomic():
        account, _is_new = PayoutAccount.objects.update_or_create(
            creator=creator, defaults={"holder_name": holder_name, "number": number, "tax_id": tax_id}
        )
        context = {
            "creator": creator,
            "account": account,
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
        }
        message = EmailMessage(
            _("Your payout account was changed"),
            render_to_string("payouts/mail/account.txt", context),
            to=[creator.user.email],
        )
        transaction.on_commit(message.send)
    return account
