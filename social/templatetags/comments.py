"""Comments on pages: `{% load comments %}`."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.template import RequestContext
from django.utils import timezone

from social.comments.authorship import EDITABLE_FOR
from social.comments.lists import CommentPage, is_shown
from social.comments.mentions import split_words
from social.comments.page import describe_newest
from social.models import Comment, CommentState
from videos.models import Clip
from videos.wording.links import Segment

register = template.Library()


@register.filter
def segments(comment: Comment) -> Iterator[Segment]:
    return split_words(comment)


@register.filter
def shown_to(comment: Comment, user: object) -> bool:
    return is_shown(comment, user)


@register.filter
def first_replies(page: CommentPage, comment: Comment) -> list[Comment]:
    return list(page.first_replies.get(comment.pk, ()))


@register.filter
def is_editable(comment: Comment) -> bool:
    return comment.state != CommentState.REMOVED and timezone.now() <= comment.created_at + EDITABLE_FOR


@register.inclusion_tag("social/parts/newest_comments.html", takes_context=True)
def newest_comments(context: RequestContext, clip: Clip) -> dict[str, Any]:
    """Render the newest comments on a post, and the form for another."""
    request = context["request"]
    shared = {"request": request, "user": request.user, "csrf_token": context.get("csrf_token")}
    return shared | describe_newest(request, clip)
