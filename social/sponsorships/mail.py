"""Emails that tell whoever booked a sponsorship what the shop decided, and how it ended."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from catalog.site import site_name
from social.models import Sponsorship


def mail_sponsor(sponsorship_id: int) -> None:
    """Email the state of a sponsorship to whoever booked it, if they still have an account."""
    sponsorship = Sponsorship.objects.select_related("booked_by", "clip", "refund").get(pk=sponsorship_id)
    user = sponsorship.booked_by
    if user is None or not user.is_active:
        return
    with override(user.language or settings.LANGUAGE_CODE):
        context = {"sponsorship": sponsorship, "site_name": site_name(), "site_url": settings.SITE_URL}
        subject = _("Your sponsored post at %(site)s: %(state)s") % {
            "site": site_name(),
            "state": sponsorship.get_state_display(),
        }
        write_email(subject, render_to_string("social/mail/sponsorship.txt", context), to=user.email).send()
