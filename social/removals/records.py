"""Functions that store removals, end them, and forget what they keep. The decisions that remove something call them."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import override

from accounts.models import User
from creators.avatars import delete_avatar
from creators.models import Creator, Suspension
from shop.models import ThreadMessage
from social.models import (
    APPEAL_WITHIN,
    Comment,
    Rating,
    Removal,
    RemovalKind,
    RemovalReason,
    RemovalState,
    ReportReason,
)

FORGET_AFTER = timedelta(days=2 * 365)
"""How long the words of a removal and its appeal stay: for two yearly tables of numbers, and for the courts."""
type Subject = Comment | Rating | ThreadMessage | Creator | Suspension

KINDS: dict[type[Subject], RemovalKind] = {
    Comment: RemovalKind.COMMENT,
    Rating: RemovalKind.RATING,
    ThreadMessage: RemovalKind.MESSAGE,
    Creator: RemovalKind.PROFILE,
    Suspension: RemovalKind.SUSPENSION,
}
REPORTED = {
    ReportReason.STOLEN: RemovalReason.RIGHTS,
    ReportReason.FAKE: RemovalReason.FRAUD,
}


def record_removal(
    *,
    subject: Subject,
    owner: User | None,
    reason: RemovalReason,
    words: str,
    by: User,
    now: datetime,
    before: dict[str, Any] | None = None,
) -> Removal:
    """Store that staff removed something of a person's, and return the removal. `before` is what restoring needs."""
    kind = KINDS[type(subject)]
    about: dict[str, Any] = {str(kind): subject}
    return Removal.objects.create(
        owner=owner, kind=kind, reason=reason, words=words, removed_by=by, removed_at=now, before=before or {}, **about
    )


def end_removals(**subject: Any) -> int:
    """Let the removals of a comment, rating or other subject lapse that are in force. Return how many."""
    return Removal.objects.in_force().filter(**subject).update(state=RemovalState.LAPSED)


def removal_for_report(reason: str) -> RemovalReason:
    """Return the reason for removing what was reported for `reason`."""
    return REPORTED.get(ReportReason(reason)) or RemovalReason(reason)


def reason_for_owner(reason: RemovalReason, words: str, owner: User) -> str:
    """Return what the owner is told: the moderator's words, or the reason in the owner's language."""
    with override(owner.language or settings.LANGUAGE_CODE):
        return words or str(reason.label)


def erase_removals(*, user: User) -> None:
    """Take owner, words and what was kept out of the removals of a deleted account. Their numbers stay."""
    _forget(list(Removal.objects.owned_by(user)))


def forget_removals(*, now: datetime) -> int:
    """Delete what was kept for appeals that nobody can make any more, and the words of old removals. Return how many."""
    expired = list(
        Removal.objects.filter(state=RemovalState.STANDS, removed_at__lt=now - APPEAL_WITHIN).exclude(before={})[:500]
    )
    for removal in expired:
        _drop_kept(removal)
    old = list(Removal.objects.filter(removed_at__lt=now - FORGET_AFTER).exclude(owner=None)[:500])
    _forget([removal for removal in old if removal.state != RemovalState.APPEALED])
    return len(expired) + len(old)


def _forget(removals: list[Removal]) -> None:
    for removal in removals:
        _drop_kept(removal)
    rows = Removal.objects.filter(pk__in=[removal.pk for removal in removals])
    rows.in_force().update(state=RemovalState.LAPSED)
    rows.update(owner=None, words="", appeal_words="", answer="")


def _drop_kept(removal: Removal) -> None:
    """Delete what restoring would need, with the file of a profile's picture."""
    if stem := removal.before.get("avatar_stem"):
        delete_avatar(stem)
    Removal.objects.filter(pk=removal.pk).update(before={})
