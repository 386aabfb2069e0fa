"""Admin page of the addresses under which other programs read the shop's products."""

from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.editable_admin import EditableAdmin
from catalog.exports.google_files import GoogleFile
from catalog.models import ExportAddress


@admin.register(ExportAddress)
class ExportAddressAdmin(EditableAdmin[ExportAddress]):
    list_display = ["name", "created_at", "last_read_at"]
    fields = ["name", "addresses", "last_read_at"]
    readonly_fields = ["addresses", "last_read_at"]
    ordering = ["name"]

    @admin.display(description=_("secret addresses"))
    def addresses(self, row: ExportAddress) -> SafeString | str:
        """Return an address for each kind of file, from the first save on."""
        if row.pk is None:
            return "–"
        kinds = [(kind.name, reverse(f"export-{kind}", args=[row.token])) for kind in GoogleFile]
        pairs = ((name, f"{settings.SITE_URL}{path}") for name, path in kinds)
        return format_html_join("", '<p>{}: <bdi dir="ltr">{}</bdi></p>', pairs)
