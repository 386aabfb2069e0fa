"""Admin page of the site settings."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.edit_forms import EditForm
from accounts.editable_admin import EditableAdmin
from accounts.pasted_text import PastedEmailField
from accounts.picture_forms import PictureAdminMixin, PictureForm, PictureInput
from accounts.picture_rules import TRANSPARENT_FORMATS, PictureRules
from accounts.pictures import delete_picture
from catalog.colours import MIN_CONTRAST, worst_contrast
from catalog.models import SiteSettings
from catalog.models.site import validate_colour
from catalog.site import current_site, forget_site

LOGO_RULES = PictureRules(
    folder="site", widths=SiteSettings.LOGO_WIDTHS_PX, formats=TRANSPARENT_FORMATS, is_opaque=False
)


class SiteSettingsForm(PictureForm, EditForm[SiteSettings]):
    """The settings with a logo to upload. A picture that cannot be read is refused at its field."""

    picture_field, picture_rules = "logo", LOGO_RULES

    logo = forms.FileField(
        label=capfirst(_("logo")),
        required=False,
        widget=PictureInput,
        help_text=_("PNG, WebP, AVIF, JPEG, GIF or HEIC, at least 384 pixels wide. It is shown beside the name."),
    )
    removes_logo = forms.BooleanField(label=capfirst(_("remove the logo")), required=False)

    class Meta:
        model = SiteSettings
        fields = ["name", "light_accent", "dark_accent", "contact_email", "contact_phone", "postal_address"]
        fields += ["vat_number", "posters"]
        field_classes: ClassVar[Mapping[str, type[forms.Field]]] = {"contact_email": PastedEmailField}

    def clean_light_accent(self) -> str:
        return self._clean_accent("light_accent", is_dark=False)

    def clean_dark_accent(self) -> str:
        return self._clean_accent("dark_accent", is_dark=True)

    def _clean_accent(self, name: str, *, is_dark: bool) -> str:
        colour = str(self.cleaned_data[name])
        if not colour:
            return ""
        validate_colour(colour)
        ratio = worst_contrast(colour, is_dark=is_dark)
        if ratio < MIN_CONTRAST:
            raise forms.ValidationError(
                _("Too little contrast to be read on dark pages (%(ratio).1f to 1): choose a lighter colour.")
                if is_dark
                else _("Too little contrast to be read on light pages (%(ratio).1f to 1): choose a darker colour."),
                params={"ratio": ratio},
            )
        return colour.lower()


@admin.register(SiteSettings)
class SiteSettingsAdmin(PictureAdminMixin, EditableAdmin[SiteSettings]):
    """A single row: the form for a new one leads to it."""

    form = SiteSettingsForm
    list_display = ["__str__", "contact_email", "updated_at"]
    readonly_fields = ["current_logo"]
    fields = [
        "name",
        "current_logo",
        "logo",
        "removes_logo",
        "light_accent",
        "dark_accent",
        "contact_email",
        "contact_phone",
        "postal_address",
        "vat_number",
        "posters",
    ]

    @admin.display(description=_("current logo"))
    def current_logo(self, row: SiteSettings) -> str:
        logo = current_site().logo_url
        return format_html('<img src="{}" alt="" height="48">', logo) if logo else "–"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if SiteSettings.objects.exists():
            return redirect("admin:catalog_sitesettings_change", SiteSettings.ONLY_PK)
        return super().add_view(request, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: SiteSettings, form: Any, change: bool) -> None:
        obj.pk = SiteSettings.ONLY_PK
        super().save_model(request, obj, form, change)
        replaced, chosen = obj.logo_stem, form.stored_picture
        if chosen or form.cleaned_data["removes_logo"]:
            obj.logo_stem = chosen.stem if chosen else ""
            obj.save(update_fields=["logo_stem"])
            if replaced:
                transaction.on_commit(partial(delete_picture, replaced, rules=LOGO_RULES))
        forget_site()
