"""The content of a clip, which is everything that the creator enters, and how it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from creators.models import Enrolment
from creators.suspensions import refuse_suspended
from videos.models import Clip, ProductTag
from videos.models.clip import NotEditable
from videos.states import EDITABLE, ClipState


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
