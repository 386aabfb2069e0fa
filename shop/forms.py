"""Forms for the bag and the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.countries import country_choices
from catalog.stock import MAX_QUANTITY
from shop.models import Address

AUTOCOMPLETE = {
    "name": "name",
    "street": "address-line1",
    "extra": "address-line2",
    "city": "address-level2",
    "region": "address-level1",
    "postal_code": "postal-code",
    "country_code": "country",
}


class CountryField(forms.ChoiceField):
    """A form field for choosing a country by name. Its value is the two-letter country code."""

    def __init__(self, *, label: str, initial: str, **_column_options: Any) -> None:
        super().__init__(label=label, initial=initial, choices=country_choices)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class AddressForm(forms.ModelForm[Address]):
    """A form for the delivery address. It also asks guests for an e-mail address."""

    email = forms.EmailField(
        label=_("Email address"),
        help_text=_("We send the order confirmation here. You don't need an account."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    class Meta:
        model = Address
        fields = ["name", "street", "extra", "postal_code", "city", "region", "country_code"]
        field_classes = {"country_code": CountryField}

    field_order = ["email"]

    def __init__(self, *args: Any, needs_email: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_email:
            del self.fields["email"]
        for name, token in AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = token
        self.fields["extra"].label = _("Apartment, floor or company (optional)")
        self.fields["region"].label = _("State or region (optional)")

    @property
    def address(self) -> Address:
        return self.instance


class BagAddForm(forms.Form):
    product = forms.SlugField()
    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY, initial=1)
    seen = forms.CharField(required=False, max_length=400)
