"""Clips in the admin: a read-only list with links to the review desk, from which many can be taken down at once."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.readonly_admin import ReadOnlyAdmin
from videos.admin import bulk, desk, drift
from videos.admin.take_downs import take_down_page, undo_take_down_page
from videos.models import Clip, Decision, DecisionAction
from videos.states import ClipState


@admin.register(Clip)
class ClipAdmin(AutocompleteFilterMixin, ReadOnlyAdmin, admin.ModelAdmin[Clip]):
    change_list_template = "admin/videos/clip_list.html"
    list_display = ["code", "creator", "state", "caption", "campaign", "submitted_at", "published_at", "review"]
    list_filter = [
        "state",
        "medium",
        ("creator", AutocompleteFilter),
        ("products", AutocompleteFilter),
        ("enrolment__campaign", AutocompleteFilter),
        "kind",
        "verdict",
        "language",
        "created_at",
    ]
    actions = ["take_down"]
    list_select_related = ["creator", "enrolment__campaign"]
    search_fields = ["code", "creator__handle", "caption"]
    ordering = ["-created_at"]

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        desk_urls = [
            path("desk/", guard(desk.queue_page), name="videos_desk"),
            path("desk/bulk/", guard(bulk.bulk_page), name="videos_desk_bulk"),
            path("desk/drift/", guard(drift.drift_page), name="videos_desk_drift"),
            path("desk/drift/confirm/", guard(drift.confirm_drift_page), name="videos_desk_drift_confirm"),
            path("desk/metrics/", guard(desk.metrics_page), name="videos_desk_metrics"),
            path("desk/next/", guard(desk.next_page), name="videos_desk_next"),
            path("desk/undo/<int:decision_id>/", guard(bulk.undo_page), name="videos_desk_undo"),
            path("take-down/<int:decision_id>/undo/", guard(undo_take_down_page), name="videos_take_down_undo"),
            path("desk/<slug:code>/", guard(desk.review_page), name="videos_review"),
            path("desk/<slug:code>/decide/", guard(desk.decide_page), name="videos_decide"),
            path("desk/<slug:code>/lock/", guard(desk.lock_page), name="videos_lock"),
        ]
        return desk_urls + super().get_urls()

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Leave out the column of the desk for those who may not open it."""
        may_review = self.has_review_permission(request)
        return [name for name in self.list_display if may_review or name != "review"]

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("videos.review_clip")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the way back on the page of a clip that was taken down."""
        clip = context.get("original")
        if isinstance(clip, Clip) and clip.state == ClipState.REMOVED:
            removals = Decision.objects.effective().filter(clip=clip, action=DecisionAction.REMOVE)
            context["take_down"] = removals.latest_first().first()
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=_("Take down"), permissions=["review"])
    def take_down(self, request: HttpRequest, clips: QuerySet[Clip]) -> HttpResponse:
        return take_down_page(request, clips)

    @admin.display(description=_("campaign"))
    def campaign(self, clip: Clip) -> str:
        return clip.enrolment.campaign.title if clip.enrolment else "–"

    @admin.display(description=_("review desk"))
    def review(self, clip: Clip) -> str:
        if clip.submitted_at is None:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("admin:videos_review", args=[clip.code]), _("Review"))
