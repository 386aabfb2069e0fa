"""The email that invites somebody to a campaign."""

from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from accounts.models import User
from catalog.prices import format_money
from catalog.site import site_name
from creators.models import Invitation


def find_languages(emails: Collection[str]) -> dict[str, str]:
    """Return the languages of the users who have these lower-case addresses. Unknown ones are left out."""
    verified = EmailAddress.objects.filter(email__in=emails, verified=True)
    users = User.objects.annotate(lower_email=Lower("email")).filter(lower_email__in=emails)
    return dict(verified.values_list("email", "user__language")) | dict(users.values_list("lower_email", "language"))


def mail_invitation(*, invitation: Invitation, token: str, language: str) -> None:
    """Email the link under the invitation's Message-ID, in this language or else in the shop's.

    The campaign must have terms.
    """
    campaign = invitation.campaign
    assert campaign.terms is not None
    path = reverse("invitation", args=[token])
    with override(language or settings.LANGUAGE_CODE):
        words = {"site": site_name(), "campaign": campaign.local_title}
        context = words | {
            "fee": format_money(campaign.terms.fee_minor, campaign.terms.currency),
            "link": f"{settings.SITE_URL}{path}",
            "last_day": invitation.expires_at,
        }
        subject = _("%(site)s invites you to “%(campaign)s”") % words
        text = render_to_string("creators/mail/invitation.txt", context)
        headers = {"Message-ID": invitation.message_id}
        write_email(subject, text, to=invitation.email, headers=headers).send()
