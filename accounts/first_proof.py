"""What was set up before an email address was confirmed may be a stranger's, and ends when its owner proves it elsewhere.

Anybody can sign up with the address of somebody else. Until now nobody could sign in to that account. When the owner
then does so with an emailed code, the password and second factors that were chosen before are not theirs to trust.
"""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sessions import end_sessions


def forget_unproven(
    sender: type[EmailAddress], request: HttpRequest, email_address: EmailAddress, **kwargs: Any
) -> None:
    """Receive allauth's signal that an address was confirmed. Does nothing unless a sign-in code confirmed it."""
    user: User = email_address.user
    records = get_authentication_records(request, user)
    if not any(record["method"] == "code" and record.get("email") == email_address.email for record in records):
        return
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user=user)
    user.refresh_from_db(fields=["session_epoch"])
    if not user.has_usable_password():
        return
    user.set_unusable_password()
    user.save(update_fields=["password"])
    sentence = _(
        "The password that was chosen before this email address was confirmed no longer works. You can choose a new one in "
        "your account."
    )
    messages.info(request, sentence)
