"""Unfinished uploads as their creator sees them: how much has arrived, and where each can be continued."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from videos.intake.tus import received_bytes
from videos.models import Clip, Upload
from videos.states import EDITABLE


@dataclass(frozen=True)
class UnfinishedUpload:
    """An upload of which bytes are missing. `received_bytes` have arrived, which is `percent`, rounded down.

    `is_resumable` says whether it belongs to a draft, in whose form it can be continued. `has_clip` says whether that
    draft has been saved; otherwise it begins with the upload.
    """

    upload: Upload
    received_bytes: int
    has_clip: bool
    is_resumable: bool

    @property
    def percent(self) -> int:
        return self.received_bytes * 100 // self.upload.size_bytes


def list_unfinished(creator_id: int, *, now: datetime, clip_code: str = "") -> list[UnfinishedUpload]:
    """Return the creator's unfinished uploads, newest first; with `clip_code`, only those of that draft.

    Quotas keep their number small.
    """
    uploads = Upload.objects.arriving().filter(creator=creator_id, expires_at__gt=now).order_by("-created_at", "-pk")
    if clip_code:
        uploads = uploads.filter(clip_code=clip_code)
    rows = list(uploads)
    codes = {upload.clip_code for upload in rows if upload.clip_code}
    clips = {clip.code: clip for clip in Clip.objects.filter(code__in=codes)} if codes else {}
    return [_describe(upload, clips.get(upload.clip_code)) for upload in rows]


def describe_unfinished(clip: Clip, *, now: datetime) -> str:
    """Return a sentence for the creator about a file that has partly arrived for the clip, or an empty string."""
    unfinished = list_unfinished(clip.creator_id, now=now, clip_code=clip.code)
    if not unfinished:
        return ""
    return _("Only %(percent)d%% of %(name)s has arrived. Resume the upload, then submit the clip.") % {
        "percent": unfinished[0].percent,
        "name": unfinished[0].upload.user_file_name,
    }


def _describe(upload: Upload, clip: Clip | None) -> UnfinishedUpload:
    has_clip = clip is not None and clip.creator_id == upload.creator_id
    return UnfinishedUpload(
        upload=upload,
        received_bytes=received_bytes(upload),
        has_clip=has_clip,
        is_resumable=bool(upload.clip_code) and (clip is None or (has_clip and clip.state in EDITABLE)),
    )
