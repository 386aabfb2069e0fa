"""Model forms that write only what was changed, and refuse a field that somebody else changed in the meantime.

Each field is rendered together with its value at that time, as a hidden input. On submission a field counts as changed
if it differs from that value. The row is locked and read again; a field that was not changed keeps the row's value.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.forms.utils import ErrorList
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.key_selects import KeySelectMultiple
from accounts.lists import join_list


class EditForm[Row: models.Model](forms.ModelForm[Row]):
    """Base of model forms that change rows. Validate and save it in one transaction, because it locks the row."""

    aliases: ClassVar[Mapping[str, str]] = {}
    """Maps fields of the form that are not named like the column that they edit to the column's name."""
    refusal: ClassVar[ValidationError | None] = None
    """Why saving was refused after the form had been found valid. EditableAdmin shows the form again with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._columns: dict[str, str] = {}
        if self.instance.pk is None:
            return
        options = self.instance._meta
        columns = {column.name for column in (*options.concrete_fields, *options.many_to_many)}
        names = {name: self.aliases.get(name, name) for name in self.fields}
        self._columns = {name: column for name, column in names.items() if column in columns}
        prefix = self.add_initial_prefix("")
        has_rendered_values = self.is_bound and any(str(key).startswith(prefix) for key in self.data)
        for name, field in self.fields.items():
            is_shown = name in self._columns and not field.disabled and not isinstance(field, forms.FileField)
            field.show_hidden_initial = is_shown and (has_rendered_values or not self.is_bound)
        if has_rendered_values:
            self._complete_rendered_values()
        for name, rows in self.initial.items():
            widget = getattr(self.fields[name].widget, "widget", None) if name in self.fields else None
            if isinstance(widget, KeySelectMultiple):
                widget.rows = rows

    def clean(self) -> dict[str, Any]:
        """Put the row's present value in place of each field that was not changed.

        Raises ValidationError if the row was deleted.
        """
        cleaned = super().clean()
        values: dict[str, Any] = self.cleaned_data if cleaned is None else cleaned
        if self.instance.pk is None:
            return values
        row = self.read_row()
        if row is None:
            raise ValidationError(_("This was deleted while you had the form open. Nothing was saved."))
        for field in row._meta.concrete_fields:
            setattr(self.instance, field.attname, getattr(row, field.attname))
        current = forms.models.model_to_dict(row, list(self._columns.values()))
        for name, column in self._columns.items():
            if name not in self.changed_data:
                values[name] = _native_value(row, column)
            elif column in current and self._was_changed_by_another(name, current[column]):
                self._refuse(name, _native_value(row, column), current[column])
                values.pop(name, None)
        return values

    def read_row(self) -> Row | None:
        """Lock the row and read it again. A subclass may add to it what its form shows in place of the row's values."""
        row: Row | None = type(self.instance)._base_manager.select_for_update().filter(pk=self.instance.pk).first()
        return row

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.refusal is not None and not self.errors:
            self.add_error(None, self.refusal)

    def validate_constraints(self) -> None:
        """Report a combination of values that another row has at the first of its fields, not above the form."""
        super().validate_constraints()
        for error in self.errors.pop(NON_FIELD_ERRORS, ErrorList()).as_data():
            columns = error.params["unique_check"] if error.code == "unique_together" and error.params else ()
            self.add_error(next((name for name in columns if name in self.fields), None), error)

    @cached_property
    def changed_data(self) -> list[str]:
        """Return the names of the fields that differ from what the form showed when it was rendered."""
        return [name for name in super().changed_data if not self._is_as_rendered(name)]

    def save(self, commit: bool = True) -> Any:
        if self.instance._state.adding or not commit:
            return super().save(commit)
        instance = super().save(commit=False)
        self.save_changes()
        self.save_m2m()
        return instance

    def save_changes(self) -> None:
        """Write the changed columns of an existing row, and no others."""
        columns = self.instance._meta.concrete_fields
        names = [column.name for column in columns if column.name in self.changed_data]
        if names:
            names += [column.name for column in columns if getattr(column, "auto_now", False)]
            self.instance.save(update_fields=names)

    def _complete_rendered_values(self) -> None:
        """Name each rendered value in the data. Browsers send nothing for an empty list, and parts for a date."""
        data = _copy(self.data)
        for name, field in self.fields.items():
            html_name = self.add_initial_prefix(name)
            if field.show_hidden_initial and html_name not in data:
                if isinstance(field.hidden_widget(), forms.MultipleHiddenInput):
                    data.setlist(html_name, [])
                elif isinstance(field.hidden_widget(), forms.MultiWidget):
                    data[html_name] = ""
                else:
                    field.show_hidden_initial = False
        self.data = data

    def _rendered_value(self, name: str) -> Any:
        hidden = self.fields[name].hidden_widget()
        return _plain(hidden.value_from_datadict(self.data, self.files, self.add_initial_prefix(name)))

    def _is_as_rendered(self, name: str) -> bool:
        field = self.fields[name]
        if not field.show_hidden_initial:
            return False
        value = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        return bool(_plain(value) == self._rendered_value(name))

    def _was_changed_by_another(self, name: str, current: Any) -> bool:
        """Return whether the row's value is neither what the form showed nor what was typed."""
        field = self.fields[name]
        if not field.show_hidden_initial:
            return False
        self.initial[name] = current
        initial = _plain(self.get_initial_for_field(field, name))
        typed = _plain(field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name)))
        rendered = self._rendered_value(name)
        if str(field.prepare_value(initial)) == str(rendered):
            return False
        return field.has_changed(initial, rendered) and field.has_changed(initial, typed)

    def _refuse(self, name: str, value: Any, current: Any) -> None:
        """Add the sentence, and make the row's value the rendered one, so that saving again replaces it knowingly."""
        text = join_list(value) if isinstance(value, (list, models.QuerySet)) else str(value)
        shown = self.fields[name].prepare_value(current)
        if isinstance(shown, (str, int)) and not isinstance(shown, bool) and not isinstance(value, models.Model):
            text = str(shown)
        sentence = _(
            "Somebody else changed this while you had the form open. It is now: %(value)s. "
            "What you entered is still here. Save again to replace theirs."
        ) % {"value": Truncator(text).chars(200) or "–"}
        self.add_error(name, sentence)
        data, html_name = _copy(self.data), self.add_initial_prefix(name)
        hidden = self.fields[name].hidden_widget()
        if isinstance(hidden, forms.MultipleHiddenInput):
            data.setlist(html_name, [str(part) for part in shown or []])
        elif isinstance(hidden, forms.MultiWidget):
            for index, part in enumerate(hidden.decompress(shown) or []):
                data[f"{html_name}_{index}"] = "" if part is None else str(part)
        else:
            data[html_name] = "" if shown is None else str(shown)
        self.data = data


def _copy(data: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    if isinstance(data, MultiValueDict):
        return data.copy()
    return MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in data.items()})


def _native_value(row: models.Model, name: str) -> Any:
    value = getattr(row, name)
    return value.all() if isinstance(row._meta.get_field(name), models.ManyToManyField) else value


def _plain(value: Any) -> Any:
    """Return text without the differences that browsers make: line endings, and spaces at the ends."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
