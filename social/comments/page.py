"""What the page with the comments of a post shows."""

from typing import Any

from django.http import HttpRequest

from accounts.models import User
from creators.access import find_creator
from social.comments.forms import CommentForm, CommentSettingsForm
from social.comments.limits import refuse_to_comment
from social.comments.lists import SORTS, is_moderator, read_page, read_replies
from social.cursors import InvalidCursor
from social.models import Comment
from videos.models import Clip

NEWEST = 5
"""How many comments the page of a post shows."""


def describe_page(request: HttpRequest, clip: Clip, thread: Comment | None) -> dict[str, Any]:
    """Return the context of a post's list of comments or, with `thread`, of one of them and its replies."""
    user, sort = request.user, request.GET.get("sort", "")
    sort = sort if sort in SORTS else "newest"
    is_author = clip.creator.user_id == user.pk
    context: dict[str, Any] = {"clip": clip, "thread": thread, "sort": sort, "sorts": SORTS, "is_author": is_author}
    context["after"] = request.GET.get("after", "")
    try:
        page = _read(clip, thread, sort, user, context["after"])
    except InvalidCursor:
        page = _read(clip, thread, sort, user, "")
    context["page"] = page
    context |= _describe_form(clip, user, is_reply=thread is not None)
    if thread is None and (is_author or is_moderator(user)):
        settings = {"comment_audience": clip.comment_audience, "comment_pause_s": clip.comment_pause_s}
        context["settings_form"] = CommentSettingsForm(initial=settings)
    return context


def describe_newest(request: HttpRequest, clip: Clip) -> dict[str, Any]:
    """Return the newest comments on a post, and the form for another, for the page of the post."""
    page = read_page(clip, sort="newest", user=request.user, limit=NEWEST)
    return {"clip": clip, "thread": None, "page": page} | _describe_form(clip, request.user, is_reply=False)


def _describe_form(clip: Clip, user: object, *, is_reply: bool) -> dict[str, Any]:
    """Return the form of a signed-in user, and why they can't write, if so."""
    if not isinstance(user, User):
        return {}
    closed, form = refuse_to_comment(clip, user), CommentForm(is_reply=is_reply)
    return {"has_profile": find_creator(user) is not None, "closed": closed, "form": form}


def _read(clip: Clip, thread: Comment | None, sort: str, user: object, after: str) -> Any:
    if thread is None:
        return read_page(clip, sort=sort, user=user, after=after)
    return read_replies(thread, user=user, after=after)
