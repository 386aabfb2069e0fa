"""Creators' avatars."""

from functools import partial
from typing import IO

from django.db import transaction

from accounts.picture_rules import PictureRules
from accounts.pictures import copy_picture, delete_picture, store_picture
from creators.models import Creator

RULES = PictureRules(folder="avatars", widths=Creator.AVATAR_WIDTHS_PX)
WITHHELD_FOLDER = "withheld"
"""Pictures that moderators removed, while their owners can appeal. They are not served."""


def set_avatar(*, creator: Creator, file: IO[bytes]) -> None:
    """Re-encode an uploaded picture and make it the creator's avatar. Raises PictureRefused."""
    replace_avatar(creator=creator, stem=store_avatar(file))


def remove_avatar(*, creator: Creator) -> None:
    replace_avatar(creator=creator, stem="")


def store_avatar(file: IO[bytes]) -> str:
    """Re-encode and store a picture, which takes seconds. Return its stem, for `replace_avatar`. Raises PictureRefused."""
    return store_picture(file, rules=RULES).stem


def delete_avatar(stem: str) -> None:
    """Delete a stored picture that is nobody's avatar."""
    delete_picture(stem, rules=RULES)


def replace_avatar(*, creator: Creator, stem: str) -> None:
    """Make a stored picture the avatar, or none if `stem` is empty. The old one is deleted after the transaction."""
    old, creator.avatar_stem = creator.avatar_stem, stem
    creator.save(update_fields=["avatar_stem"])
    if old:
        transaction.on_commit(partial(delete_avatar, old))


def withhold_avatar(stem: str, *, is_back: bool = False) -> str:
    """Copy a picture to where it is not served or, with `is_back`, back. Return the new stem. The caller deletes the old."""
    return copy_picture(stem, folder=RULES.folder if is_back else WITHHELD_FOLDER, rules=RULES)
