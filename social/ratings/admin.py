"""Django admin for ratings: a list with decisions, the shop's reply, and the desk of those that wait."""

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import signed_in_user
from accounts.confirmed_actions import Answer, AskingActions, Question, Skipped
from accounts.readonly_admin import ReadOnlyAdmin
from social.models import Rating, RatingState
from social.ratings.decisions import decide_rating
from social.ratings.desk import RatingDesk, reply_page
from social.refusals import ModerationRefused


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin, AskingActions[Rating]):
    change_form_template = "admin/social/rating.html"
    change_list_template = "admin/social/rating_list.html"
    actions = ["make_visible", "remove"]
    list_display = [
        "created_at",
        "product",
        "stars",
        "start_of_words",
        "author_name",
        "state",
        "hold_reason",
        "helpful_count",
    ]
    list_filter = ["state", "hold_reason", "stars", "is_author_hidden"]
    list_select_related = ["product"]
    search_fields = ["words", "author_name"]
    ordering = ["-created_at", "-pk"]
    fields = [
        *("product", "user", "author_name", "stars", "words", "picture_list", "is_bought_here", "state", "hold_reason"),
        *(
            "removal_reason",
            "is_author_hidden",
            "helpful_count",
            "reply_words",
            "replied_at",
            "replied_by",
            "replied_for",
        ),
        *("created_at", "changed_at", "page"),
    ]
    readonly_fields = ["picture_list", "is_bought_here", "page"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rating]:
        return Rating.objects.with_purchase()

    def get_urls(self) -> list[URLPattern]:
        reply = self.admin_site.admin_view(reply_page)
        reply_url = path("<int:pk>/reply/", reply, name="social_reply_to_rating")
        return [*RatingDesk.urls(self.admin_site), reply_url, *super().get_urls()]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("social.change_rating")

    @admin.display(description=_("words"))
    def start_of_words(self, rating: Rating) -> str:
        return rating.words[:80]

    @admin.display(description=_("bought here"), boolean=True)
    def is_bought_here(self, rating: Rating) -> bool:
        return bool(getattr(rating, "is_bought_here", False))

    @admin.display(description=_("pictures"))
    def picture_list(self, rating: Rating) -> SafeString | str:
        pictures = rating.pictures.order_by("position")
        row = '<a href="{}"><img src="{}" alt="" height="120"></a> '
        return format_html_join("", row, ((picture.large_url, picture.small_url) for picture in pictures)) or "–"

    @admin.display(description=_("page"))
    def page(self, rating: Rating) -> SafeString:
        return format_html('<a href="{}">{}</a>', rating.get_absolute_url(), rating.product.name)

    @admin.action(description=_("Make visible"), permissions=["decide"])
    def make_visible(self, request: HttpRequest, ratings: QuerySet[Rating]) -> HttpResponse | None:
        text = _("Everybody sees these ratings then. Their authors are told by email.")
        return self._decide(
            request, ratings, RatingState.VISIBLE, Question("make_visible", str(_("Make visible")), str(text), ())
        )

    @admin.action(description=_("Remove"), permissions=["decide"])
    def remove(self, request: HttpRequest, ratings: QuerySet[Rating]) -> HttpResponse | None:
        text = _("Nobody but their authors sees these ratings and their pictures then.")
        question = Question("remove", str(_("Remove")), str(text), (), True, str(_("Their authors read it by email.")))
        return self._decide(request, ratings, RatingState.REMOVED, question)

    def _decide(
        self, request: HttpRequest, ratings: QuerySet[Rating], state: RatingState, question: Question
    ) -> HttpResponse | None:
        """Ask, and decide on the ratings as they were shown. Those that have the state already are left alone."""
        skipped: Skipped = Counter()
        chosen = []
        for rating in ratings.select_related("product").order_by("pk"):
            if rating.state == state:
                skipped[str(_("It is in this state already."))] += 1
            else:
                chosen.append(rating)
        rows = [f"{row.product.name} – {row.stars}/5 – {row.author_name}: {row.words}" for row in chosen]
        question = Question(
            question.action, question.title, question.text, rows, question.needs_reason, question.reason_help
        )
        answer = self.ask(request, question, skipped)
        if not isinstance(answer, Answer):
            return answer
        decided = sum(self._decide_one(request, rating, state, answer.reason, skipped) for rating in chosen)
        if decided:
            sentence = ngettext("%(count)d rating was changed.", "%(count)d ratings were changed.", decided)
            self.message_user(request, sentence % {"count": decided}, messages.SUCCESS)
        self.report_skipped(request, skipped)
        return None

    def _decide_one(
        self, request: HttpRequest, rating: Rating, state: RatingState, reason: str, skipped: Skipped
    ) -> bool:
        values: dict[str, Any] = {"moderator": signed_in_user(request), "now": timezone.now()}
        try:
            decide_rating(rating_id=rating.pk, revision=rating.revision, state=state, words=reason, **values)
        except ModerationRefused as refusal:
            skipped[str(refusal)] += 1
            return False
        return True

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_reply = request.user.has_perm("social.reply_rating") and object_id.isdigit()
        reply_url = reverse("admin:social_reply_to_rating", args=[int(object_id)]) if may_reply else ""
        return super().change_view(request, object_id, form_url, {"reply_url": reply_url} | (extra_context or {}))
