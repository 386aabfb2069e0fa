"""The forms of a viewer's own choices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Category
from feed.models import Dial
from feed.preferences import LEAST_INTERESTS, offered_interests


class WelcomeForm(forms.Form):
    interests = forms.ModelMultipleChoiceField(
        Category.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    dial = forms.TypedChoiceField(
        label=_("How much of your feed may be selling?"), choices=Dial.choices, coerce=int, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, is_adult: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["interests"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = offered_interests(is_adult=is_adult)

    def clean_interests(self) -> Any:
        """Take none (the question is skipped) or at least five, or all where there are fewer."""
        chosen = self.cleaned_data["interests"]
        field = self.fields["interests"]
        assert isinstance(field, forms.ModelMultipleChoiceField) and field.queryset is not None
        least = min(LEAST_INTERESTS, field.queryset.count())
        if 0 < len(chosen) < least:
            raise forms.ValidationError(_("Choose at least %(count)d, or none to skip."), params={"count": least})
        return chosen
