"""Admin's page on which a wording rule is tried, as typed, on captions that were submitted. It saves nothing."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.forms.models import fields_for_model, model_to_dict
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import user_with_permission
from accounts.key_selects import KeySelect, KeySelectMultiple
from accounts.keys import parse_key
from catalog.forms import CategorySlugsField
from catalog.models import Product
from videos.models import WordingRule
from videos.models.wording import NEEDS_WORD, are_phrases
from videos.review.rule_trials import Trial, try_rule

FIELDS = ("phrases", "unless", "language", "campaign", "category_slugs")
"""What decides which captions a rule matches. The rule's own form, with the same names, is posted here."""
ROWS = 100
"""How many of the flagged captions the page lists."""


def category_widget() -> KeySelectMultiple:
    """Return a widget that searches as the category of a product does, because slugs are no relation."""
    return KeySelectMultiple(Product._meta.get_field("category"), admin.site)


def let_texts_set_direction(fields: Mapping[str, forms.Field]) -> None:
    """Let each typed text run as its own language does, because a rule is often in another one than the page."""
    for field in fields.values():
        if isinstance(field.widget, forms.TextInput | forms.Textarea):
            field.widget.attrs["dir"] = "auto"


class TrialForm(forms.Form):
    """The part of a rule that decides what it matches, as typed in the form of `rule` or of a new one."""

    def __init__(self, data: Any, *, rule: WordingRule) -> None:
        super().__init__(data, initial=model_to_dict(rule, FIELDS))
        campaign_widget = KeySelect(WordingRule._meta.get_field("campaign"), admin.site)
        self.fields |= fields_for_model(
            WordingRule,
            FIELDS,
            widgets={"campaign": campaign_widget, "category_slugs": category_widget()},
            field_classes={"category_slugs": CategorySlugsField},
        )
        self.fields["language"].required = False
        let_texts_set_direction(self.fields)

    def clean_phrases(self) -> str:
        phrases: str = self.cleaned_data["phrases"]
        if not are_phrases(phrases):
            raise forms.ValidationError(NEEDS_WORD)
        return phrases

    def clean_language(self) -> str:
        """Return the rule's own language if the form doesn't send one, as that of a shipped rule."""
        language: str = self.cleaned_data["language"] or self.initial["language"]
        return language

    def clean_category_slugs(self) -> list[str]:
        """Keep the slugs of categories that the shop doesn't have yet, unless others were chosen."""
        is_changed = "category_slugs" in self.changed_data
        slugs: list[str] = self.cleaned_data["category_slugs"] if is_changed else self.initial["category_slugs"]
        return slugs

    def try_rule(self) -> Trial:
        """Try the rule. Call it only on a valid form."""
        typed = WordingRule(**self.cleaned_data)
        return try_rule(typed.as_rule(), campaign=typed.campaign)


def trial_page(request: HttpRequest) -> HttpResponse:
    """Show what a rule matches and, on POST, the last captions that it would flag. `?rule=` names a saved rule."""
    for permission in ("videos.view_wordingrule", "videos.view_clip"):
        user_with_permission(request, permission)
    rule = WordingRule.objects.filter(pk=parse_key(request.GET.get("rule"))).first()
    form = TrialForm(request.POST if request.method == "POST" else None, rule=rule or WordingRule())
    trial = form.try_rule() if form.is_valid() else None
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Try a wording rule"),
        "opts": WordingRule._meta,
        "original": rule,
        "form": form,
        "media": form.media,
        "trial": trial,
        "flagged": trial.flagged[:ROWS] if trial else [],
        "back": reverse("admin:videos_wordingrule_change", args=[rule.pk])
        if rule
        else reverse("admin:videos_wordingrule_changelist"),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/videos/wordingrule/trial.html", context, status=status)
