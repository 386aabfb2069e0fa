"""Django admin for comments: a list with decisions, and the desk of those that wait."""

from collections import Counter

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import signed_in_user
from accounts.confirmed_actions import Answer, AskingActions, Question, Skipped
from accounts.readonly_admin import ReadOnlyAdmin
from social.comments.decisions import decide_comment
from social.comments.desk import CommentDesk, undo_comment_page
from social.models import Comment, CommentState
from social.refusals import ModerationRefused


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin, AskingActions[Comment]):
    change_list_template = "admin/social/comment_list.html"
    actions = ["make_visible", "remove"]
    list_display = [
        "created_at",
        "clip",
        "start_of_words",
        "author",
        "state",
        "hold_reason",
        "like_count",
        "reply_count",
    ]
    list_filter = ["state", "hold_reason", "is_author_hidden", "is_pinned"]
    list_select_related = ["clip", "author"]
    search_fields = ["words"]
    ordering = ["-created_at", "-pk"]
    fields = [
        *(
            "clip",
            "parent",
            "author",
            "words",
            "state",
            "hold_reason",
            "removal_reason",
            "is_author_hidden",
            "is_pinned",
        ),
        *("like_count", "reply_count", "created_at", "edited_at", "deleted_at", "page"),
    ]
    readonly_fields = ["page"]

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(undo_comment_page)
        undo_url = path("desk/<int:pk>/undo/", undo, name="social_undo_comment")
        return [*CommentDesk.urls(self.admin_site), undo_url, *super().get_urls()]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("social.change_comment")

    @admin.display(description=_("words"))
    def start_of_words(self, comment: Comment) -> str:
        return comment.words[:80]

    @admin.display(description=_("page"))
    def page(self, comment: Comment) -> SafeString:
        return format_html('<a href="{}">{}</a>', comment.get_absolute_url(), comment.clip.code)

    @admin.action(description=_("Make visible"), permissions=["decide"])
    def make_visible(self, request: HttpRequest, comments: QuerySet[Comment]) -> HttpResponse | None:
        text = _("Everybody sees these comments then. Their authors are told by email.")
        question = Question("make_visible", str(_("Make visible")), str(text), ())
        return self._decide(request, comments, CommentState.VISIBLE, question)

    @admin.action(description=_("Remove"), permissions=["decide"])
    def remove(self, request: HttpRequest, comments: QuerySet[Comment]) -> HttpResponse | None:
        text = _("Nobody but their authors sees these comments then. Replies to them stay.")
        question = Question("remove", str(_("Remove")), str(text), (), True, str(_("Their authors read it by email.")))
        return self._decide(request, comments, CommentState.REMOVED, question)

    def _decide(
        self, request: HttpRequest, comments: QuerySet[Comment], state: CommentState, question: Question
    ) -> HttpResponse | None:
        """Ask, and decide on the comments as they were shown. Those that have the state already are left alone."""
        skipped: Skipped = Counter()
        chosen = []
        for comment in comments.select_related("author").order_by("pk"):
            if comment.state == state:
                skipped[str(_("It is in this state already."))] += 1
            else:
                chosen.append(comment)
        rows = [f"{comment.author or '–'}: {comment.words}" for comment in chosen]
        question = Question(
            question.action, question.title, question.text, rows, question.needs_reason, question.reason_help
        )
        answer = self.ask(request, question, skipped)
        if not isinstance(answer, Answer):
            return answer
        decided = sum(_decide_one(request, comment, state, answer.reason, skipped) for comment in chosen)
        if decided:
            sentence = ngettext("%(count)d comment was changed.", "%(count)d comments were changed.", decided)
            self.message_user(request, sentence % {"count": decided}, messages.SUCCESS)
        self.report_skipped(request, skipped)
        return None


def _decide_one(request: HttpRequest, comment: Comment, state: CommentState, reason: str, skipped: Skipped) -> bool:
    try:
        decide_comment(
            comment_id=comment.pk,
            revision=comment.revision,
            state=state,
            words=reason,
            moderator=signed_in_user(request),
            now=timezone.now(),
        )
    except ModerationRefused as refusal:
        skipped[str(refusal)] += 1
        return False
    return True
