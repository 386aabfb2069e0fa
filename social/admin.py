"""Django admin for reports and shared collections.

Reports have a read-only list, and a desk for answering those on products, creators, ratings and comments.
"""

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import signed_in_user, user_with_permission
from accounts.confirmed_actions import Answer, AskingActions, Question
from accounts.history import history_line
from accounts.readonly_admin import ReadOnlyAdmin
from social.cases import CaseRefused, count_cases, decide_case, open_cases
from social.clip_collections import share_collection
from social.comments.admin import CommentAdmin
from social.forms import AnswerForm
from social.models import UPHOLDING, Collection, Report
from social.notices.admin import LegalNoticeAdmin, NotifierPauseAdmin
from social.ratings.admin import RatingAdmin
from social.removals.admin import RemovalAdmin
from social.sponsorships.admin import SponsorshipAdmin

__all__ = [
    "CollectionAdmin",
    "CommentAdmin",
    "LegalNoticeAdmin",
    "NotifierPauseAdmin",
    "RatingAdmin",
    "RemovalAdmin",
    "ReportAdmin",
    "SponsorshipAdmin",
]

CASES_PER_PAGE = 25
MODERATE = "social.change_report"
"""Permission to answer reports. Staff without it get 403."""


@require_safe
def cases_page(request: HttpRequest) -> HttpResponse:
    """List the open cases, oldest first. The age of a case is the age of its oldest report."""
    return _render_cases(request)


def _render_cases(request: HttpRequest, **refused: Any) -> HttpResponse:
    """Return the page. `form`, `refused_kind` and `refused_id` are what was entered for a case, and refused."""
    user_with_permission(request, MODERATE)
    kind, counts = request.GET.get("kind", ""), count_cases()
    kind = kind if kind in UPHOLDING else ""
    tabs = [("", _("All"), sum(counts.values()))]
    labels = {"product": _("Products"), "creator": _("Creators"), "rating": _("Ratings")}
    labels["comment"] = _("Comments")
    tabs += [(name, label, counts[name]) for name, label in labels.items()]
    page = Paginator(open_cases(kind=kind), CASES_PER_PAGE).get_page(request.GET.get("page"))
    context = admin.site.each_context(request) | {"title": _("Reports"), "page": page, "kind": kind, "tabs": tabs}
    context |= {"query": request.GET.urlencode()} | refused
    return render(request, "admin/social/cases.html", context, status=422 if refused else 200)


@require_POST
def decide_page(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Answer one case and redirect to the list of open cases. Show it with what was entered if that is refused."""
    moderator = user_with_permission(request, MODERATE)
    form = AnswerForm(request.POST)
    if kind not in UPHOLDING or not Report.objects.filter(**{kind: pk}).exists():
        raise Http404
    refused = {"form": form, "refused_kind": kind, "refused_id": pk}
    if not form.is_valid():
        messages.error(request, " ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
        return _render_cases(request, **refused)
    try:
        count = decide_case(kind=kind, subject_id=pk, moderator=moderator, now=timezone.now(), **form.cleaned_data)
    except CaseRefused as refusal:
        messages.error(request, str(refusal))
        return _render_cases(request, **refused)
    sentence = ngettext("%(count)d report answered.", "%(count)d reports answered.", count)
    messages.success(request, sentence % {"count": count})
    return redirect(reverse("admin:social_cases") + f"?{request.GET.urlencode()}")


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin, admin.ModelAdmin[Report]):
    change_list_template = "admin/social/report_list.html"
    list_display = ["created_at", "kind", "about", "reason", "words", "state", "answer", "settled_by", "notified_at"]
    list_filter = ["state", "reason", "answer"]
    list_select_related = ["clip", "product", "creator", "rating__product", "comment", "settled_by"]
    search_fields = ["clip__code", "product__name", "creator__handle", "words"]
    ordering = ["-created_at", "-pk"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        desk_urls = [
            path("desk/", view(cases_page), name="social_cases"),
            path("desk/<str:kind>/<int:pk>/decide/", view(decide_page), name="social_decide"),
        ]
        return desk_urls + super().get_urls()

    @admin.display(description=_("kind"))
    def kind(self, report: Report) -> str:
        return str(report.subject._meta.verbose_name)

    @admin.display(description=_("about"))
    def about(self, report: Report) -> SafeString:
        if report.clip is not None and report.clip.submitted_at is not None:
            address = reverse("admin:videos_review", args=[report.clip.code])
        else:
            address = report.subject.get_absolute_url()
        return format_html('<a href="{}">{}</a>', address, report.subject_text or report.subject)


@admin.register(Collection)
class CollectionAdmin(ReadOnlyAdmin, AskingActions[Collection]):
    """Collections that are shared. Private ones are nobody else's business."""

    actions = ["close_sharing"]
    list_display = ["name", "clip_count", "created_at", "page"]
    fields = ["name", "clip_count", "created_at", "page"]
    readonly_fields = ["clip_count", "page"]
    search_fields = ["name"]
    ordering = ["-created_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        return super().get_queryset(request).exclude(share_code=None).annotate(clip_count=Count("clips"))

    def has_close_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("social.change_collection")

    @admin.display(description=_("clips"), ordering="clip_count")
    def clip_count(self, collection: Collection) -> int:
        return int(getattr(collection, "clip_count", 0))

    @admin.display(description=_("shared page"))
    def page(self, collection: Collection) -> SafeString:
        return format_html('<a href="{}">{}</a>', collection.shared_url, collection.shared_url)

    @admin.action(description=_("Close sharing"), permissions=["close"])
    def close_sharing(self, request: HttpRequest, collections: QuerySet[Collection]) -> HttpResponse | None:
        chosen = list(collections.order_by("pk"))
        question = Question(
            "close_sharing",
            str(_("Close sharing")),
            str(_("Close these shared collections? Their links stop working. Their owners keep them.")),
            [f"{collection.name} – {collection.shared_url}" for collection in chosen],
            needs_reason=True,
            reason_help=str(_("Only staff read it, in the history of the collection.")),
        )
        answer = self.ask(request, question, Counter())
        if not isinstance(answer, Answer):
            return answer
        with transaction.atomic():
            for collection in chosen:
                share_collection(collection=collection, is_shared=False)
            line = history_line(gettext_noop("Closed sharing: %(reason)s"), reason=answer.reason)
            LogEntry.objects.log_actions(signed_in_user(request).pk, chosen, CHANGE, change_message=line)
        done = ngettext(
            "%(count)d shared collection was closed.", "%(count)d shared collections were closed.", len(chosen)
        )
        self.message_user(request, done % {"count": len(chosen)}, messages.SUCCESS)
        return None
