"""Who may comment on a post, and how often. Moderators and the post's author set the former, and everybody keeps the latter."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from creators.models import Creator
from social.comments.refusals import CommentRefused, TooManyComments
from social.models import Comment, Follow
from videos.models import Clip
from videos.models.discussion import CommentAudience

LIMITS = ((timedelta(minutes=1), 10), (timedelta(hours=1), 200))
"""How many comments an author writes at most in which time. Deleted ones count."""
SAME_WITHIN = timedelta(minutes=1)


def check_pace(author: Creator, words: str, *, now: datetime) -> None:
    """Raises TooManyComments, or CommentRefused if the author has just written the same. The author's row is locked."""
    own = Comment.objects.filter(author=author)
    for period, most in LIMITS:
        if own.filter(created_at__gt=now - period).count() >= most:
            raise TooManyComments(_("You have written a lot of comments. Wait a little, and try again."))
    if own.filter(created_at__gt=now - SAME_WITHIN, words=words).exists():
        raise CommentRefused(_("You have just written the same."))


def refuse_to_comment(clip: Clip, user: User) -> str:
    """Return why the author of a post does not let this user comment on it, or "" if they do."""
    if clip.creator.user_id == user.pk or clip.comment_audience == CommentAudience.EVERYONE:
        return ""
    if clip.comment_audience == CommentAudience.NOBODY:
        return _("Comments on this post are closed.")
    if Follow.objects.filter(user=user, creator=clip.creator_id).exists():
        return ""
    return _("Only people who follow @%(handle)s can comment on this post.") % {"handle": clip.creator.handle}


def check_slow_mode(clip: Clip, author: Creator, *, now: datetime) -> None:
    """Raises TooManyComments if the author has to wait before the next comment on this post."""
    pause_s = clip.comment_pause_s
    if not pause_s or clip.creator_id == author.pk:
        return
    recent = Comment.objects.filter(author=author, clip=clip, created_at__gt=now - timedelta(seconds=pause_s))
    latest = recent.order_by("-created_at").first()
    if latest is None:
        return
    wait_s = pause_s - int((now - latest.created_at).total_seconds())
    sentence = ngettext(
        "Slow mode is on here. You can comment again in %(seconds)d second.",
        "Slow mode is on here. You can comment again in %(seconds)d seconds.",
        wait_s,
    )
    raise TooManyComments(sentence % {"seconds": wait_s})
