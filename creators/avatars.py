"""Creators' avatars."""

from functools import partial
from typing import IO

from django.db import transaction

from accounts.pictures import delete_picture, store_picture
from creators.models import Creator


def set_avatar(*, creator: Creator, file: IO[bytes]) -> None:
    """Re-encode an uploaded picture and make it the creator's avatar. Raises PictureRefused."""
    stored = store_picture(file, folder="avatars", widths=Creator.AVATAR_WIDTHS_PX)
    _replace(creator, stored.stem)


def remove_avatar(*, creator: Creator) -> None:
    _replace(creator, "")


def _replace(creator: Creator, stem: str) -> None:
    """Store the new avatar's name, and delete the old files once the transaction has ended."""
    old, creator.avatar_stem = creator.avatar_stem, stem
    creator.save(update_fields=["avatar_stem"])
    if old:
        transaction.on_commit(partial(delete_picture, old, widths=Creator.AVATAR_WIDTHS_PX))
