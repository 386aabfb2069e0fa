"""The content of a clip, which is everything that the creator enters, and how it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from creators.models import Creator, Enrolment
from creators.suspensions import refuse_suspended
from videos.models import Clip, ProductTag
from videos.models.clip import NotEditable
from videos.states import EDITABLE, ClipState

MAX_DRAFTS = 200
"""Drafts of one creator that were not submitted. Files that arrive are limited by themselves: see videos.intake.quota."""


class TooManyDrafts(PermissionDenied):
    """A refusal to begin another draft. Pages and the API answer 403 with the message."""


@dataclass(frozen=True)
class TagContent:
    """A product and the time span in which the clip shows it."""

    product_id: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class ClipContent:
    """Everything that a creator enters about a clip. It may be incomplete while the clip is a draft."""

    caption: str
    kind: str
    verdict: str
    language: str
    is_speechless: bool
    captions_vtt: str
    tags: Sequence[TagContent]
    declaration: str = ""


def begin_draft(*, creator: Creator, code: str) -> Clip:
    """Return the creator's clip with this code, or a new draft. Raises TooManyDrafts, CreatorSuspended."""
    clips = Clip.objects.filter(creator=creator)
    if not clips.filter(code=code).exists() and clips.filter(state=ClipState.DRAFT).count() >= MAX_DRAFTS:
        sentence = _("You have %(most)d drafts. Submit or delete one of them in the studio first.")
        raise TooManyDrafts(sentence % {"most": MAX_DRAFTS})
    return Clip.objects.start_draft(creator=creator, code=code)


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
    """Write the content to the clip and its tags. The caller must have locked the clip's row in a transaction."""
    ProductTag.objects.filter(clip=clip).delete()
    ProductTag.objects.bulk_create(
        ProductTag(clip=clip, product_id=tag.product_id, start_ms=tag.start_ms, end_ms=tag.end_ms)
        for tag in content.tags
    )
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
