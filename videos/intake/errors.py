"""Exceptions raised by intake, with the HTTP statuses and sentences used by the API and the upload form."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from videos.media.policy import SENTENCES, Refusal


class IntakeError(Exception):
    """Base class of intake's exceptions. The message is a sentence for the uploader."""

    status_code = 422
    default_sentence: str | Promise = ""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or str(self.default_sentence))


class UploadRefused(IntakeError):
    """The file is refused permanently."""


class FileTooLarge(UploadRefused):
    """The file is larger than UPLOAD_MAX_BYTES."""

    status_code = 413

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__(_(SENTENCES[Refusal.TOO_LARGE]) % {"megabytes": max_bytes // 1_000_000})


class QuotaExceeded(UploadRefused):
    """The creator has reached a limit. The message says which one."""

    status_code = 429


class ClipClosed(UploadRefused):
    """The clip that the file is for can't be changed now."""

    status_code = 409


class DiskFull(IntakeError):
    """The disk is full. Bytes that did not fit were not stored."""

    status_code = 507
    default_sentence = gettext_lazy("There isn't enough disk space for this file right now. Please try again later.")


class WrongOffset(IntakeError):
    """The chunk does not start where the file ends, or its upload is already finished."""

    status_code = 409
    default_sentence = "The piece does not start at the current offset."


class PieceTooLong(IntakeError):
    """The chunk extends beyond the announced size. None of it was stored."""

    status_code = 413
    default_sentence = "The piece goes beyond the announced length."


class ChecksumMismatch(IntakeError):
    """The chunk was damaged in transit. None of it was stored. The tus protocol defines the HTTP status."""

    status_code = 460
    default_sentence = "The piece was damaged on the way. Please send it again."


class UploadBusy(IntakeError):
    """Another connection is writing to the upload or finishing it."""

    status_code = 423
    default_sentence = "Another connection is sending this file. Please try again in a moment."


class UploadGone(IntakeError):
    """The upload was cancelled or has expired."""

    status_code = 404
    default_sentence = "There is no such upload."
