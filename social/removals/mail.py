"""The email about a removal that has no decision of its own to tell of."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from accounts.models import User
from catalog.site import site_name
from social.models import Removal, RemovalReason
from social.removals.records import reason_for_owner


def tell_owner(removal: Removal, owner: User) -> None:
    """Email the owner of a message or profile what was removed, why, and how to appeal."""
    with override(owner.language or settings.LANGUAGE_CODE):
        reason = reason_for_owner(RemovalReason(removal.reason), removal.words, owner)
        context = {"removal": removal, "reason": reason, "site_url": settings.SITE_URL, "site_name": site_name()}
        text = render_to_string("social/mail/removed.txt", context)
        write_email(_("A moderator removed something of yours"), text, to=owner.email).send()
