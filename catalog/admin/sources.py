"""Admin page of sources: their options, the address from which they are fetched, and what came of the last fetches."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import user_with_permission
from accounts.edit_forms import EditForm
from accounts.editable_admin import EditableAdmin
from catalog.imports.schedule.addresses import read_address
from catalog.imports.schedule.settings import ScheduleSettings, plan_schedule, request_fetch
from catalog.models import CatalogueSource, FetchOutcome, SourceFetch
from catalog.tasks import enqueue_fetches

SHOWN_FETCHES = 10
SCHEDULE_FIELDS = ["address", "user_name", "interval", "daily_hour"]


class CatalogueSourceForm(EditForm[CatalogueSource]):
    """A source. Its password is stored and never shown."""

    new_password = forms.CharField(
        label=capfirst(_("password")),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("If the server asks for one. If you leave this empty, the stored one stays."),
    )

    class Meta:
        model = CatalogueSource
        fields = ["name", "in_stock_means", "in_stock_units", "decimal_sign", "encoding", *SCHEDULE_FIELDS]
        widgets: ClassVar[Mapping[str, forms.Widget]] = {
            "address": forms.TextInput(attrs={"class": "vLargeTextField", "dir": "ltr", "inputmode": "url"})
        }

    def clean(self) -> dict[str, Any]:
        """Plan the schedule from what was typed, and leave a name and password out of the address."""
        cleaned = super().clean()
        self.schedule: dict[str, Any] = {}
        if all(name in cleaned for name in SCHEDULE_FIELDS):
            values = {name: cleaned[name] for name in SCHEDULE_FIELDS}
            settings = ScheduleSettings(password=cleaned.get("new_password", ""), **values)
            try:
                self.schedule = plan_schedule(self.instance, settings, now=timezone.now())
                cleaned["address"] = read_address(values["address"]).address
            except ValidationError as error:
                self.add_error(None if hasattr(error, "error_dict") else "address", error)
        return cleaned


@admin.register(CatalogueSource)
class CatalogueSourceAdmin(EditableAdmin[CatalogueSource]):
    form = CatalogueSourceForm
    change_form_template = "admin/catalog/cataloguesource/change_form.html"
    list_display = ["name", "merchant", "interval", "last_outcome", "next_fetch_at"]
    list_select_related = ["merchant"]
    search_fields = ["name", "merchant__name"]
    readonly_fields = ["shown_address"]
    ordering = ["name"]

    def get_fieldsets(self, request: HttpRequest, obj: CatalogueSource | None = None) -> Any:
        """Show the address, which may have a token in it, to those who may change it."""
        files = ["name", "in_stock_means", "in_stock_units", "decimal_sign", "encoding"]
        may_change = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        credentials = ["address", "user_name", "new_password"] if may_change else ["shown_address"]
        by_address = {"fields": [*credentials, "interval", "daily_hour"]}
        return [(None, {"fields": files}), (gettext("Fetched from an address"), by_address)]

    @admin.display(description=_("address"))
    def shown_address(self, source: CatalogueSource) -> str:
        return source.shown_address or "–"

    @admin.display(description=_("last fetch"))
    def last_outcome(self, source: Any) -> str:
        return str(FetchOutcome(source.last_outcome).label) if source.last_outcome else "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CatalogueSource]:
        last = SourceFetch.objects.filter(source=OuterRef("pk")).order_by("-fetched_at", "-pk")
        return super().get_queryset(request).annotate(last_outcome=Subquery(last.values("outcome")[:1]))

    def save_model(self, request: HttpRequest, obj: CatalogueSource, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.schedule:
            CatalogueSource.objects.filter(pk=obj.pk).update(**form.schedule)
            enqueue_fetches()

    def get_urls(self) -> list[URLPattern]:
        fetch = self.admin_site.admin_view(self.fetch_now)
        return [path("<int:pk>/fetch/", fetch, name="catalog_cataloguesource_fetch"), *super().get_urls()]

    def fetch_now(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have a source fetched as soon as a worker is free."""
        user_with_permission(request, "catalog.add_import")
        source = get_object_or_404(CatalogueSource, pk=pk)
        if request.method == "POST":
            try:
                with transaction.atomic():
                    request_fetch(source=source, now=timezone.now())
                    enqueue_fetches()
            except ValidationError as refusal:
                messages.error(request, refusal.messages[0])
            else:
                messages.success(request, gettext("The source is being fetched. Load this page again in a moment."))
        return redirect("admin:catalog_cataloguesource_change", pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        source = self.get_object(request, object_id)
        context: dict[str, Any] = {"can_fetch": request.user.has_perm("catalog.add_import"), "source": source}
        if source is not None:
            fetches = source.fetches.select_related("run").order_by("-fetched_at", "-pk")
            context["fetches"] = fetches[:SHOWN_FETCHES]
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
