"""Reports for moderators: what people say is wrong, oldest first, settled from the list."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from social.marking import settle
from social.models import Report, ReportState


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin[Report]):
    list_display = ["created_at", "clip", "reason", "words", "state"]
    list_filter = ["state", "reason"]
    list_select_related = ["clip"]
    search_fields = ["clip__code", "words"]
    ordering = ["created_at", "pk"]
    actions = ["uphold", "dismiss"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return False

    @admin.action(description=_("Uphold: the clip breaks the rules"), permissions=["view"])
    def uphold(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        self._settle(request, reports, ReportState.UPHELD)

    @admin.action(description=_("Dismiss: the clip may stay"), permissions=["view"])
    def dismiss(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        self._settle(request, reports, ReportState.DISMISSED)

    def _settle(self, request: HttpRequest, reports: QuerySet[Report], state: ReportState) -> None:
        now = timezone.now()
        settled = sum(settle(report_id=pk, state=state, now=now) for pk in reports.values_list("pk", flat=True))
        self.message_user(request, _("%(count)d reports settled.") % {"count": settled})
