"""Staff pages of comments: the desk with those that wait for a moderator, and the moderator's latest decisions."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import user_with_permission
from accounts.models import User
from social.comments.content import match_wording
from social.comments.decisions import decide_comment, undo_comment_decision
from social.desk import DeskView
from social.forms import HeldDecisionForm
from social.models import Comment, CommentDecision, CommentState, RemovalReason
from social.refusals import ModerationRefused

DECISIONS_SHOWN = 5


class CommentDesk(DeskView[Comment]):
    """The comments that wait, oldest first, with the wording rules that they meet."""

    title, decided = gettext_lazy("Comments to check"), gettext_lazy("The comment was decided on, and its author told.")
    permission, template = "social.change_comment", "admin/social/held_comments.html"
    list_route, decide_route = "social_held_comments", "social_decide_comment"
    form_class = HeldDecisionForm

    def waiting(self) -> QuerySet[Comment]:
        held = Comment.objects.filter(state=CommentState.HELD)
        return held.select_related("clip", "author", "parent__author").order_by("created_at", "pk")

    def all_rows(self) -> QuerySet[Comment]:
        return Comment.objects.all()

    def decide(self, row: Comment, values: dict[str, Any], moderator: User) -> None:
        state = CommentState(values.pop("answer"))
        decide_comment(comment_id=row.pk, state=state, moderator=moderator, now=timezone.now(), **values)

    def describe(self, rows: Sequence[Comment], moderator: User) -> dict[str, Any]:
        matches = match_wording([comment.words for comment in rows])
        decisions = CommentDecision.objects.filter(moderator=moderator, undone_at=None, comment__deleted_at=None)
        decisions = decisions.select_related("comment__author").order_by("-decided_at")[:DECISIONS_SHOWN]
        states = (CommentState.VISIBLE, CommentState.REMOVED)
        context = {"states": states, "reasons": RemovalReason.choices, "decisions": decisions}
        return context | {"rows": list(zip(rows, matches, strict=True))}


@require_POST
def undo_comment_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back, and return to the desk."""
    moderator = user_with_permission(request, CommentDesk.permission)
    decision = get_object_or_404(CommentDecision, pk=pk)
    try:
        undo_comment_decision(decision_id=decision.pk, moderator=moderator, now=timezone.now())
    except ModerationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The decision was taken back."))
    return redirect("admin:social_held_comments")
