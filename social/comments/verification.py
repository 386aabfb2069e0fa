"""A recount of what triggers keep of comments: numbers of posts, replies and likes, and hidden authors."""

from collections.abc import Iterator

from django.db.models import Count, F, Q, QuerySet

from social.models import Comment, CommentState
from videos.models import Clip


def find_discrepancies() -> Iterator[str]:
    """Yield a sentence for each row that differs from a recount of the comments and likes. Takes four queries."""
    clips = Clip.objects.annotate(counted=Count("comments", filter=_is_public("comments__")))
    wrong = clips.exclude(counted=F("comment_count")).order_by("pk")
    for row in wrong.values_list("code", "comment_count", "counted"):
        yield "{}: {} comments are noted, {} are there.".format(*row)
    replied = Comment.objects.annotate(counted=Count("replies", filter=_is_public("replies__")))
    yield from _miscounted(replied, "reply_count", "replies")
    yield from _miscounted(Comment.objects.annotate(counted=Count("likes")), "like_count", "likes")
    unlike = Comment.objects.exclude(author=None).exclude(is_author_hidden=F("author__is_hidden"))
    for pk, is_hidden in unlike.order_by("pk").values_list("pk", "author__is_hidden"):
        yield f"Comment {pk}: its author is {'' if is_hidden else 'not '}hidden."


def _is_public(path: str) -> Q:
    return Q(**{f"{path}state": CommentState.VISIBLE, f"{path}is_author_hidden": False})


def _miscounted(comments: QuerySet[Comment], column: str, what: str) -> Iterator[str]:
    wrong = comments.exclude(**{column: F("counted")}).order_by("pk")
    for pk, noted, counted in wrong.values_list("pk", column, "counted"):
        yield f"Comment {pk}: {noted} {what} are noted, {counted} are there."
