"""The form of an address. Its fields are those of the country, and change when another country is chosen."""

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.focused_errors import FocusesFirstError
from catalog.countries import country_choices, country_codes
from shop.address_rules import (
    ADDRESS_FIELDS,
    TYPED_LENGTHS,
    AddressField,
    AddressInvalid,
    clean_address,
    get_address_fields,
    home_country,
    is_phone_required,
)
from shop.models import Address
from shop.rates import Destination
from shop.regions import find_region

AUTOCOMPLETE = {
    "name": "name",
    "company": "organization",
    "street": "address-line1",
    "extra": "address-line2",
    "district": "address-level3",
    "city": "address-level2",
    "region": "address-level1",
    "postal_code": "postal-code",
    "country_code": "country",
    "phone": "tel",
}


class CountryField(forms.ChoiceField):
    """A country, chosen by its name. Its value is the two-letter code, in capitals."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class AddressForm(FocusesFirstError, forms.Form):
    """A form with the fields of one country's addresses.

    What was typed into fields that this country lacks stays in hidden fields, for when the country is changed back, and
    is not saved. `data` decides the country if it names one; otherwise `initial`, or else the shop's country.
    """

    def __init__(
        self, data: Any = None, *, initial: Mapping[str, str] | None = None, prefix: str = "", is_required: bool = True
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), prefix=prefix or None)
        self.country_code = self.initial["country_code"] = self._find_country()
        self._is_required = is_required
        rules = {field.column: field for field in get_address_fields(self.country_code)}
        self.fields["country_code"] = CountryField(
            label=_("Country"), choices=country_choices(), initial=self.country_code, required=is_required
        )
        self._add_text("name", _("Full name"), is_required=True)
        self._add_text("company", _("Company"), is_required=False)
        for field in rules.values():
            self._add(field)
        self._add_text("phone", _("Phone"), is_required=is_phone_required(self.country_code))
        self.fields["phone"].help_text = _("For the carrier. Numbers of another country need their country code.")
        self.fields["phone"].widget = forms.TelInput(self.fields["phone"].widget.attrs | {"dir": "ltr"})
        for column in set(ADDRESS_FIELDS) - set(self.fields):
            self.fields[column] = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
        area = "billing " if prefix else ""
        for column, token in AUTOCOMPLETE.items():
            self.fields[column].widget.attrs["autocomplete"] = area + token

    @classmethod
    def refresh(cls, data: Mapping[str, Any], *, prefix: str = "") -> Self:
        """Return the form for the country that was chosen, with what was typed, before anything is checked."""
        start = f"{prefix}-" if prefix else ""
        typed = {name: str(data.get(f"{start}{name}", "")) for name in (*ADDRESS_FIELDS, "label")}
        return cls(initial=typed | {"country_code": typed["country_code"].upper()}, prefix=prefix)

    @property
    def address(self) -> Address:
        """Return the cleaned address, unsaved."""
        return Address(**{name: self.cleaned_data[name] for name in ADDRESS_FIELDS})

    @property
    def destination(self) -> Destination:
        """Return as much of the address as decides shipping and tax, even if the rest is missing or wrong."""
        return Destination(self.country_code, find_region(self.country_code, str(self["region"].value() or "")))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self._is_required:
            return values
        shown = {name: str(values.get(name) or "") for name in self.fields if not self[name].is_hidden}
        try:
            return {**values, **clean_address(dict.fromkeys(ADDRESS_FIELDS, "") | shown)}
        except AddressInvalid as refusal:
            for name, problem in refusal.errors.items():
                if name not in self.errors:
                    self.add_error(name, problem)
        return values

    def _find_country(self) -> str:
        typed = self.data.get(self.add_prefix("country_code"), "") if self.is_bound else ""
        for code in (str(typed).upper(), self.initial.get("country_code", "")):
            if code in country_codes():
                return str(code)
        return home_country()

    def _add(self, field: AddressField) -> None:
        if not field.choices:
            self._add_text(field.column, field.label, is_required=field.is_required)
            if field.column == "postal_code":
                self.fields["postal_code"].widget.attrs["dir"] = "ltr"
            return
        choices = [("", _("Choose…")), *field.choices]
        self.fields[field.column] = forms.CharField(
            label=self._label(field.label, field.is_required),
            required=field.is_required and self._is_required,
            widget=forms.Select(choices=choices),
        )

    def _add_text(self, column: str, label: str, *, is_required: bool) -> None:
        length = TYPED_LENGTHS.get(column) or getattr(Address._meta.get_field(column), "max_length", None)
        self.fields[column] = forms.CharField(
            label=self._label(label, is_required), required=is_required and self._is_required, max_length=length
        )

    def _label(self, label: str, is_required: bool) -> str:
        return label if is_required else _("%(label)s (optional)") % {"label": label}


class SavedAddressForm(AddressForm):
    """An address with a name of its own, such as “Home”, for the address book."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["label"] = forms.CharField(
            label=gettext_lazy("Name of this address (optional)"), max_length=40, required=False
        )
        self.fields["label"].help_text = gettext_lazy("Such as “Home” or “Work”.")
        self.order_fields(["label"])
