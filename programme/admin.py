"""Admin pages for the counts of analytics, which nobody changes."""

from django.contrib import admin

from accounts.readonly_admin import ReadOnlyAdmin
from programme.models import AudienceCount, CountedDay, SalesCount


@admin.register(AudienceCount)
class AudienceCountAdmin(ReadOnlyAdmin, admin.ModelAdmin[AudienceCount]):
    list_display = ["on", "clip", "measure_name", "people"]
    list_select_related = ["clip"]
    search_fields = ["clip__code"]
    ordering = ["-on", "-id"]


@admin.register(SalesCount)
class SalesCountAdmin(ReadOnlyAdmin, admin.ModelAdmin[SalesCount]):
    list_display = ["on", "clip", "merchant", "people", "orders"]
    list_select_related = ["clip", "merchant"]
    search_fields = ["clip__code", "merchant__name"]
    ordering = ["-on", "-id"]


@admin.register(CountedDay)
class CountedDayAdmin(ReadOnlyAdmin, admin.ModelAdmin[CountedDay]):
    list_display = ["on", "counted_at"]
    ordering = ["-on"]
