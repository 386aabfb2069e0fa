"""Revisions: what of a clip is frozen when it is submitted."""

import hashlib
import json
from datetime import datetime

from videos.models import Clip, Photo, Revision


def revision_content(clip: Clip) -> dict[str, object]:
    """Return the clip's content as JSON data, in the form that a revision stores."""
    return {
        "caption": clip.caption,
        "kind": clip.kind,
        "verdict": clip.verdict,
        "language": clip.language,
        "is_speechless": clip.is_speechless,
        "captions_vtt": clip.captions_vtt,
        **(_photo_content(clip) if clip.is_photos else _film_content(clip)),
        # Only if there is one: revisions from before declarations have none, and did not change.
        **({"declaration": clip.declaration} if clip.declaration else {}),
    }


def _film_content(clip: Clip) -> dict[str, object]:
    tags = clip.tags.order_by("start_ms", "product_id").values("product_id", "product__name", "start_ms", "end_ms")
    return {"tags": list(tags)}


def _photo_content(clip: Clip) -> dict[str, object]:
    photos = Photo.objects.filter(clip=clip).exclude(position=None).order_by("position")
    tags = clip.tags.order_by("photo__position", "product_id")
    return {
        "photos": list(photos.values("id", "sha256", "alternative_text")),
        "tags": list(tags.values("product_id", "product__name", "photo_id", "photo__position", "x", "y")),
    }


def freeze_revision(clip: Clip, now: datetime) -> Revision:
    content = revision_content(clip)
    file_hash = clip.source.sha256 if clip.source else ""
    text = file_hash + json.dumps(content, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    number = clip.revisions.count() + 1
    return Revision.objects.create(
        clip=clip, number=number, source=clip.source, content=content, digest=digest, submitted_at=now
    )
