"""Access checks for files under /media/. They run on every request, so that a take-down takes effect at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import storages

from accounts.access import is_adult
from accounts.stored_files import file_facts
from videos.models import Clip, Photo, Source

PUBLIC_FOLDERS = frozenset({"products", "avatars", "site"})
CLIPS_FOLDER = "clips"
CACHE_FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "private, no-cache"
"""Browsers may cache the file but must revalidate it before each use. They get 304, or 404 after a take-down."""


@dataclass(frozen=True)
class MediaFile:
    """A file that may be served. `etag` changes with the file's content."""

    name: str
    size_bytes: int
    etag: str
    cache_control: str


def find_media(name: str, user: Any) -> MediaFile | None:
    """Return the file with this name, or None if it does not exist or the user may not see it.

    Raises StoreAway.
    """
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
        return None
    if parts[0] in PUBLIC_FOLDERS:
        return _look_up(name, CACHE_FOREVER)
    if parts[0] == CLIPS_FOLDER and len(parts) > 2 and can_watch(parts[1], user):
        return _look_up(name, REVALIDATE)
    can_see = GUARDS.get(parts[0])
    if can_see is not None and len(parts) == 2 and can_see(name.rpartition("-")[0], user):
        return _look_up(name, REVALIDATE)
    return None


def can_watch(source_key: str, user: Any) -> bool:
    """Return whether the user may watch a source's files.

    Moderators and the source's creator may. Other users may if one of its clips is published and suitable for their
    age.
    """
    if user.is_authenticated and user.has_perm("videos.review_clip"):
        return True
    if Clip.objects.published().suitable_for(is_adult=is_adult(user)).filter(source__key=source_key).exists():
        return True
    return user.is_authenticated and Source.objects.filter(key=source_key, creator__user=user).exists()


def can_see_photo(stem: str, user: Any) -> bool:
    """Return whether the user may see a photo. Moderators and its author may, and others while it is in a public post."""
    photos = Photo.objects.filter(stem=stem)
    if user.is_authenticated and (
        user.has_perm("videos.review_clip") or photos.filter(clip__creator__user=user).exists()
    ):
        return True
    public = Clip.objects.published().suitable_for(is_adult=is_adult(user))
    return photos.filter(clip__in=public).exclude(position=None).exists()


GUARDS: dict[str, Callable[[str, Any], bool]] = {Photo.FOLDER: can_see_photo}
"""Who may see the pictures of a folder, by their stem and the user. Apps to the right add theirs."""


def _look_up(name: str, cache_control: str) -> MediaFile | None:
    try:
        size, changed_at = file_facts(storages["default"], name)
    except FileNotFoundError:
        return None
    return MediaFile(name, size, f'"{size:x}-{int(changed_at.timestamp()):x}"', cache_control)
