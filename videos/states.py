"""Clip states and the allowed transitions between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClipState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    UPLOADED = "uploaded", _("Waiting to be processed")
    PROCESSING = "processing", _("Processing")
    FAILED = "failed", _("Needs another file")
    IN_REVIEW = "in_review", _("In review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    REJECTED = "rejected", _("Rejected")
    APPEALED = "appealed", _("Appealed")
    PUBLISHED = "published", _("Published")
    REMOVED = "removed", _("Taken down")


MOVES: dict[ClipState, frozenset[ClipState]] = {
    ClipState.DRAFT: frozenset({ClipState.UPLOADED, ClipState.PROCESSING, ClipState.IN_REVIEW}),
    ClipState.UPLOADED: frozenset({ClipState.PROCESSING, ClipState.FAILED, ClipState.DRAFT}),
    ClipState.PROCESSING: frozenset({ClipState.UPLOADED, ClipState.IN_REVIEW, ClipState.FAILED, ClipState.DRAFT}),
    ClipState.FAILED: frozenset({ClipState.UPLOADED, ClipState.PROCESSING, ClipState.IN_REVIEW, ClipState.DRAFT}),
    ClipState.IN_REVIEW: frozenset(
        {ClipState.PUBLISHED, ClipState.CHANGES_REQUESTED, ClipState.REJECTED, ClipState.DRAFT, ClipState.IN_REVIEW}
    ),
    ClipState.CHANGES_REQUESTED: frozenset(
        {ClipState.UPLOADED, ClipState.PROCESSING, ClipState.IN_REVIEW, ClipState.DRAFT}
    ),
    ClipState.REJECTED: frozenset({ClipState.APPEALED}),
    ClipState.APPEALED: frozenset({ClipState.PUBLISHED, ClipState.CHANGES_REQUESTED, ClipState.REJECTED}),
    ClipState.PUBLISHED: frozenset({ClipState.REMOVED, ClipState.IN_REVIEW}),
    ClipState.REMOVED: frozenset({ClipState.APPEALED}),
}
"""Maps each state to the states that may follow it. A withdrawn clip goes back to DRAFT."""

EDITABLE = frozenset({ClipState.DRAFT, ClipState.FAILED, ClipState.CHANGES_REQUESTED})
"""States in which the creator can edit a clip before submitting it."""

REVISABLE = frozenset({ClipState.IN_REVIEW, ClipState.PUBLISHED})
"""States in which every edit counts as a new submission, so that unreviewed content is never live."""

WITHDRAWABLE = frozenset(
    {ClipState.UPLOADED, ClipState.PROCESSING, ClipState.FAILED, ClipState.IN_REVIEW, ClipState.CHANGES_REQUESTED}
)

UNDOABLE: dict[ClipState, frozenset[ClipState]] = {
    ClipState.PUBLISHED: frozenset({ClipState.IN_REVIEW, ClipState.APPEALED}),
    ClipState.CHANGES_REQUESTED: frozenset({ClipState.IN_REVIEW, ClipState.APPEALED}),
    ClipState.REJECTED: frozenset({ClipState.IN_REVIEW, ClipState.APPEALED}),
    ClipState.REMOVED: frozenset({ClipState.PUBLISHED}),
}
"""Maps each state to the states that a clip may return to when the decision is undone."""

PAUSING: dict[ClipState, ClipState] = dict.fromkeys(WITHDRAWABLE, ClipState.DRAFT) | {
    ClipState.APPEALED: ClipState.REJECTED
}
"""Maps each state that waits for a decision to the state of its clips while their creator is suspended."""

RESUMABLE: dict[ClipState, frozenset[ClipState]] = {
    ClipState.DRAFT: frozenset({ClipState.FAILED, ClipState.CHANGES_REQUESTED})
}
"""Maps a state to further states that a clip may return to when its creator's suspension is lifted."""
