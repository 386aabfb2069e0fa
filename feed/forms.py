"""Form for a viewer's feed preferences."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from catalog.models import Category, ProductImage
from feed.models import Dial
from feed.preferences import MIN_INTERESTS, offered_interests, pictures_of


class CategoriesField(forms.ModelMultipleChoiceField[Category]):
    """Categories to choose from, by their names in the active language."""

    def label_from_instance(self, obj: Category) -> str:
        return obj.local_name

    def clean(self, value: Any) -> QuerySet[Category]:
        """Leave out categories that are not offered any more, which somebody may still see on an open page."""
        assert self.queryset is not None
        offered = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}
        return super().clean([chosen for chosen in value or () if str(chosen) in offered])


class WelcomeForm(forms.Form):
    """A form for choosing interests and the commerce dial."""

    interests = CategoriesField(Category.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    dial = forms.TypedChoiceField(
        label=_("How many clips may be ads?"), choices=Dial.choices, coerce=int, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, is_adult: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["interests"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = offered_interests(is_adult=is_adult)

    def pictured_interests(self) -> list[tuple[BoundWidget, ProductImage | None]]:
        """Return the choices, each with a picture of a product of that category."""
        choices = list(self["interests"])
        categories = {choice.data["value"].value: choice.data["value"].instance for choice in choices}
        pictures = pictures_of(categories.values())
        return [(choice, pictures.get(choice.data["value"].value)) for choice in choices]

    def clean_interests(self) -> Any:
        """Return the chosen interests, which are empty if the viewer skips this step.

        Raises ValidationError if fewer than MIN_INTERESTS are chosen although enough are offered.
        """
        chosen = self.cleaned_data["interests"]
        field = self.fields["interests"]
        assert isinstance(field, forms.ModelMultipleChoiceField) and field.queryset is not None
        minimum = min(MIN_INTERESTS, field.queryset.count())
        if self["interests"].data and len(chosen) < minimum:
            raise forms.ValidationError(
                _("Choose at least %(count)d interests, or none to skip this step."), params={"count": minimum}
            )
        return chosen
