"""The photos of a post as its author arranges them: which ones, in which order, with which words."""

from collections.abc import Sequence
from dataclasses import dataclass

from videos.intake.photos import delete_photo_files
from videos.models import Clip, Photo


@dataclass(frozen=True)
class PhotoContent:
    """A photo of the post, with what it shows in words."""

    photo_id: int
    alternative_text: str


def write_photos(clip: Clip, photos: Sequence[PhotoContent]) -> None:
    """Arrange the post's photos in this order. Photos that are missing are taken out, and kept if a revision shows them.

    The caller must have locked the clip's row in a transaction.
    """
    others = Photo.objects.filter(clip=clip).exclude(pk__in=[photo.photo_id for photo in photos])
    if clip.revisions.exists():
        others.exclude(position=None).update(position=None)
    else:
        delete_photo_files(others.values_list("stem", flat=True))
        others.delete()
    for position, photo in enumerate(photos):
        own = Photo.objects.filter(clip=clip, pk=photo.photo_id)
        own.update(position=position, alternative_text=photo.alternative_text)
