"""What pages and the API show of comments: a post's comments, and the replies to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import BooleanField, Exists, F, OuterRef, Prefetch, Q, Value, Window, prefetch_related_objects
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from accounts.blocks import hidden_from
from accounts.models import User
from social.cursors import rows_after, write_cursor
from social.models import Comment, CommentLike, CommentState, Mention
from social.models.comment import CommentQuerySet
from videos.models import Clip

SORTS = {"newest": _("Newest"), "best": _("Most liked")}
ORDERS: Mapping[str, Sequence[str]] = {
    "newest": ("-is_pinned", "-pk"),
    "best": ("-is_pinned", "-like_count", "-pk"),
}
REPLY_ORDER = ("pk",)
PAGE_SIZE = 20
FIRST_REPLIES = 2
"""How many replies stand below each comment of a list. Its own page has all."""


@dataclass(frozen=True)
class CommentPage:
    """Comments with `is_liked`, and the cursor of the next page, or "" at the end.

    `first_replies` has the first replies to each comment, by its id.
    """

    comments: Sequence[Comment]
    cursor: str
    first_replies: Mapping[int, Sequence[Comment]] = field(default_factory=dict)


def read_page(clip: Clip, *, sort: str, user: object, after: str = "", limit: int = PAGE_SIZE) -> CommentPage:
    """Return one page of a post's comments, the pinned one first. Takes three queries. Raises InvalidCursor."""
    comments, cursor = _read(_for_readers(clip, user).filter(parent=None), ORDERS[sort], after, limit)
    replies = _read_first_replies(clip, comments, user) if comments else {}
    _prefetch_mentions([*comments, *(reply for group in replies.values() for reply in group)])
    return CommentPage(comments, cursor, replies)


def read_replies(comment: Comment, *, user: object, after: str = "", limit: int = PAGE_SIZE) -> CommentPage:
    """Return one page of the replies to a comment, oldest first. Takes two queries. Raises InvalidCursor."""
    replies, cursor = _read(_for_readers(comment.clip, user).filter(parent=comment), REPLY_ORDER, after, limit)
    _prefetch_mentions(replies)
    return CommentPage(replies, cursor)


def find_thread(clip: Clip, pk: int, user: object) -> Comment | None:
    """Return the comment of this id with its mentions if the user sees it, or None."""
    comment = _for_readers(clip, user).filter(parent=None, pk=pk).first()
    if comment is not None:
        _prefetch_mentions([comment])
    return comment


def is_shown(comment: Comment, user: object) -> bool:
    """Return whether the words of a listed comment are shown. Otherwise only its replies are."""
    if comment.deleted_at:
        return False
    is_public = comment.state == CommentState.VISIBLE and not comment.is_author_hidden
    is_own = isinstance(user, User) and comment.author is not None and comment.author.user_id == user.pk
    return is_public or is_own or (comment.state == CommentState.HELD and is_moderator(user))


def is_moderator(user: object) -> bool:
    """Return whether the user decides on comments. Their permissions are read only if they are staff."""
    return isinstance(user, User) and user.is_staff and user.has_perm("social.change_comment")


def _for_readers(clip: Clip, user: object) -> CommentQuerySet:
    """Return what a reader sees of a post's comments, with `is_liked`.

    These are the public ones, those that have replies, and the reader's own; moderators also see what is held. Those of
    blocked and muted people are left out.
    """
    comments = Comment.objects.filter(clip=clip)
    shown = Q(state=CommentState.VISIBLE, is_author_hidden=False) | Q(reply_count__gt=0)
    is_liked: Exists | Value = Value(False, output_field=BooleanField())
    if isinstance(user, User):
        shown |= Q(author__user=user, deleted_at=None)
        if is_moderator(user):
            shown |= Q(state=CommentState.HELD)
        comments = comments.exclude(hidden_from(user.pk, "author__user"))
        is_liked = Exists(CommentLike.objects.filter(comment=OuterRef("pk"), user=user))
    return comments.filter(shown).annotate(is_liked=is_liked).select_related("author")


def _read(comments: CommentQuerySet, order: Sequence[str], after: str, limit: int) -> tuple[list[Comment], str]:
    if after:
        comments = comments.filter(rows_after(after, order))
    rows = list(comments.order_by(*order)[: limit + 1])
    return rows[:limit], write_cursor(rows[limit - 1], order) if len(rows) > limit else ""


def _read_first_replies(clip: Clip, comments: Sequence[Comment], user: object) -> dict[int, list[Comment]]:
    number = Window(RowNumber(), partition_by=[F("parent")], order_by=[F("pk").asc()])
    replies = _for_readers(clip, user).filter(parent__in=[comment.pk for comment in comments])
    grouped: dict[int, list[Comment]] = {}
    for reply in replies.annotate(number=number).filter(number__lte=FIRST_REPLIES).order_by("pk"):
        grouped.setdefault(reply.parent_id or 0, []).append(reply)
    return grouped


def _prefetch_mentions(comments: Sequence[Comment]) -> None:
    mentions = Mention.objects.select_related("person", "product", "hashtag").order_by("pk")
    prefetch_related_objects(comments, Prefetch("mentions", mentions))
