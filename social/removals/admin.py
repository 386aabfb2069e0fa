"""Django admin for removals: a list of all of them, and the desk of appeals."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.readonly_admin import ReadOnlyAdmin
from social.models import Removal
from social.removals.desk import AppealDesk, remove_from_profile_page, remove_message_page


@admin.register(Removal)
class RemovalAdmin(ReadOnlyAdmin, admin.ModelAdmin[Removal]):
    change_list_template = "admin/social/removal_list.html"
    list_display = ["removed_at", "kind", "reason", "state", "removed_by", "appealed_at", "decided_by"]
    list_filter = ["state", "kind", "reason"]
    ordering = ["-removed_at", "-pk"]
    fields = [
        *("kind", "subject", "owner", "reason", "words", "removed_by", "removed_at", "state"),
        *("appeal_words", "appealed_at", "answer", "decided_by", "decided_at"),
    ]
    readonly_fields = ["subject"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Removal]:
        return Removal.objects.with_subject().select_related("removed_by", "decided_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        removing = [
            path("message/<int:pk>/", view(remove_message_page), name="social_remove_message"),
            path("profile/<int:pk>/", view(remove_from_profile_page), name="social_remove_from_profile"),
        ]
        return [*AppealDesk.urls(self.admin_site), *removing, *super().get_urls()]

    @admin.display(description=_("about"))
    def subject(self, removal: Removal) -> str:
        return removal.subject_text or "–"
