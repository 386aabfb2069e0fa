"""Moderators' decisions on comments. Each is in admin's history of the comment, and can be taken back."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.history import history_line
from accounts.letters import write_email
from accounts.models import User
from catalog.site import site_name
from social.models import (
    Comment,
    CommentDecision,
    CommentHold,
    CommentState,
    Removal,
    RemovalReason,
    Report,
    ReportReason,
)
from social.notifications.occasions import notify_of_comment
from social.refusals import ModerationRefused
from social.removals.records import end_removals, reason_for_owner, record_removal, removal_for_report

HISTORY = {
    CommentState.VISIBLE: gettext_noop("Made visible."),
    CommentState.REMOVED: gettext_noop("Removed: %(reason)s"),
}
UNDONE = gettext_noop("Decision taken back.")


@transaction.atomic
def decide_comment(
    *,
    comment_id: int,
    revision: int,
    state: CommentState,
    words: str,
    moderator: User,
    now: datetime,
    reason: RemovalReason = RemovalReason.OTHER,
) -> CommentDecision:
    """Make a comment visible, or remove it for a reason that its author reads, and return the decision.

    `words` say more about the reason; without any other, they are needed. `revision` is what the moderator saw. The author is
    told by email. Raises ModerationRefused if another moderator was first, if the author has changed or deleted the comment
    meanwhile, or if the moderator wrote it.
    """
    comment, author = _find(comment_id, moderator)
    is_removed = state == CommentState.REMOVED
    if is_removed and not words and reason == RemovalReason.OTHER:
        raise ModerationRefused(_("Enter a reason. The author reads it."))
    if comment.state == state:
        raise ModerationRefused(_("Another moderator has decided on this comment already."))
    sentence = reason_for_owner(reason, words, author) if is_removed else ""
    decision = _decide(comment, revision, state, sentence, moderator, now)
    if is_removed:
        before: dict[str, Any] = {"is_pinned": comment.is_pinned}
        removal = record_removal(
            subject=comment, owner=author, reason=reason, words=words, by=moderator, now=now, before=before
        )
        _tell_author(comment, author, removal, sentence)
    else:
        end_removals(comment=comment)
        _tell_author(comment, author)
    _tell_others(comment, now)
    return decision


def restore_comment(*, removal: Removal, moderator: User, now: datetime) -> None:
    """Make a comment visible whose removal was appealed, pinned if it was and no other is. Raises ModerationRefused."""
    if removal.comment_id is None:
        raise ModerationRefused(_("Its author has deleted this comment."))
    comment, _author = _find(removal.comment_id, moderator)
    if comment.state != CommentState.REMOVED:
        raise ModerationRefused(_("This comment was changed meanwhile. Read it again."))
    _decide(comment, comment.revision, CommentState.VISIBLE, "", moderator, now)
    _tell_others(comment, now)
    others = Comment.objects.filter(clip=comment.clip_id, is_pinned=True)
    if removal.before.get("is_pinned") and not others.exists():
        Comment.objects.filter(pk=comment.pk).update(is_pinned=True)


@transaction.atomic
def undo_comment_decision(*, decision_id: int, moderator: User, now: datetime) -> None:
    """Take a decision back: the comment gets the state that it had before. Its author is told if others see it again.

    Raises ModerationRefused if it was taken back already, or something has happened to the comment since.
    """
    decision = CommentDecision.objects.select_for_update().filter(pk=decision_id, undone_at=None).first()
    if decision is None:
        raise ModerationRefused(_("This decision was taken back already."))
    comment, author = _find(decision.comment_id, moderator)
    later = CommentDecision.objects.filter(comment=comment, pk__gt=decision.pk, undone_at=None)
    if comment.state != decision.state or later.exists():
        raise ModerationRefused(_("This comment was changed meanwhile. Read it again."))
    state = CommentState(decision.state_before)
    earlier = (
        CommentDecision.objects.filter(comment=comment, pk__lt=decision.pk, undone_at=None).order_by("-pk").first()
    )
    _move(comment, comment.revision, state, earlier.reason if earlier else "")
    CommentDecision.objects.filter(pk=decision.pk).update(undone_at=now)
    end_removals(comment=comment)
    _record(comment, moderator, UNDONE)
    if state == CommentState.VISIBLE:
        _tell_author(comment, author)
        _tell_others(comment, now)


def remove_reported_comment(*, comment_id: int, moderator: User, now: datetime) -> None:
    """Remove a comment because of the reports on it, unless it is gone already. The author reads their main reason."""
    comment = (
        Comment.objects.select_for_update(of=("self",)).select_related("author__user").filter(pk=comment_id).first()
    )
    if comment is None or comment.author is None or comment.state == CommentState.REMOVED:
        return
    report = Report.objects.filter(comment=comment).earliest("created_at", "pk")
    decide_comment(
        comment_id=comment.pk,
        revision=comment.revision,
        state=CommentState.REMOVED,
        words=str(report.get_reason_display()) if report.reason == ReportReason.OTHER else "",
        reason=removal_for_report(report.reason),
        moderator=moderator,
        now=now,
    )


def _find(comment_id: int, moderator: User) -> tuple[Comment, User]:
    """Return a comment and its author. Raises ModerationRefused if the author has deleted the comment, or is the moderator."""
    comment = Comment.objects.select_related("author__user", "clip").filter(pk=comment_id, deleted_at=None).first()
    if comment is None or comment.author is None:
        raise ModerationRefused(_("Its author has deleted this comment."))
    if comment.author.user_id == moderator.pk:
        raise ModerationRefused(_("You can't decide on your own comment."))
    return comment, comment.author.user


def _decide(
    comment: Comment, revision: int, state: CommentState, reason: str, moderator: User, now: datetime
) -> CommentDecision:
    before = CommentState(comment.state)
    _move(comment, revision, state, reason)
    _record(comment, moderator, history_line(HISTORY[state], reason=reason))
    return CommentDecision.objects.create(
        comment=comment, moderator=moderator, state_before=before, state=state, reason=reason, decided_at=now
    )


def _move(comment: Comment, revision: int, state: CommentState, reason: str) -> None:
    """Raises ModerationRefused if the comment has changed since it was read."""
    values: dict[str, Any] = {"removal_reason": reason if state == CommentState.REMOVED else ""}
    values["hold_reason"] = CommentHold.AGAIN if state == CommentState.HELD else ""
    if state != CommentState.VISIBLE:
        values["is_pinned"] = False
    if not Comment.objects.filter(revision=revision).move(comment.pk, comment.state, state, **values):
        raise ModerationRefused(_("This comment was changed meanwhile. Read it again."))


def _record(comment: Comment, by: User, sentence: str) -> None:
    LogEntry.objects.log_actions(by.pk, [comment], CHANGE, change_message=sentence, single_object=True)


def _tell_others(comment: Comment, now: datetime) -> None:
    """Tell whom a comment answers or mentions, if it is visible now."""
    comment.refresh_from_db(fields=["state"])
    notify_of_comment(comment, now=now)


def _tell_author(comment: Comment, author: User, removal: Removal | None = None, reason: str = "") -> None:
    """Tell the author that the comment is visible or, with `removal`, why it was removed."""
    if not author.is_active:
        return
    with override(author.language or settings.LANGUAGE_CODE):
        subject = _("Your comment was removed") if removal else _("Your comment is visible now")
        context = {"comment": comment, "removal": removal, "reason": reason}
        context |= {"site_url": settings.SITE_URL, "site_name": site_name()}
        write_email(subject, render_to_string("social/mail/comment_decided.txt", context), to=author.email).send()
