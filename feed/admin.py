"""What the ranking is for, weighed by staff, and what came of each clip."""

from django.contrib import admin
from django.http import HttpRequest

from feed.models import ClipCount, Goal


@admin.register(Goal)
class GoalAdmin(admin.ModelAdmin[Goal]):
    list_display = ["kind", "weight"]
    list_editable = ["weight"]
    ordering = ["kind"]


@admin.register(ClipCount)
class ClipCountAdmin(admin.ModelAdmin[ClipCount]):
    list_display = ["clip", "shown", "satisfied", "likes", "saves", "product_opens", "purchases"]
    list_select_related = ["clip"]
    search_fields = ["clip__code", "clip__caption"]
    ordering = ["-shown"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ClipCount | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ClipCount | None = None) -> bool:
        return False
