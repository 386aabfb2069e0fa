"""Mixin for forms whose fields may lie below the first screen: a refused form opens at its first error."""

from django import forms


class FocusesFirstError(forms.BaseForm):
    def full_clean(self) -> None:
        super().full_clean()
        for name, field in self.fields.items():
            if name in self.errors and not field.widget.is_hidden:
                field.widget.attrs["autofocus"] = True
                return
