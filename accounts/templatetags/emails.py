"""Template tags for emails that are stuck and for addresses that were refused: `{% load emails %}`."""

from unicodedata import bidirectional

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import RefusedAddress, User
from accounts.outbox import count_unsent
from accounts.refused_addresses import find_refused_address
from accounts.staff_work import WaitingWork, drop_empty

register = template.Library()


@register.simple_tag
def waiting_emails(user: User) -> list[WaitingWork]:
    """Return the emails that the mail server does not accept, for a user who may send them again or discard them."""
    if not user.has_perm("accounts.send_outgoingemail"):
        return []
    unsent = count_unsent(timezone.now())
    emails = reverse("admin:accounts_outgoingemail_changelist")
    return drop_empty(
        WaitingWork(
            _("Emails that the mail server does not accept"),
            unsent.stuck,
            f"{emails}?given_up_at__isempty=1",
        ),
        WaitingWork(_("Emails that could not be sent"), unsent.given_up, f"{emails}?given_up_at__isempty=0"),
    )


@register.filter
def is_left_to_right(line: str) -> bool:
    """Return whether a line has no letter of a script that runs from right to left."""
    return not any(bidirectional(letter) in ("R", "AL") for letter in line)


@register.simple_tag
def refused_address(email: str) -> RefusedAddress | None:
    """Return what a mail server said when it refused this address, or None."""
    return find_refused_address(email)
