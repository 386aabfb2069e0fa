"""Creators' avatars."""

from typing import IO

from accounts.pictures import delete_picture, store_picture
from creators.models import Creator


def set_avatar(*, creator: Creator, file: IO[bytes]) -> None:
    """Re-encode an uploaded picture and make it the creator's avatar. Raises PictureRefused."""
    stored = store_picture(file, folder="avatars", widths=Creator.AVATAR_WIDTHS_PX)
    old, creator.avatar_stem = creator.avatar_stem, stored.stem
    creator.save(update_fields=["avatar_stem"])
    if old:
        delete_picture(old, widths=Creator.AVATAR_WIDTHS_PX)
