"""Photos of posts: re-encoded and stored as they arrive, and deleted once nothing shows them."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import IO

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.picture_rules import FORMATS, PictureRefused, PictureRules
from accounts.pictures import delete_picture, store_picture
from creators.suspensions import refuse_suspended
from videos.models import Clip, Photo
from videos.models.clip import NotEditable
from videos.states import EDITABLE

MAX_PER_DAY = 300
RULES = PictureRules(
    folder=Photo.FOLDER,
    widths=Photo.WIDTHS_PX,
    formats={name: FORMATS[name] for name in ("avif", "jpeg")},
    min_side_px=320,
    max_ratio=6,
    tallest=6,
)


def add_photo(*, clip: Clip, file: IO[bytes], now: datetime) -> Photo:
    """Append a picture to a post that can be edited, and return it. Decoding it takes seconds.

    A file that the post has already is returned as it is, so that an upload can be repeated. Raises PictureRefused,
    NotEditable, CreatorSuspended. Nothing is stored then.
    """
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # an uploaded file has what it needs
    with transaction.atomic():
        if photo := _restore(_lock_editable(clip), sha256, now):
            return photo
    stored = store_picture(file, rules=RULES)
    try:
        with transaction.atomic():
            locked = _lock_editable(clip)
            photo = _restore(locked, sha256, now) or Photo.objects.create(
                clip=locked,
                position=_next_position(locked),
                sha256=sha256,
                stem=stored.stem,
                width_px=stored.width_px,
                height_px=stored.height_px,
                uploaded_at=now,
            )
    except (PictureRefused, NotEditable):
        delete_picture(stored.stem, rules=RULES)
        raise
    if photo.stem != stored.stem:  # the same file arrived twice at once
        delete_picture(stored.stem, rules=RULES)
    return photo


def delete_photo_files(stems: Iterable[str]) -> None:
    """Delete the files of photos after the transaction commits."""
    for stem in stems:
        transaction.on_commit(partial(delete_picture, stem, rules=RULES))


def _lock_editable(clip: Clip) -> Clip:
    """Lock the post for an upload. Raises NotEditable, CreatorSuspended."""
    refuse_suspended(clip.creator_id)
    locked = Clip.objects.select_for_update().filter(pk=clip.pk).first()
    if locked is None:
        raise NotEditable(_("This draft was deleted."))
    if not locked.is_photos:
        raise NotEditable(_("This clip is a film, so it takes no photos. Start a photo post for them."))
    if locked.state not in EDITABLE:
        raise NotEditable(_("The photos of this post can't be changed now."))
    return locked


def _restore(clip: Clip, sha256: str, now: datetime) -> Photo | None:
    """Return the post's photo of the same file, if it has one, put back if it was taken out. Raises PictureRefused."""
    photo = Photo.objects.filter(clip=clip, sha256=sha256).first()
    if photo is None:
        _next_position(clip)  # refuses one photo too many before it is decoded
        _check_daily_quota(clip, now)
    elif photo.position is None:
        photo.position = _next_position(clip)
        photo.save(update_fields=["position"])
    return photo


def _next_position(clip: Clip) -> int:
    """Return the position behind the post's last photo. Raises PictureRefused if it has as many as it may."""
    shown = Photo.objects.filter(clip=clip).exclude(position=None)
    if shown.count() >= Photo.MAX_PER_POST:
        sentence = _("A post can have at most %(most)d photos. Remove one first.")
        raise PictureRefused(sentence % {"most": Photo.MAX_PER_POST})
    last: int | None = shown.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _check_daily_quota(clip: Clip, now: datetime) -> None:
    photos = Photo.objects.filter(clip__creator=clip.creator_id, uploaded_at__gt=now - timedelta(days=1))
    if photos.count() >= MAX_PER_DAY:
        raise PictureRefused(_("You've reached today's upload limit. Please continue tomorrow."))
