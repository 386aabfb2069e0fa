"""Admin pages of digital files: the list, and the page of a variant on which staff upload one."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.access import user_with_permission
from accounts.history import history_line
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.digital_files import FileRefused, store_digital_file
from catalog.merchants.digital_pages import DigitalFileForm
from catalog.models import DigitalFile, Variant


@admin.register(DigitalFile)
class DigitalFileAdmin(ReadOnlyAdmin, admin.ModelAdmin[DigitalFile]):
    list_display = ["file_name", "variant", "content_type", "size_bytes", "uploaded_at", "uploaded_by"]
    list_select_related = ["variant__product", "uploaded_by"]
    search_fields = ["file_name", "variant__product__name"]
    ordering = ["-uploaded_at"]
    fields = ["variant", "file_name", "content_type", "size_bytes", "uploaded_at", "uploaded_by"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.upload_page)
        return [path("upload/<int:variant_id>/", view, name="catalog_digitalfile_upload"), *super().get_urls()]

    def upload_page(self, request: HttpRequest, variant_id: int) -> HttpResponse:
        """Show a form for the file of a variant. On POST, store it."""
        user = user_with_permission(request, "catalog.change_variant")
        variant = get_object_or_404(Variant.objects.select_related("product"), pk=variant_id)
        form = DigitalFileForm(request.POST, request.FILES) if request.method == "POST" else DigitalFileForm()
        if form.is_bound and form.is_valid():
            try:
                upload, now = form.cleaned_data["file"], timezone.now()
                file = store_digital_file(variant=variant, upload=upload, uploaded_by=user, now=now)
            except FileRefused as refusal:
                form.add_error("file", str(refusal))
            else:
                self.log_change(request, file, history_line(gettext_noop("Stored %(name)s."), name=file.file_name))
                self.message_user(request, _("The file is stored. Buyers get it by a link."), messages.SUCCESS)
                return redirect("admin:catalog_variant_change", variant.pk)
        context = self.admin_site.each_context(request) | {"form": form, "variant": variant, "opts": self.opts}
        context |= {"title": _("Digital file of %(variant)s") % {"variant": variant.full_name}}
        context["file"] = DigitalFile.objects.filter(variant=variant).first()
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/catalog/digitalfile/upload.html", context, status=status)
