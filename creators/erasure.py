"""Erasure of a creator's profile. The row stays, because statements, clips and orders refer to it."""

from creators.avatars import remove_avatar
from creators.models import Creator, FormerHandle


def erase_profile(*, creator: Creator) -> None:
    """Remove handle, name, bio and picture, and every invitation. Others may take the handle."""
    remove_avatar(creator=creator)
    creator.invitations.clear()
    FormerHandle.objects.filter(creator=creator).delete()
    Creator.objects.filter(pk=creator.pk).update(handle=f"deleted.{creator.pk}", display_name="–", bio="")
