"""Template tags for emails that are stuck and for addresses that were refused: `{% load emails %}`."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import RefusedAddress, User
from accounts.outbox import given_up_emails, stuck_emails
from accounts.refused_addresses import find_refused_address
from accounts.staff_work import WaitingWork, drop_empty

register = template.Library()


@register.simple_tag
def waiting_emails(user: User) -> list[WaitingWork]:
    """Return the emails that the mail server does not accept, for a user who may send them again or discard them."""
    if not user.has_perm("accounts.send_outgoingemail"):
        return []
    emails = reverse("admin:accounts_outgoingemail_changelist")
    return drop_empty(
        WaitingWork(
            _("Emails that the mail server does not accept"),
            stuck_emails(timezone.now()).count(),
            f"{emails}?given_up_at__isempty=1",
        ),
        WaitingWork(_("Emails that could not be sent"), given_up_emails().count(), f"{emails}?given_up_at__isempty=0"),
    )


@register.simple_tag
def refused_address(email: str) -> RefusedAddress | None:
    """Return what a mail server said when it refused this address, or None."""
    return find_refused_address(email)
