"""Staff pages of comments: the desk with those that wait for a moderator, and the moderator's latest decisions."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import user_with_permission
from social.comments.content import match_wording
from social.comments.decisions import CommentDecisionRefused, decide_comment, undo_comment_decision
from social.comments.forms import CommentDecisionForm
from social.models import Comment, CommentDecision, CommentState

COMMENTS_PER_PAGE = 25
DECISIONS_SHOWN = 5
DECIDE = "social.change_comment"
"""Permission to decide. Staff without it get 403."""


@require_safe
def held_comments_page(request: HttpRequest) -> HttpResponse:
    """List the comments that wait for a moderator, oldest first, with the wording rules that they meet."""
    return _render_held(request)


@require_POST
def decide_held_comment_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on one comment and redirect to those that wait. Show them with what was entered if that is refused."""
    moderator = user_with_permission(request, DECIDE)
    comment, form = get_object_or_404(Comment, pk=pk), CommentDecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
        return _render_held(request, form=form, refused_id=pk)
    try:
        decide_comment(
            comment_id=comment.pk,
            revision=form.cleaned_data["revision"],
            state=CommentState(form.cleaned_data["answer"]),
            reason=form.cleaned_data["words"],
            moderator=moderator,
            now=timezone.now(),
        )
    except CommentDecisionRefused as refusal:
        messages.error(request, str(refusal))
        return _render_held(request, form=form, refused_id=pk)
    messages.success(request, _("The comment was decided on, and its author told."))
    return redirect(reverse("admin:social_held_comments") + f"?{request.GET.urlencode()}")


@require_POST
def undo_comment_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back, and return to the desk."""
    moderator = user_with_permission(request, DECIDE)
    decision = get_object_or_404(CommentDecision, pk=pk)
    try:
        undo_comment_decision(decision_id=decision.pk, moderator=moderator, now=timezone.now())
    except CommentDecisionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The decision was taken back."))
    return redirect("admin:social_held_comments")


def _render_held(request: HttpRequest, **refused: Any) -> HttpResponse:
    """Return the desk. `form` and `refused_id` are what was entered for a comment, and refused."""
    moderator = user_with_permission(request, DECIDE)
    held = Comment.objects.filter(state=CommentState.HELD)
    held = held.select_related("clip", "author", "parent__author").order_by("created_at", "pk")
    page = Paginator(held, COMMENTS_PER_PAGE).get_page(request.GET.get("page"))
    rows = list(zip(page, match_wording([comment.words for comment in page]), strict=True))
    decisions = CommentDecision.objects.filter(moderator=moderator, undone_at=None, comment__deleted_at=None)
    decisions = decisions.select_related("comment__author").order_by("-decided_at")[:DECISIONS_SHOWN]
    context = admin.site.each_context(request) | {"title": _("Comments to check"), "page": page, "rows": rows}
    context |= {"query": request.GET.urlencode(), "states": (CommentState.VISIBLE, CommentState.REMOVED)}
    context |= {"decisions": decisions} | refused
    return render(request, "admin/social/held_comments.html", context, status=422 if refused else 200)
