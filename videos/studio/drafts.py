"""The content of a clip, which is everything that the creator enters, and how it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from creators.models import Creator, Enrolment
from creators.suspensions import refuse_suspended
from videos.models import Clip, Medium, Photo, ProductTag
from videos.models.clip import NotEditable
from videos.states import EDITABLE, ClipState
from videos.studio.photos import PhotoContent, write_photos

MAX_DRAFTS = 200
"""Drafts of one creator that were not submitted. Files that arrive are limited by themselves: see videos.intake.quota."""


class TooManyDrafts(PermissionDenied):
    """A refusal to begin another draft. Pages and the API answer 403 with the message."""


@dataclass(frozen=True)
class TagContent:
    """A product and where the clip shows it: the time span in a film, or the place on a photo."""

    product_id: int
    start_ms: int | None = None
    end_ms: int | None = None
    photo_id: int | None = None
    x: float | None = None
    y: float | None = None

    @classmethod
    def of(cls, tag: ProductTag) -> Self:
        """Return what a stored tag says."""
        return cls(tag.product_id, tag.start_ms, tag.end_ms, tag.photo_id, tag.x, tag.y)


@dataclass(frozen=True)
class ClipContent:
    """Everything that a creator enters about a clip. It may be incomplete while the clip is a draft.

    `photos` are those of a photo post, in order, or None to leave them as they are.
    """

    caption: str
    kind: str
    verdict: str
    language: str
    is_speechless: bool
    captions_vtt: str
    tags: Sequence[TagContent]
    declaration: str = ""
    photos: Sequence[PhotoContent] | None = None


def begin_draft(*, creator: Creator, code: str, medium: Medium = Medium.FILM) -> Clip:
    """Return the creator's clip with this code, or a new draft. Raises TooManyDrafts, CreatorSuspended."""
    clips = Clip.objects.filter(creator=creator)
    if not clips.filter(code=code).exists() and clips.filter(state=ClipState.DRAFT).count() >= MAX_DRAFTS:
        sentence = _("You have %(most)d drafts. Submit or delete one of them in the studio first.")
        raise TooManyDrafts(sentence % {"most": MAX_DRAFTS})
    return Clip.objects.start_draft(creator=creator, code=code, medium=medium)


def save_content(*, clip: Clip, content: ClipContent, enrolment: Enrolment | None) -> None:
    """Save the content of a clip that is a draft, has failed or needs changes.

    The enrolment is saved only for a draft. Raises NotEditable in another state, and CreatorSuspended.
    """
    with transaction.atomic():
        refuse_suspended(clip.creator_id)
        locked = Clip.objects.select_for_update().filter(pk=clip.pk).first()
        if locked is None:
            raise NotEditable(_("This draft was deleted."))
        if locked.state not in EDITABLE:
            raise NotEditable(_("This clip can't be changed in its current state."))
        if locked.state == ClipState.DRAFT:
            Clip.objects.filter(pk=clip.pk).update(enrolment=enrolment)
        write_content(clip, content)
    clip.refresh_from_db()


def write_content(clip: Clip, content: ClipContent) -> None:
    """Write the content to the clip, its photos and its tags. A tag on a photo that the post has not is left out.

    The caller must have locked the clip's row in a transaction.
    """
    ProductTag.objects.filter(clip=clip).delete()
    if content.photos is not None:
        write_photos(clip, content.photos)
    photo_ids = {None, *Photo.objects.filter(clip=clip).exclude(position=None).values_list("pk", flat=True)}
    tags = [ProductTag(clip=clip, **vars(tag)) for tag in content.tags if tag.photo_id in photo_ids]
    ProductTag.objects.bulk_create(tags)
    Clip.objects.filter(pk=clip.pk).update(
        caption=content.caption,
        kind=content.kind,
        verdict=content.verdict,
        language=content.language,
        is_speechless=content.is_speechless,
        captions_vtt=content.captions_vtt,
        declaration=content.declaration,
        updated_at=Now(),
    )
