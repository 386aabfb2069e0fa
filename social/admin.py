"""Reports for moderators: what people say is wrong, oldest first. Those on clips are also settled by the desk."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from social.models import Report, ReportState
from social.reporting import settle


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin[Report]):
    list_display = ["created_at", "kind", "about", "reason", "words", "state", "told_at"]
    list_filter = ["state", "reason"]
    list_select_related = ["clip", "product", "creator"]
    search_fields = ["clip__code", "product__name", "creator__handle", "words"]
    ordering = ["created_at", "pk"]
    actions = ["uphold", "dismiss"]

    @admin.display(description=_("what"))
    def kind(self, report: Report) -> str:
        return str(report.subject._meta.verbose_name)

    @admin.display(description=_("about"))
    def about(self, report: Report) -> SafeString:
        if report.clip is not None and report.clip.submitted_at is not None:
            address = reverse("admin:videos_review", args=[report.clip.code])
        else:
            address = report.subject.get_absolute_url()
        return format_html('<a href="{}">{}</a>', address, report.subject_text or report.subject)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return False

    @admin.action(description=_("Uphold: it breaks the rules"), permissions=["view"])
    def uphold(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        self._settle(request, reports, ReportState.UPHELD)

    @admin.action(description=_("Dismiss: it may stay"), permissions=["view"])
    def dismiss(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        self._settle(request, reports, ReportState.DISMISSED)

    def _settle(self, request: HttpRequest, reports: QuerySet[Report], state: ReportState) -> None:
        now = timezone.now()
        settled = sum(settle(report_id=pk, state=state, now=now) for pk in reports.values_list("pk", flat=True))
        self.message_user(request, _("%(count)d reports settled.") % {"count": settled})
