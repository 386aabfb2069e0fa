"""The exceptions of intake, with the HTTP statuses and sentences that the API and the upload form respond with."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from videos.media.policy import SENTENCES, Refusal


class IntakeError(Exception):
    """The base class of intake's exceptions. The message is a sentence for the sender."""

    status_code = 422
    default_sentence: str | Promise = ""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or str(self.default_sentence))


class UploadRefused(IntakeError):
    """A permanent refusal of a file."""


class FileTooLarge(UploadRefused):
    """A file larger than UPLOAD_MAX_BYTES."""

    status_code = 413

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__(_(SENTENCES[Refusal.TOO_LARGE]) % {"megabytes": max_bytes // 1_000_000})


class QuotaExceeded(UploadRefused):
    """A limit that the creator has reached; the message says which."""

    status_code = 429


class ClipClosed(UploadRefused):
    """A file for a clip that can't be changed now."""

    status_code = 409


class DiskFull(IntakeError):
    """A lack of disk space; the part that did not fit was not stored."""

    status_code = 507
    default_sentence = gettext_lazy("There isn't enough disk space for this file right now. Please try again later.")


class WrongOffset(IntakeError):
    """A piece that does not start where the file ends, or one for a finished upload."""

    status_code = 409
    default_sentence = "The piece does not start at the current offset."


class PieceTooLong(IntakeError):
    """A piece that goes beyond the announced size; none of it was stored."""

    status_code = 413
    default_sentence = "The piece goes beyond the announced length."


class ChecksumMismatch(IntakeError):
    """A piece that was damaged in transit; none of it was stored. The tus protocol defines the status."""

    status_code = 460
    default_sentence = "The piece was damaged on the way. Please send it again."


class UploadBusy(IntakeError):
    """An upload that another connection is writing to or finishing."""

    status_code = 423
    default_sentence = "Another connection is sending this file. Please try again in a moment."


class UploadGone(IntakeError):
    """An upload that was cancelled or has expired."""

    status_code = 404
    default_sentence = "There is no such upload."
