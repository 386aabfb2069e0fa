"""Exceptions that intake raises. The API and the upload form respond with their HTTP statuses and sentences."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from videos.media.policy import SENTENCES, Refusal


class IntakeError(Exception):
    """Base class of intake's exceptions. The message is a sentence for the uploader.

    Subclasses name their HTTP status and default sentence as class arguments.
    """

    status_code: int
    default_sentence: str | Promise

    def __init_subclass__(cls, *, status: int = 422, sentence: str | Promise = "") -> None:
        cls.status_code, cls.default_sentence = status, sentence

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or str(self.default_sentence))


class UploadRefused(IntakeError):
    """The file is refused permanently."""


class FileTooLarge(UploadRefused, status=413):
    """The file is larger than UPLOAD_MAX_BYTES."""

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__(_(SENTENCES[Refusal.TOO_LARGE]) % {"megabytes": max_bytes // 1_000_000})


class QuotaExceeded(UploadRefused, status=429):
    """The creator has reached a limit on uploads. The message says which limit."""


class TooManyUnfinished(
    QuotaExceeded,
    status=429,
    sentence=gettext_lazy("You have several unfinished uploads. Finish or discard one of them in the studio first."),
):
    """The creator has MAX_UNFINISHED unfinished uploads."""


class ClipClosed(UploadRefused, status=409):
    """The clip's state does not allow a new file."""


class StorageFault(IntakeError, status=503):
    """Files cannot be stored or read just now. The same request may succeed later."""


class DiskFull(
    StorageFault,
    status=507,
    sentence=gettext_lazy("There isn't enough disk space for this file right now. Please try again later."),
):
    """The disk is full. Bytes that did not fit were not stored."""


class StoreUnavailable(
    StorageFault,
    status=503,
    sentence=gettext_lazy("Our file store doesn't answer right now. Please try again in a minute."),
):
    """The object store does not answer, or refuses. Bytes that had arrived before are kept."""


class WrongOffset(IntakeError, status=409, sentence="The chunk does not start at the current offset."):
    """The chunk does not start at the end of the received bytes, or the upload is already finished."""


class ChunkTooLong(IntakeError, status=413, sentence="The chunk goes beyond the announced length."):
    """The chunk extends beyond the announced size of the file. None of it was stored."""


class ChecksumMismatch(IntakeError, status=460, sentence="The chunk was damaged on the way. Please send it again."):
    """The chunk was damaged on the way. None of it was stored. The tus protocol defines the HTTP status."""


class UploadBusy(
    IntakeError, status=423, sentence="Another connection is sending this file. Please try again in a moment."
):
    """Another connection is writing to the upload or finishing it."""


class UploadGone(IntakeError, status=404, sentence="There is no such upload."):
    """The upload was cancelled or has expired."""
