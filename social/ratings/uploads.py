"""Uploaded pictures of a rating: stored before the rating is, and deleted again if it is refused."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _

from accounts.picture_rules import PictureRefused, StoredPicture
from accounts.pictures import delete_picture, store_picture
from social.models import Rating
from social.ratings.authorship import PICTURE_RULES, PictureChange

__all__ = ["PictureRefused", "storing_pictures"]


@contextmanager
def storing_pictures(files: Sequence[IO[bytes]], *, removed_ids: Collection[int]) -> Iterator[PictureChange]:
    """Re-encode and store uploaded pictures for a rating that is saved in the block. Raises PictureRefused.

    If the block raises, the files are deleted.
    """
    if len(files) > Rating.MAX_PICTURES:
        raise PictureRefused(_("A rating can have at most %(most)d pictures.") % {"most": Rating.MAX_PICTURES})
    stored: list[StoredPicture] = []
    is_saved = False
    try:
        for file in files:  # each is kept at once, so that it is deleted if the next one is refused
            stored += [store_picture(file, rules=PICTURE_RULES)]
        yield PictureChange(stored, removed_ids)
        is_saved = True
    finally:
        if not is_saved:
            for picture in stored:
                delete_picture(picture.stem, rules=PICTURE_RULES)
