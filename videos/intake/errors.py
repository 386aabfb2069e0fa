"""Everything that intake raises, with the HTTP status of each: the API and the upload form answer from here."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from videos.media.policy import SENTENCES, Refusal


class IntakeError(Exception):
    """A file, or a piece of one, was not accepted. The message is a sentence for the sender."""

    status_code = 422
    default_sentence: str | Promise = ""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or str(self.default_sentence))


class UploadRefused(IntakeError):
    """The file is refused for good."""


class FileTooLarge(UploadRefused):
    """The file is larger than UPLOAD_MAX_BYTES."""

    status_code = 413

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__(_(SENTENCES[Refusal.TOO_LARGE]) % {"megabytes": max_bytes // 1_000_000})


class QuotaExceeded(UploadRefused):
    """The creator has reached a limit; the message says which."""

    status_code = 429


class ClipClosed(UploadRefused):
    """The clip that the file is for can't be changed now."""

    status_code = 409


class DiskFull(IntakeError):
    """The disk has no space for the file; nothing of what did not fit was stored."""

    status_code = 507
    default_sentence = gettext_lazy("There isn't enough disk space for this file right now. Please try again later.")


class WrongOffset(IntakeError):
    """The piece does not start where the file ends, or the upload is finished already."""

    status_code = 409
    default_sentence = "The piece does not start at the current offset."


class PieceTooLong(IntakeError):
    """The piece goes beyond the announced size; nothing of it was stored."""

    status_code = 413
    default_sentence = "The piece goes beyond the announced length."


class ChecksumMismatch(IntakeError):
    """The piece differs from what was sent; nothing of it was stored. The status is that of the tus protocol."""

    status_code = 460
    default_sentence = "The piece was damaged on the way. Please send it again."


class UploadBusy(IntakeError):
    """Another connection is writing to this upload, or it is being finished."""

    status_code = 423
    default_sentence = "Another connection is sending this file. Please try again in a moment."


class UploadGone(IntakeError):
    """The upload was canceled or has expired."""

    status_code = 404
    default_sentence = "There is no such upload."
