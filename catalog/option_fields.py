"""Form fields for the options of products: what their variants differ in, and a variant's value for each."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.imports.values.text import clean_line
from catalog.models.variant import make_key
from catalog.stock import MAX_OPTIONS

MAX_CHARACTERS = 255


class HiddenTextsWidget(forms.MultiWidget):
    def __init__(self, count: int, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([forms.HiddenInput] * count, attrs)

    def decompress(self, value: Sequence[str] | None) -> list[str]:
        return _fill_up(value, len(self.widgets))


class OptionTextsWidget(forms.MultiWidget):
    """One labelled text input for each option."""

    template_name = "catalog/labelled_inputs.html"

    def __init__(self, labels: Sequence[Any], attrs: dict[str, Any] | None = None) -> None:
        self.labels = list(labels)
        super().__init__([forms.TextInput({"maxlength": MAX_CHARACTERS, "dir": "auto"}) for _label in labels], attrs)

    def decompress(self, value: Sequence[str] | None) -> list[str]:
        return _fill_up(value, len(self.labels))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for subwidget, label in zip(context["widget"]["subwidgets"], self.labels, strict=True):
            subwidget["label"] = label
        return context


class OptionTextsField(forms.MultiValueField):
    """Texts of options, as a list without the empty ones at its end."""

    def __init__(self, *, labels: Sequence[Any], **kwargs: Any) -> None:
        inputs = [forms.CharField(required=False, max_length=MAX_CHARACTERS) for _label in labels]
        options: dict[str, Any] = {"required": False, "require_all_fields": False, "widget": OptionTextsWidget(labels)}
        super().__init__(inputs, **(options | kwargs))
        self.hidden_widget: Any = partial(HiddenTextsWidget, len(inputs))

    def compress(self, values: Sequence[str]) -> list[str]:
        texts = [clean_line(text or "") for text in values]
        while texts and not texts[-1]:
            texts.pop()
        return texts

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.compress(initial or []) != self.compress(data or [])


class OptionNamesField(OptionTextsField):
    """What the variants of a product differ in, such as “Colour” and “Size”."""

    def __init__(self, **kwargs: Any) -> None:
        labels = [format_lazy("{} {}", gettext_lazy("Option"), number) for number in range(1, MAX_OPTIONS + 1)]
        super().__init__(labels=labels, **kwargs)

    def clean(self, value: Any) -> list[str]:
        names: list[str] = [name for name in super().clean(value) if name]
        if len({make_key([name]) for name in names}) < len(names):
            raise forms.ValidationError(_("Two options have the same name."))
        return names


def _fill_up(texts: Sequence[str] | None, count: int) -> list[str]:
    shown = list(texts or [])[:count]
    return shown + [""] * (count - len(shown))
