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
from social.models import Comment, CommentDecision, CommentHold, CommentState, Report
from social.notifications.occasions import notify_of_comment

HISTORY = {
    CommentState.VISIBLE: gettext_noop("Made visible."),
    CommentState.REMOVED: gettext_noop("Removed: %(reason)s"),
}
UNDONE = gettext_noop("Decision taken back.")


class CommentDecisionRefused(Exception):
    """The decision was not stored, and nothing was changed. The message says why."""


@transaction.atomic
def decide_comment(
    *, comment_id: int, revision: int, state: CommentState, reason: str, moderator: User, now: datetime
) -> CommentDecision:
    """Make a comment visible, or remove it with a reason that its author reads, and return the decision.

    `revision` is what the moderator saw. The author is told by email. Raises CommentDecisionRefused if another moderator
    was first, if the author has changed or deleted the comment meanwhile, or if the moderator wrote it.
    """
    comment = _find(comment_id, moderator)
    if state == CommentState.REMOVED and not reason:
        raise CommentDecisionRefused(_("Enter a reason. The author reads it."))
    if comment.state == state:
        raise CommentDecisionRefused(_("Another moderator has decided on this comment already."))
    before = CommentState(comment.state)
    _move(comment, revision, state, reason)
    decision = CommentDecision.objects.create(
        comment=comment, moderator=moderator, state_before=before, state=state, reason=reason, decided_at=now
    )
    _record(comment, moderator, history_line(HISTORY[state], reason=reason))
    _tell_author(comment, state, reason)
    _tell_others(comment, now)
    return decision


@transaction.atomic
def undo_comment_decision(*, decision_id: int, moderator: User, now: datetime) -> None:
    """Take a decision back: the comment gets the state that it had before. Its author is told if others see it again.

    Raises CommentDecisionRefused if it was taken back already, or something has happened to the comment since.
    """
    decision = CommentDecision.objects.select_for_update().filter(pk=decision_id, undone_at=None).first()
    if decision is None:
        raise CommentDecisionRefused(_("This decision was taken back already."))
    comment = _find(decision.comment_id, moderator)
    later = CommentDecision.objects.filter(comment=comment, pk__gt=decision.pk, undone_at=None)
    if comment.state != decision.state or later.exists():
        raise CommentDecisionRefused(_("This comment was changed meanwhile. Read it again."))
    state = CommentState(decision.state_before)
    earlier = (
        CommentDecision.objects.filter(comment=comment, pk__lt=decision.pk, undone_at=None).order_by("-pk").first()
    )
    _move(comment, comment.revision, state, earlier.reason if earlier else "")
    CommentDecision.objects.filter(pk=decision.pk).update(undone_at=now)
    _record(comment, moderator, UNDONE)
    if state == CommentState.VISIBLE:
        _tell_author(comment, state, "")
        _tell_others(comment, now)


def remove_reported_comment(*, comment_id: int, moderator: User, now: datetime) -> None:
    """Remove a comment because of the reports on it, unless it is gone already. The author reads their main reason."""
    comment = (
        Comment.objects.select_for_update(of=("self",)).select_related("author__user").filter(pk=comment_id).first()
    )
    if comment is None or comment.author is None or comment.state == CommentState.REMOVED:
        return
    report = Report.objects.filter(comment=comment).earliest("created_at", "pk")
    with override(comment.author.user.language or settings.LANGUAGE_CODE):
        reason = str(report.get_reason_display())
    decide_comment(
        comment_id=comment.pk,
        revision=comment.revision,
        state=CommentState.REMOVED,
        reason=reason,
        moderator=moderator,
        now=now,
    )


def _find(comment_id: int, moderator: User) -> Comment:
    """Raises CommentDecisionRefused if the author has deleted the comment, or is the moderator."""
    comment = Comment.objects.select_related("author__user", "clip").filter(pk=comment_id, deleted_at=None).first()
    if comment is None or comment.author is None:
        raise CommentDecisionRefused(_("Its author has deleted this comment."))
    if comment.author.user_id == moderator.pk:
        raise CommentDecisionRefused(_("You can't decide on your own comment."))
    return comment


def _move(comment: Comment, revision: int, state: CommentState, reason: str) -> None:
    """Raises CommentDecisionRefused if the comment has changed since it was read."""
    values: dict[str, Any] = {"removal_reason": reason if state == CommentState.REMOVED else ""}
    values["hold_reason"] = CommentHold.AGAIN if state == CommentState.HELD else ""
    if state != CommentState.VISIBLE:
        values["is_pinned"] = False
    if not Comment.objects.filter(revision=revision).move(comment.pk, comment.state, state, **values):
        raise CommentDecisionRefused(_("This comment was changed meanwhile. Read it again."))


def _record(comment: Comment, by: User, sentence: str) -> None:
    LogEntry.objects.log_actions(by.pk, [comment], CHANGE, change_message=sentence, single_object=True)


def _tell_others(comment: Comment, now: datetime) -> None:
    """Tell whom a comment answers or mentions, if it is visible now."""
    comment.refresh_from_db(fields=["state"])
    notify_of_comment(comment, now=now)


def _tell_author(comment: Comment, state: CommentState, reason: str) -> None:
    author = comment.author
    if author is None or not author.user.is_active:
        return
    with override(author.user.language or settings.LANGUAGE_CODE):
        is_removed = state == CommentState.REMOVED
        subject = _("Your comment was removed") if is_removed else _("Your comment is visible now")
        context = {"comment": comment, "is_removed": is_removed, "reason": reason}
        context |= {"site_url": settings.SITE_URL, "site_name": site_name()}
        write_email(subject, render_to_string("social/mail/comment_decided.txt", context), to=author.user.email).send()
