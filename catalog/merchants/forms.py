"""Forms about an organisation: its application, its profile, and who is invited to act for it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.focused_errors import FocusesFirstError
from accounts.pasted_text import PastedEmailField, visible_text
from catalog.countries import country_choices
from catalog.merchants.names import clean_merchant_name
from catalog.models import MerchantRole
from catalog.phone_numbers import PhoneNumberInvalid, clean_phone_number
from catalog.vat_numbers import VatNumberRefused, check_vat_number

CONTACT = ("address", "email", "phone", "about")
"""What owners change by themselves."""
LEGAL = ("name", "legal_name", "country", "vat_number")
"""What staff decide on when owners change it: shoppers, invoices and the tax office rely on it."""
PROFILE = (*LEGAL, *CONTACT)


def list_countries() -> list[tuple[str, str]]:
    return [("", "–"), *country_choices()]


class ProfileFields(FocusesFirstError, forms.Form):
    """Name, legal data and contact of an organisation, checked as shoppers' are."""

    name = forms.CharField(label=_("Name of your shop"), max_length=80, help_text=_("The name that shoppers see."))
    legal_name = forms.CharField(label=_("Company"), max_length=120, help_text=_("As it is registered."))
    country = forms.ChoiceField(label=_("Country"), choices=list_countries)
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "autocomplete": "street-address"}),
        help_text=_("Shown on your page, on invoices and to shoppers who send something back."),
    )
    email = PastedEmailField(label=_("Email address"), help_text=_("For shoppers and the shop."))
    phone = forms.CharField(
        label=_("Phone number"), max_length=40, widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "tel"})
    )
    vat_number = forms.CharField(
        label=_("VAT number (optional)"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        return clean_merchant_name(str(self.cleaned_data["name"]))

    def clean_legal_name(self) -> str:
        name = visible_text(str(self.cleaned_data["legal_name"]))
        if not name:
            raise ValidationError(_("Enter a name with at least one letter."))
        return name

    def clean_address(self) -> str:
        lines = [visible_text(line) for line in str(self.cleaned_data["address"]).splitlines()]
        return "\n".join(line for line in lines if line)

    def clean(self) -> dict[str, Any]:
        """Check the phone number and the VAT number by the rules of the country."""
        values = super().clean() or self.cleaned_data
        country, phone, number = values.get("country"), values.get("phone"), values.get("vat_number")
        if country and phone:
            try:
                values["phone"] = clean_phone_number(phone, country)
            except PhoneNumberInvalid as error:
                self.add_error("phone", str(error))
        if country and number and number.strip():
            try:
                values["vat_number"] = check_vat_number(number, country)
            except VatNumberRefused as refusal:
                self.add_error("vat_number", str(refusal))
        return values


class ApplicationForm(ProfileFields):
    sells = forms.CharField(
        label=_("What do you sell?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Kinds of products, brands, how many, and where people can see them now."),
    )
    accepts_terms = forms.BooleanField(
        label=_("We accept the terms of the shop, and send what is paid in time"),
        error_messages={"required": _("Merchants must accept the terms.")},
    )

    @property
    def profile(self) -> dict[str, str]:
        return {name: str(self.cleaned_data[name]) for name in PROFILE if name in self.cleaned_data}


class SettingsForm(ProfileFields):
    about = forms.CharField(
        label=_("About"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("Shown on your page."),
    )

    @property
    def changes(self) -> dict[str, str]:
        """Return what differs from what the page showed."""
        return {name: str(self.cleaned_data[name]) for name in PROFILE if name in self.changed_data}


class MemberInvitationForm(FocusesFirstError, forms.Form):
    email = PastedEmailField(label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), choices=MerchantRole.choices, initial=MerchantRole.PACKER)
