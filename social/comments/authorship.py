"""Functions with which people write, change and delete their comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.blocks import lock_against_blocks, refuse_blocked
from accounts.models import User
from creators.models import Creator
from creators.suspensions import find_suspension
from social.comments.content import choose_hold, match_wording
from social.comments.limits import check_pace, check_slow_mode, refuse_to_comment
from social.comments.mentions import find_mentions, store_mentions
from social.comments.refusals import CommentConflict, CommentRefused
from social.models import Comment, CommentHold, CommentLike, CommentState, Mention
from social.notifications.occasions import notify_of_comment
from social.removals.records import end_removals
from videos.models import Clip
from videos.wording.engine import RuleMatch

EDITABLE_FOR = timedelta(minutes=5)
DELETED_KEPT_FOR = timedelta(hours=1)
"""How long the row of a deleted comment stays in any case, since the limits count it."""
BLANK = {"words": "", "state": CommentState.REMOVED, "hold_reason": "", "removal_reason": "", "is_pinned": False}


@dataclass(frozen=True)
class SavedComment:
    """A stored comment, and the wording rules for which it waits."""

    comment: Comment
    matches: Sequence[RuleMatch]


@transaction.atomic
def create_comment(*, user: User, clip: Clip, words: str, parent_id: int | None = None, now: datetime) -> SavedComment:
    """Store a comment on a post, or a reply to the comment `parent_id`. `words` are those of `clean_comment`.

    Rows are locked in the order in which the counting triggers lock them: author, comment, post. Whoever takes the post
    down is waited for, or waits. Raises CommentRefused, CommentConflict, TooManyComments, and Blocked.
    """
    author = _lock_author(user)
    refuse_blocked(user.pk, clip.creator.user_id)
    check_pace(author, words, now=now)
    mentions = find_mentions(words, user)
    [matches] = match_wording([words])
    hold = choose_hold(words, matches, author=author, clip=clip, now=now)
    parent = None if parent_id is None else _lock_parent(user, clip, parent_id)
    locked = Clip.objects.published().select_for_update(no_key=True, of=("self",)).select_related("creator")
    post = locked.filter(pk=clip.pk).first()
    if post is None:
        raise CommentConflict(_("This post is no longer available, so your comment was not published."))
    refusal = refuse_to_comment(post, user)
    if refusal:
        raise CommentRefused(refusal)
    check_slow_mode(post, author, now=now)
    state = CommentState.HELD if hold else CommentState.VISIBLE
    comment = Comment.objects.create(
        clip=clip, parent=parent, author=author, words=words, state=state, hold_reason=hold or "", created_at=now
    )
    store_mentions(comment, mentions)
    notify_of_comment(comment, now=now)
    return SavedComment(comment, matches)


@transaction.atomic
def edit_comment(*, user: User, comment: Comment, words: str, now: datetime) -> SavedComment:
    """Replace the words of an own comment, within five minutes. Raises CommentRefused and CommentConflict."""
    author = _lock_author(user)
    lock_against_blocks(user.pk)
    if now > comment.created_at + EDITABLE_FOR:
        raise CommentRefused(_("Comments can be changed for five minutes. You can still delete this one."))
    if comment.state == CommentState.REMOVED:
        raise CommentRefused(_("A moderator has removed this comment."))
    mentions = find_mentions(words, user)
    [matches] = match_wording([words])
    hold = choose_hold(words, matches, author=author, clip=comment.clip, now=now, pk=comment.pk)
    if comment.hold_reason == CommentHold.AGAIN:
        hold = CommentHold.AGAIN
    values = {"words": words, "edited_at": now, "hold_reason": hold or "", "revision": F("revision") + 1}
    if hold:
        values |= {"is_pinned": False}
    state = CommentState.HELD if hold else CommentState.VISIBLE
    seen = Comment.objects.filter(pk=comment.pk, author=author, revision=comment.revision, state=comment.state)
    if not seen.update(state=state, **values):
        raise CommentConflict(_("This comment was changed meanwhile. Read it again."))
    comment.refresh_from_db(fields=["words", "state", "hold_reason", "edited_at", "revision", "is_pinned"])
    store_mentions(comment, mentions)
    notify_of_comment(comment, now=now)
    return SavedComment(comment, matches)


@transaction.atomic
def delete_comment(*, user: User, comment: Comment, now: datetime) -> None:
    """Delete the words of an own comment, its likes and mentions. Replies stay. Deleting twice changes nothing."""
    own = Comment.objects.owned_by(user).filter(pk=comment.pk)
    if own.update(deleted_at=now, **BLANK):
        end_removals(comment=comment)
        Mention.objects.filter(comment=comment).delete()
        CommentLike.objects.filter(comment=comment).delete()


@transaction.atomic
def erase_comments(*, user: User, now: datetime) -> None:
    """Delete all comments and likes of a person whose account is deleted. Replies of others stay below an empty row."""
    Creator.objects.select_for_update(no_key=True).filter(
        user=user
    ).first()  # whoever is writing in another tab ends first
    comments = Comment.objects.filter(
        pk__in=list(Comment.objects.filter(author__user=user).values_list("pk", flat=True))
    )
    Mention.objects.filter(comment__in=comments).delete()
    Mention.objects.filter(person__user=user).delete()
    CommentLike.objects.filter(user=user).delete()
    comments.update(deleted_at=now, author=None, **BLANK)
    comments.filter(replies=None).delete()


def forget_deleted(*, now: datetime) -> int:
    """Drop the rows of comments that were deleted some time ago, and the authors of those that still have replies.

    Return how many rows were dropped.
    """
    deleted = Comment.objects.filter(deleted_at__lt=now - DELETED_KEPT_FOR)
    deleted.exclude(author=None).update(author=None)
    return deleted.filter(replies=None).delete()[1].get("social.Comment", 0)


def _lock_author(user: User) -> Creator:
    """Return the user's profile, locked, so that the limits count one comment after the other. Raises CommentRefused."""
    author = Creator.objects.select_for_update(no_key=True).filter(user=user).first()
    if author is None:
        raise CommentRefused(_("Make a profile before you comment."))
    if author.is_hidden or find_suspension(author.pk):
        raise CommentRefused(_("You can't comment while your profile is suspended."))
    return author


def _lock_parent(user: User, clip: Clip, pk: int) -> Comment:
    """Raises CommentConflict, and Blocked."""
    top = Comment.objects.public().filter(clip=clip, parent=None, pk=pk).select_related("author")
    parent = top.select_for_update(no_key=True, of=("self",)).first()
    if parent is None or parent.author is None:
        raise CommentConflict(_("The comment that you answer is no longer there."))
    refuse_blocked(user.pk, parent.author.user_id)
    return parent
