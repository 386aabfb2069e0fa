"""Admin pages on which staff change rows. Their forms write what was changed, not what they had read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from psycopg.errors import UniqueViolation

from accounts.date_fields import ClearDateField, ClearDateTimeField
from accounts.edit_forms import EditForm
from accounts.key_selects import KeySelect, KeySelectMultiple
from accounts.keys import parse_keys
from accounts.large_tables import LargeTableAdmin

REFUSAL = "_refused_save"
"""Name of the request's attribute for the ValidationError with which `save_model` refused the form."""

SLUG_LETTERS = gettext_lazy("Use only letters from a to z, digits, hyphens and underscores, without spaces.")


class EditableAdmin[Row: models.Model](LargeTableAdmin, admin.ModelAdmin[Row]):
    """Base of admin pages with forms. A subclass's own `form` must derive from EditForm."""

    form: type[forms.ModelForm[Row]] = EditForm
    formfield_overrides = {  # a mutable class attribute, as in Django's documentation
        models.DateField: {"form_class": ClearDateField},
        models.DateTimeField: {"form_class": ClearDateTimeField},
        models.SlugField: {"error_messages": {"invalid": SLUG_LETTERS}},
    }

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the values that the address gives for a new row, without keys that no row can have."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        relations = {field.name for field in self.opts.get_fields() if field.is_relation}
        return {name: value for name, value in initial.items() if name not in relations or parse_keys(value)}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Row, form: Any, change: bool) -> None:
        if change:
            form.save_changes()
        else:
            super().save_model(request, obj, form, change)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm[Row]]:
        return super().get_changelist_form(request, **{"form": EditForm, **kwargs})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show or save the form.

        If another request took a unique value between validation and saving, then nothing of this one is saved.
        Validating again finds that row, so the form is shown with the reason at its field. A `save_model` that raises
        ValidationError is refused in the same way: its sentence stands on the form, with everything that was typed.
        """
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError as error:
            if not isinstance(error.__cause__, UniqueViolation):
                raise
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as refusal:
            setattr(request, REFUSAL, refusal)
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Row | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, REFUSAL, None)  # Django makes a class for each request
        return form

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST" and "_save" in request.POST:
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        return super().changelist_view(request, extra_context)
