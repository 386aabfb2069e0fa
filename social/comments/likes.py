"""Likes of comments, and the comment that the author of a post pins."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.blocks import refuse_blocked
from accounts.constraints import violated_constraint
from accounts.models import User
from social.comments.refusals import CommentConflict, CommentRefused
from social.models import Comment, CommentLike
from social.notifications.occasions import notify_of_comment_like


@transaction.atomic
def set_comment_like(*, user: User, comment: Comment, is_on: bool, now: datetime) -> None:
    """Like a comment if `is_on`, otherwise take it back. Repeating a call changes nothing.

    Raises CommentRefused, CommentConflict, and Blocked.
    """
    if not is_on:
        CommentLike.objects.filter(comment=comment, user=user).delete()
        return
    if comment.author is not None:
        if comment.author.user_id == user.pk:
            raise CommentRefused(_("You can't like your own comment."))
        refuse_blocked(user.pk, comment.author.user_id)
    if not Comment.objects.public().select_for_update(no_key=True).filter(pk=comment.pk).values_list("pk").first():
        raise CommentConflict(_("This comment is no longer there."))
    CommentLike.objects.bulk_create([CommentLike(comment=comment, user=user, created_at=now)], ignore_conflicts=True)
    notify_of_comment_like(comment, by=user, now=now)


def set_pin(*, user: User, comment: Comment, is_on: bool) -> None:
    """Put a comment first on the user's own post if `is_on`, instead of the one before; otherwise unpin it.

    Raises CommentRefused, and CommentConflict if it is not public any more or another one was pinned at this moment.
    """
    if comment.clip.creator.user_id != user.pk:
        raise CommentRefused(_("Only the author of the post can pin a comment."))
    if comment.parent_id is not None:
        raise CommentRefused(_("Replies can't be pinned."))
    if not is_on:
        Comment.objects.filter(pk=comment.pk).update(is_pinned=False)
        return
    conflict = CommentConflict(_("This comment was changed meanwhile. Read it again."))
    try:
        with transaction.atomic():
            either = Comment.objects.filter(Q(pk=comment.pk) | Q(clip=comment.clip_id, is_pinned=True))
            list(either.select_for_update(no_key=True).order_by("pk").values_list("pk"))
            either.exclude(pk=comment.pk).update(is_pinned=False)
            public = Comment.objects.public().filter(pk=comment.pk)
            if not public.update(is_pinned=True):
                raise conflict
    except IntegrityError as error:
        if violated_constraint(error) != "social_comment_one_pinned":
            raise
        raise conflict from error
