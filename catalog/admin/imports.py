"""Admin pages of imports: sources, files that are uploaded, what became of each row, and categories to assign."""

from itertools import chain
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import user_with_permission
from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.editable_admin import EditableAdmin
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.csv_files import BYTE_ORDER_MARK, respond_with_csv
from catalog.exports.google_files import GoogleFile
from catalog.exports.own import export_products
from catalog.exports.refused_rows import export_refused
from catalog.exports.responses import stream_file, stream_google_file
from catalog.import_actions import change_import
from catalog.imports.categories import apply_mapping
from catalog.imports.runs import ImportRefused, receive_import
from catalog.models import (
    HOUSE_ID,
    CatalogueSource,
    CategoryMapping,
    Import,
    ImportRow,
    ImportState,
    PictureState,
    SourcedPicture,
)
from catalog.tasks import enqueue_import


class UploadForm(forms.Form):
    """A file for a source of the house."""

    source = forms.ModelChoiceField(
        label=capfirst(_("source")), queryset=CatalogueSource.objects.filter(merchant=HOUSE_ID).order_by("name")
    )
    file = forms.FileField(
        label=capfirst(_("file")),
        help_text=_(
            "A catalogue as CSV, TSV, XML or JSON, up to 32 MB. Larger ones can be sent gzipped. "
            "Nothing changes before you start the import."
        ),
    )


@admin.register(CategoryMapping)
class CategoryMappingAdmin(AutocompleteFilterMixin, EditableAdmin[CategoryMapping]):
    """The categories of sources. Choosing one of the shop puts on sale what waited for it."""

    list_display = ["category_words", "source", "category"]
    list_filter = [("source", AutocompleteFilter), ("category", admin.EmptyFieldListFilter)]
    list_select_related = ["source", "category"]
    list_per_page = 50
    fields = ["source", "category_words", "category"]
    autocomplete_fields = ["category"]
    readonly_fields = ["source", "category_words"]
    ordering = ["source__name", "words"]

    @admin.display(description=_("category at the source"), ordering="words")
    def category_words(self, mapping: CategoryMapping) -> str:
        return mapping.words or gettext("No category")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: CategoryMapping, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        apply_mapping(mapping=CategoryMapping.objects.select_related("category").get(pk=obj.pk), now=timezone.now())


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin, admin.ModelAdmin[ImportRow]):
    list_display = ["number", "line_number", "outcome", "title", "reasons"]
    list_filter = ["outcome"]
    fields = ["run", "number", "line", "outcome", "title", "reasons"]
    readonly_fields = ["number", "reasons"]
    list_select_related = ["run__source"]
    list_per_page = 100
    ordering = ["-run", "row", "part"]

    @admin.display(description=_("line"), ordering="line", empty_value="–")
    def line_number(self, row: ImportRow) -> int | None:
        return row.line or None

    @admin.display(description=_("reasons and notes"))
    def reasons(self, row: ImportRow) -> SafeString:
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in row.sentences))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(Import)
class ImportAdmin(AutocompleteFilterMixin, ReadOnlyAdmin, admin.ModelAdmin[Import]):
    change_form_template = "admin/catalog/import/change_form.html"
    change_list_template = "admin/catalog/import/change_list.html"
    list_display = ["created_at", "source", "file_name", "state", "created", "changed", "unchanged", "refused"]
    list_filter = ["state", ("source", AutocompleteFilter)]
    list_select_related = ["source"]
    fields = ["source", "file_name", "format_name", "state", "created_by", "created_at", "ended_at", "waiting_pictures"]
    readonly_fields = ["waiting_pictures"]
    ordering = ["-created_at", "-pk"]

    @admin.display(description=_("pictures that are still to be fetched"))
    def waiting_pictures(self, run: Import) -> int:
        return SourcedPicture.objects.filter(run=run, state=PictureState.WAITING).count()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("upload/", view(self.upload), name="catalog_import_upload"),
            path("products.csv", view(self.export), name="catalog_import_export"),
            *(
                path(f"products.{kind}", view(self.export_for_google), {"kind": kind}, name=f"catalog_import_{kind}")
                for kind in GoogleFile
            ),
            path("<int:pk>/do/<slug:action>/", view(self.act), name="catalog_import_act"),
            path("<int:pk>/refused.csv", view(self.download_refused), name="catalog_import_refused"),
            *super().get_urls(),
        ]

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Take a file, which a worker then checks."""
        user = user_with_permission(request, "catalog.add_import")
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file: UploadedFile[bytes] = form.cleaned_data["file"]
            values = {"source": form.cleaned_data["source"], "file": file, "file_name": file.name or ""}
            run = receive_import(created_by=user, now=timezone.now(), **values)
            enqueue_import(run.pk)
            self.log_addition(request, run, "")
            return redirect("admin:catalog_import_change", run.pk)
        context = {"title": gettext("Import a catalogue"), "opts": self.opts, "form": form}
        status = 422 if form.errors else 200
        context |= self.admin_site.each_context(request) | {"has_sources": CatalogueSource.objects.exists()}
        return TemplateResponse(request, "admin/catalog/import/upload.html", context, status=status)

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Send the house's products as CSV, which can be imported again."""
        user_with_permission(request, "catalog.view_product")
        lines = chain([BYTE_ORDER_MARK], export_products(HOUSE_ID))
        return stream_file(lines, file_name="products.csv", content_type="text/csv; charset=utf-8")

    def export_for_google(self, request: HttpRequest, kind: GoogleFile) -> HttpResponseBase:
        """Send what is on sale as Google's product data."""
        user_with_permission(request, "catalog.view_product")
        return stream_google_file(kind)

    def act(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Start, pause, resume or discard an import."""
        user_with_permission(request, "catalog.add_import")
        run = get_object_or_404(Import, pk=pk)
        if request.method == "POST":
            answer = {"off_sale": True, "keep": False}.get(request.POST.get("missing", ""))
            try:
                change_import(run, action, takes_off_missing=answer)
            except ImportRefused as refusal:
                messages.error(request, str(refusal))
            else:
                self.log_change(request, run, action)
        return redirect("admin:catalog_import_change", pk)

    def download_refused(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the refused rows with their reasons as CSV."""
        user_with_permission(request, "catalog.view_import")
        run = get_object_or_404(Import, pk=pk)
        return respond_with_csv(export_refused(run), file_name=f"refused-{pk}.csv")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        context: dict[str, Any] = {"can_act": request.user.has_perm("catalog.add_import")}
        if run is not None:
            rows = reverse("admin:catalog_importrow_changelist")
            unmapped = run.source.mappings.filter(category=None).count()
            context |= {"run": run, "rows_url": rows, "unmapped": unmapped, "States": ImportState}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))
