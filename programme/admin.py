"""Admin pages for the counts of analytics, which nobody changes."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.readonly_admin import ReadOnlyAdmin
from catalog.money_fields import money_column
from programme.models import AudienceCount, CountedDay, SalesCount
from programme.webhooks import admin as webhooks_admin  # noqa: F401 - registers its pages


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
    fields = ["clip", "merchant", "on", "people", "orders", "sold", "commission"]
    sold = money_column("sold_minor", gettext_lazy("sold"))
    commission = money_column("commission_minor", gettext_lazy("commission"))


@admin.register(CountedDay)
class CountedDayAdmin(ReadOnlyAdmin, admin.ModelAdmin[CountedDay]):
    list_display = ["on", "counted_at"]
    ordering = ["-on"]
