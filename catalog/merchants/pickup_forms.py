"""The form of a pickup place, for its merchant and for staff."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.edit_forms import EditForm
from accounts.pasted_text import visible_text
from catalog.models import PickupPlace
from catalog.postcodes import LONGEST_TYPED, find_point


class PickupPlaceForm(EditForm[PickupPlace]):
    """A place with its coordinates, or with a postcode by which these are found."""

    postcode = forms.CharField(
        label=gettext_lazy("Postcode or town"),
        max_length=LONGEST_TYPED,
        required=False,
        help_text=gettext_lazy("If you don't know latitude and longitude. Leave these empty then."),
    )

    class Meta:
        model = PickupPlace
        fields = ["name", "address", "opening_hours", "postcode", "latitude", "longitude", "is_offered"]
        widgets = {
            "address": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            "opening_hours": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("latitude", "longitude"):
            self.fields[name].required = False

    def clean_name(self) -> str:
        return visible_text(str(self.cleaned_data["name"]))

    def clean(self) -> dict[str, Any]:
        """Find the coordinates by the postcode, if they are empty."""
        values = super().clean()
        has_coordinates = [values.get(name) is not None for name in ("latitude", "longitude")]
        if {"latitude", "longitude"} & self.errors.keys():
            return values
        if all(has_coordinates):
            if values.get("postcode"):
                self.add_error("postcode", _("Empty latitude and longitude, or remove the postcode."))
            return values
        if any(has_coordinates) or not values.get("postcode"):
            self.add_error("latitude", _("Enter latitude and longitude, or a postcode."))
            return values
        merchant = values.get("merchant") or self.instance.merchant
        country_code = merchant.country or settings.SHOP_COUNTRY
        point = find_point(values["postcode"], country_code)
        if point is None:
            self.add_error("postcode", _("We don't know this postcode or town. Enter latitude and longitude."))
            return values
        return values | {"latitude": point.latitude, "longitude": point.longitude}


def save_place(form: PickupPlaceForm) -> PickupPlace:
    """Save a valid form: of an existing place, only what was changed."""
    place: PickupPlace = form.save()
    return place
