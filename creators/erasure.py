"""Erasure of a creator's profile, and of email addresses that were invited.

The rows stay where statements, clips, orders or campaigns refer to them.
"""

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from accounts.models import User
from creators.avatars import remove_avatar
from creators.models import Creator, FormerHandle, Invitation


def erase_profile(*, creator: Creator) -> None:
    """Remove handle, name, bio and picture, and every invitation. Others may take the handle."""
    remove_avatar(creator=creator)
    creator.invitations.clear()
    FormerHandle.objects.filter(creator=creator).delete()
    Creator.objects.filter(pk=creator.pk).update(handle=f"deleted.{creator.pk}", display_name="–", bio="")


def invitations_of(user: User) -> QuerySet[Invitation]:
    """Return the invitations that a user accepted, and those to an address of theirs."""
    verified = EmailAddress.objects.filter(user=user, verified=True).values("email")
    is_theirs = Q(accepted_by__user=user) | Q(email=user.email.lower()) | Q(email__in=verified)
    return Invitation.objects.filter(is_theirs)


def erase_invitations(*, user: User) -> None:
    """Delete the invitations to a user's addresses. Of those that were accepted, only the address is removed."""
    invitations = invitations_of(user)
    invitations.filter(accepted_at=None).delete()
    invitations.update(email="")
