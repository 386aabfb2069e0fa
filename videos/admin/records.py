"""Reasons, which are edited, and the records that nobody edits."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from videos.models import Appeal, AuditEntry, Decision, Job, Reason


class RecordAdmin[Row: Any](admin.ModelAdmin[Row]):
    """Rows that are only looked at."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Reason)
class ReasonAdmin(admin.ModelAdmin[Reason]):
    list_display = ["code", "__str__", "position", "is_active"]
    list_editable = ["position", "is_active"]
    ordering = ["position"]


@admin.register(Decision)
class DecisionAdmin(RecordAdmin[Decision]):
    list_display = ["decided_at", "action", "clip", "moderator", "reason", "undone_at", "mailed_at"]
    list_filter = ["action", "reason", "moderator"]
    list_select_related = ["clip", "moderator", "reason"]
    search_fields = ["clip__code", "words"]
    date_hierarchy = "decided_at"
    ordering = ["-decided_at"]


@admin.register(Appeal)
class AppealAdmin(RecordAdmin[Appeal]):
    list_display = ["appealed_at", "decision", "words"]
    list_select_related = ["decision"]
    ordering = ["-appealed_at"]


@admin.register(AuditEntry)
class AuditAdmin(RecordAdmin[AuditEntry]):
    list_display = ["at", "action", "clip", "moderator", "details"]
    list_filter = ["action", "moderator"]
    list_select_related = ["clip", "moderator"]
    search_fields = ["clip__code"]
    date_hierarchy = "at"
    ordering = ["-at"]


@admin.register(Job)
class JobAdmin(RecordAdmin[Job]):
    list_display = ["pk", "state", "attempt", "progress_percent", "failure_code", "queued_at", "finished_at"]
    list_filter = ["state", "failure_code"]
    ordering = ["-queued_at"]
