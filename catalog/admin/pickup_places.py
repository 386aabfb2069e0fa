"""Admin pages of pickup places, and of the table of postcodes."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.editable_admin import EditableAdmin
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.merchants.pickup_forms import PickupPlaceForm
from catalog.models import PickupPlace, Postcode


@admin.register(PickupPlace)
class PickupPlaceAdmin(AutocompleteFilterMixin, EditableAdmin[PickupPlace]):
    """Places of the house and of merchants. None is deleted, because orders name them."""

    form = PickupPlaceForm
    list_display = ["name", "merchant", "is_offered"]
    list_filter = ["is_offered", ("merchant", AutocompleteFilter)]
    list_select_related = ["merchant"]
    search_fields = ["name", "address"]
    autocomplete_fields = ["merchant"]
    ordering = ["name"]
    fields = ["merchant", "name", "address", "opening_hours", "postcode", "latitude", "longitude", "is_offered"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PickupPlace]:
        return super().get_queryset(request).select_related("merchant")

    def has_delete_permission(self, request: HttpRequest, obj: PickupPlace | None = None) -> bool:
        return False


@admin.register(Postcode)
class PostcodeAdmin(ReadOnlyAdmin, admin.ModelAdmin[Postcode]):
    """Where postcodes lie: see manage.py load_postcodes."""

    list_display = ["code", "town", "country_code", "latitude", "longitude"]
    list_filter = ["country_code"]
    search_fields = ["code", "town"]
    search_help_text = _("Postcode or town")
    ordering = ["code"]
