"""Erasure of a creator's profile, and of email addresses that were invited, with an account or some time after an answer.

The rows stay where statements, clips, orders or campaigns refer to them.
"""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.outbox import discard_emails
from creators.avatars import remove_avatar
from creators.models import Creator, FormerHandle, Invitation
from creators.names import ERASED_PREFIX, retire_handles

FORGET_INVITATIONS_AFTER = timedelta(days=30)
"""How long staff can see whom they invited once an invitation has expired, been answered or been withdrawn."""


def erase_profile(*, creator: Creator) -> None:
    """Remove handle, name, bio and picture, and every invitation. Nobody else can take the handles."""
    remove_avatar(creator=creator)
    creator.invitations.clear()
    former = FormerHandle.objects.filter(creator=creator)
    retire_handles([creator.handle, *former.values_list("handle", flat=True)])
    former.delete()
    Creator.objects.filter(pk=creator.pk).update(handle=f"{ERASED_PREFIX}{creator.pk}", display_name="–", bio="")


def invitations_of(user: User) -> QuerySet[Invitation]:
    """Return the invitations that a user accepted, and those to an address of theirs."""
    verified = EmailAddress.objects.filter(user=user, verified=True).values("email")
    is_theirs = Q(accepted_by__user=user) | Q(email=user.email.lower()) | Q(email__in=verified)
    return Invitation.objects.filter(is_theirs)


def erase_invitations(*, user: User) -> None:
    """Delete the invitations to a user's addresses. Of those that were accepted, only the address is removed."""
    invitations = invitations_of(user)
    discard_emails(invitations.values("message_id"))
    invitations.filter(accepted_at=None).delete()
    invitations.update(email="")


def forget_invitations(*, now: datetime) -> None:
    """Erase the addresses of invitations that were over 30 days ago.

    Those that were never accepted are deleted. Of those that were accepted, only the address is removed.
    """
    limit = now - FORGET_INVITATIONS_AFTER
    is_over = Q(declined_at__lt=limit) | Q(withdrawn_at__lt=limit)
    is_expired = Q(declined_at=None, withdrawn_at=None, expires_at__lt=limit)
    Invitation.objects.filter(is_over | is_expired, accepted_at=None).delete()
    Invitation.objects.filter(accepted_at__lt=limit).exclude(email="").update(email="")
