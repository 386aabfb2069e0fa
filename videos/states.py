"""The states of a clip, and which moves between them are allowed."""

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
    REMOVED = "removed", _("Removed")


S = ClipState
MOVES: dict[ClipState, frozenset[ClipState]] = {
    S.DRAFT: frozenset({S.UPLOADED, S.PROCESSING, S.IN_REVIEW}),
    S.UPLOADED: frozenset({S.PROCESSING, S.FAILED, S.DRAFT}),
    S.PROCESSING: frozenset({S.UPLOADED, S.IN_REVIEW, S.FAILED, S.DRAFT}),
    S.FAILED: frozenset({S.UPLOADED, S.PROCESSING, S.IN_REVIEW, S.DRAFT}),
    S.IN_REVIEW: frozenset({S.PUBLISHED, S.CHANGES_REQUESTED, S.REJECTED, S.DRAFT, S.IN_REVIEW}),
    S.CHANGES_REQUESTED: frozenset({S.UPLOADED, S.PROCESSING, S.IN_REVIEW, S.DRAFT}),
    S.REJECTED: frozenset({S.APPEALED}),
    S.APPEALED: frozenset({S.PUBLISHED, S.CHANGES_REQUESTED, S.REJECTED}),
    S.PUBLISHED: frozenset({S.REMOVED, S.IN_REVIEW}),
    S.REMOVED: frozenset({S.APPEALED}),
}
"""From each state, the states that may follow. DRAFT is where a withdrawn clip returns to."""

EDITABLE = frozenset({S.DRAFT, S.FAILED, S.CHANGES_REQUESTED})
"""States in which the creator mends a clip and then submits it."""

REVISABLE = frozenset({S.IN_REVIEW, S.PUBLISHED})
"""States in which a change is a new submission at once, so that nothing unseen is ever live."""

WITHDRAWABLE = frozenset({S.UPLOADED, S.PROCESSING, S.FAILED, S.IN_REVIEW, S.CHANGES_REQUESTED})


UNDOABLE: dict[ClipState, frozenset[ClipState]] = {
    S.PUBLISHED: frozenset({S.IN_REVIEW, S.APPEALED}),
    S.CHANGES_REQUESTED: frozenset({S.IN_REVIEW, S.APPEALED}),
    S.REJECTED: frozenset({S.IN_REVIEW, S.APPEALED}),
    S.REMOVED: frozenset({S.PUBLISHED}),
}
"""The ways back by which a moderator takes a decision back within its moment of grace."""
