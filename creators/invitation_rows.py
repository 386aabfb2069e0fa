"""Invitations as admin lists them: their states, what staff can do with them, and whether their emails have left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import OutgoingEmail
from accounts.outbox import unsent_emails
from creators.models import Invitation, InvitationState


@dataclass(frozen=True)
class InvitationRow:
    """An invitation as listed. `unsent` is its newest email while no mail server has accepted that."""

    invitation: Invitation
    state: InvitationState
    unsent: OutgoingEmail | None

    @property
    def can_be_sent_again(self) -> bool:
        return self.can_be_withdrawn or self.state == InvitationState.DECLINED

    @property
    def can_be_withdrawn(self) -> bool:
        return self.state in (InvitationState.OPEN, InvitationState.EXPIRED)

    @property
    def delivery_problem(self) -> str:
        """Return a sentence that says why the email has not been sent, or "" if it has."""
        if self.unsent is None:
            return ""
        reason = f"\u2066{self.unsent.failure_text.rstrip('.')}\u2069"  # left to right, also in Arabic
        if self.unsent.given_up_at is not None:
            sentence = _("Could not be sent: %(reason)s. Check the address, then send it again.")
            return sentence % {"reason": reason}
        if not self.unsent.attempts:
            return _("Waiting to be sent.")
        due = date_format(localtime(self.unsent.due_at), "DATETIME_FORMAT")
        sentence = _("Not sent yet: %(reason)s. Next attempt: %(time)s")
        return sentence % {"reason": reason, "time": due}


def list_rows(invitations: Iterable[Invitation], now: datetime) -> list[InvitationRow]:
    listed = list(invitations)
    unsent = {email.message_id: email for email in unsent_emails([row.message_id for row in listed]).defer("content")}
    return [InvitationRow(row, row.state_at(now), unsent.get(row.message_id)) for row in listed]
