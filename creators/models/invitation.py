"""Invitations to campaigns by email, also to people who are not yet creators."""

import hashlib
from datetime import datetime
from typing import Self

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from creators.models.creator import Creator


class InvitationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("invitation", "Invited")
    EXPIRED = "expired", pgettext_lazy("invitation", "Expired")
    ACCEPTED = "accepted", pgettext_lazy("invitation", "Joined")
    DECLINED = "declined", pgettext_lazy("invitation", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("invitation", "Withdrawn")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unsettled(self) -> Self:
        """Return invitations that were neither answered nor withdrawn, expired ones too."""
        return self.filter(accepted_at=None, declined_at=None, withdrawn_at=None)

    def open_at(self, now: datetime | Now) -> Self:
        """Return invitations that can be accepted at this time."""
        return self.unsettled().filter(expires_at__gt=now)

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_token(token))

    def sent_to(self, creator: Creator) -> Self:
        """Return invitations to an email address that the creator has verified."""
        return self.filter(email__in=EmailAddress.objects.filter(user=creator.user_id, verified=True).values("email"))

    def accept(self, *, creator: Creator, now: datetime) -> int:
        """Mark those that are still open as accepted, and return how many. Each is accepted by one creator only."""
        return self.open_at(now).update(accepted_by=creator, accepted_at=now)

    def decline(self, *, now: datetime) -> int:
        """Mark those that are still open as declined, and return how many."""
        return self.open_at(now).update(declined_at=now)

    def count_states(self, now: datetime) -> dict[InvitationState, int]:
        """Return how many invitations are in each state."""
        accepted, declined = Q(accepted_at__isnull=False), Q(declined_at__isnull=False)
        withdrawn, is_past = Q(withdrawn_at__isnull=False), Q(expires_at__lte=now)
        unsettled = ~(accepted | declined | withdrawn)
        conditions = {
            InvitationState.OPEN: unsettled & ~is_past,
            InvitationState.EXPIRED: unsettled & is_past,
            InvitationState.ACCEPTED: accepted,
            InvitationState.DECLINED: declined,
            InvitationState.WITHDRAWN: withdrawn,
        }
        counts = self.aggregate(**{state.value: Count("pk", filter=rows) for state, rows in conditions.items()})
        return {state: counts[state.value] for state in conditions}


class Invitation(models.Model):
    """A link, sent by email, with which one creator joins a campaign. Only a hash of its token is stored.

    Whoever has the link can use it, whatever the address of their account. The address is empty once it was erased.
    """

    campaign = models.ForeignKey(
        "creators.Campaign", on_delete=models.PROTECT, related_name="invitations", verbose_name=_("campaign")
    )
    email = models.EmailField(_("email address"), blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the token.")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited at"))
    sent_at = models.DateTimeField(_("sent at"), help_text=_("When the newest link was sent."))
    sent_count = models.PositiveIntegerField(_("times sent"), default=0)
    message_id = models.TextField(blank=True, editable=False, help_text="Message-ID of the newest email.")
    expires_at = models.DateTimeField(_("expires at"))
    accepted_by = models.ForeignKey(
        Creator,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accepted_invitations",
        verbose_name=_("accepted by"),
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        default_permissions = ()
        indexes = [models.Index(fields=["email"], name="creators_invitation_email")]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "email"],
                condition=Q(accepted_at=None, declined_at=None, withdrawn_at=None),
                name="creators_invitation_one_open",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="creators_invitation_email_is_lower"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None, declined_at=None)
                | Q(accepted_at=None, accepted_by=None, withdrawn_at=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, declined_at=None, withdrawn_at=None),
                name="creators_invitation_settled_once",
            ),
        ]

    def __str__(self) -> str:
        return self.email or "–"

    def state_at(self, now: datetime) -> InvitationState:
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.declined_at is not None:
            return InvitationState.DECLINED
        if self.withdrawn_at is not None:
            return InvitationState.WITHDRAWN
        return InvitationState.OPEN if now < self.expires_at else InvitationState.EXPIRED


def hash_token(token: str) -> str:
    """Return what is stored of a token. It is random and long, so a fast hash without salt is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
