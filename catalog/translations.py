"""Optional translations of names. A name without a translation into the active language is shown as it is."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language

MAX_CHARACTERS = 120


def translate_name(name: str, translations: Mapping[str, str]) -> str:
    """Return the name in the active language. `translations` has names by language code."""
    return translations.get(get_language() or settings.LANGUAGE_CODE) or name


class TranslationsWidget(forms.MultiWidget):
    """One labelled text input for each language."""

    template_name = "catalog/labelled_inputs.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, max_characters: int = MAX_CHARACTERS) -> None:
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {
            code: forms.TextInput({"maxlength": max_characters, "lang": code, "dir": "auto"})
            for code in dict(settings.LANGUAGES)
        }
        super().__init__(inputs, attrs)

    def decompress(self, value: Mapping[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code, _name in settings.LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for subwidget, (_code, label) in zip(context["widget"]["subwidgets"], settings.LANGUAGES, strict=True):
            subwidget["label"] = label
        return context


class TranslationsFormField(forms.MultiValueField):
    """Translations by language code, without the empty ones."""

    def __init__(self, *, max_characters: int = MAX_CHARACTERS, **kwargs: Any) -> None:
        inputs = [forms.CharField(required=False, max_length=max_characters) for _language in settings.LANGUAGES]
        widget = TranslationsWidget(max_characters=max_characters)
        super().__init__(inputs, require_all_fields=False, widget=widget, **kwargs)

    def compress(self, values: list[str]) -> dict[str, str]:
        codes = dict(settings.LANGUAGES)
        return {code: text for code, text in zip(codes, values or [""] * len(codes), strict=True) if text}

    def has_changed(self, initial: Mapping[str, str] | None, data: Any) -> bool:
        if data and (not isinstance(data, list) or len(data) != len(settings.LANGUAGES)):
            return True  # not what our inputs send
        return bool((initial or {}) != self.compress([text or "" for text in data or []]))


class TranslationsField(models.JSONField):
    """Translations of the row's name by language code, as {"ar": "…"}. Forms show a text input for each language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"default": dict, "db_default": {}, "blank": True}
        super().__init__(*args, **(defaults | kwargs))

    def formfield(self, **kwargs: Any) -> Any:
        allowed = {name: value for name, value in kwargs.items() if name in ("help_text", "label", "disabled")}
        texts = {"label": capfirst(self.verbose_name), "help_text": self.help_text}
        return TranslationsFormField(**({"required": False} | texts | allowed))
