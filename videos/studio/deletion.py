"""Deletion of drafts at their creator's request, with everything that was uploaded for them."""

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from creators.models import WaitlistState
from creators.suspensions import refuse_suspended
from creators.waitlist import settle_waitlist_entry
from videos.intake.photos import delete_photo_files
from videos.intake.tus import abandon_upload, discard_bytes
from videos.models import Clip, Upload
from videos.states import ClipState


class NotDeletable(Exception):
    """The clip is no draft, or a moderator has decided about it, so that its record is kept."""


def is_deletable(clip: Clip) -> bool:
    """Return whether the creator can delete the clip: a draft about which no moderator has decided."""
    return clip.state == ClipState.DRAFT and not (clip.decisions.exists() or clip.audit.exists())


def delete_draft(*, clip_id: int, now: datetime) -> None:
    """Delete a draft, its place on the waitlist and the unfinished uploads for it.

    A file that no other clip uses is deleted later, as unused. Raises NotDeletable, CreatorSuspended, and UploadBusy
    while a file for the draft is being checked or finished. Nothing changes then.
    """
    with transaction.atomic():
        clip = Clip.objects.select_for_update().filter(pk=clip_id).first()
        if clip is None:
            return  # another request deleted it first
        refuse_suspended(clip.creator_id)
        if not is_deletable(clip):
            raise NotDeletable(_("Only a draft that no moderator has decided about can be deleted."))
        settle_waitlist_entry(clip_code=clip.code, state=WaitlistState.LEFT, now=now)
        try:
            clip.revisions.all().delete()  # of submissions that were withdrawn
            delete_photo_files(list(clip.photos.values_list("stem", flat=True)))
            clip.delete()
        except ProtectedError as error:
            raise NotDeletable(_("This clip was sold or paid for, so its record is kept.")) from error
        uploads = list(Upload.objects.unfinished().filter(creator=clip.creator_id, clip_code=clip.code))
        for upload in uploads:
            abandon_upload(upload=upload, now=now)
    for upload in uploads:
        discard_bytes(upload)
