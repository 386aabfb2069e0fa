"""Which posts and comments a user reaches."""

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.access import is_adult
from accounts.blocks import hidden_from
from accounts.models import User
from social.comments.refusals import CommentConflict
from social.models import Comment, CommentState
from videos.models import Clip
from videos.states import ClipState


def find_post(code: str, user: object) -> Clip:
    """Return a post whose comments the user may read. Raises Http404."""
    return get_object_or_404(Clip.objects.shown_to(user).select_related("creator"), code=code)


def find_post_to_comment(code: str, user: User) -> Clip:
    """Return a post as `find_post` does. Raises CommentConflict if it was taken down while the user was writing."""
    gone = Clip.objects.filter(code=code, published_at__isnull=False).exclude(state=ClipState.PUBLISHED)
    if gone.suitable_for(is_adult=is_adult(user)).without_blocked(user.pk).exists():
        raise CommentConflict(_("This post is no longer available, so your comment was not published."))
    return find_post(code, user)


def find_comment(pk: int, user: User) -> Comment:
    """Return a comment that the user sees: a public one, or their own in any state. Raises Http404."""
    comments = Comment.objects.filter(clip__in=Clip.objects.shown_to(user), deleted_at=None)
    comments = comments.exclude(hidden_from(user.pk, "author__user", includes_muted=False))
    is_public = Q(state=CommentState.VISIBLE, is_author_hidden=False)
    readable = comments.filter(is_public | Q(author__user=user)).select_related("author", "clip__creator")
    return get_object_or_404(readable, pk=pk)


def find_own_comment(pk: int, user: User) -> Comment:
    """Return a comment of the user that they have not deleted. Raises Http404."""
    return get_object_or_404(Comment.objects.owned_by(user).select_related("author", "clip__creator"), pk=pk)
