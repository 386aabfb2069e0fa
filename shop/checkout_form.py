"""The form of the checkout page: where the order goes, where the invoice goes, and for guests the email address."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.focused_errors import FocusesFirstError
from accounts.keys import parse_key
from accounts.pasted_text import PastedEmailField
from catalog.vat_numbers import VatNumberRefused, check_vat_number
from shop.address_forms import AddressForm
from shop.addresses import destination_of
from shop.attribution import Buyer
from shop.kept_cards import explain_missing_card, find_usable_card, keeps_cards
from shop.models import Address
from shop.order_payment import Means
from shop.orders import OrderRefused
from shop.quotes import Confirmation
from shop.rates import Destination
from shop.shopper import Shopper

NEW = "new"


class ContactForm(FocusesFirstError, forms.Form):
    """A guest's email address."""

    email = PastedEmailField(
        label=_("Email address"),
        help_text=_("We send the order confirmation here. You don't need an account."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class BusinessForm(FocusesFirstError, forms.Form):
    """The VAT number of a business, which is checked by the rules of its country."""

    vat_number = forms.CharField(
        label=_("VAT number (optional)"),
        max_length=40,
        required=False,
        help_text=_("Only for businesses."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict | None, *, country_code: str) -> None:
        super().__init__(data)
        self._country_code = country_code

    def clean_vat_number(self) -> str:
        try:
            typed = str(self.cleaned_data["vat_number"])
            return check_vat_number(typed, self._country_code) if typed.strip() else ""
        except VatNumberRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class CheckoutForm:
    """The parts of the form together. What was typed into any part is kept when another part is wrong.

    Signed-in shoppers choose one of their saved addresses, or type another one. After another country was chosen
    (`is_refresh`), the addresses are shown again before they are checked.
    """

    def __init__(self, data: QueryDict | None, *, shopper: Shopper, is_refresh: bool = False) -> None:
        self._shopper = shopper
        self._data = data
        self.saved = list(Address.objects.owned_by(shopper.user).default_first())
        self.chosen = self._find_chosen()
        self.has_billing = data is not None and "has_billing" in data
        if data is not None and is_refresh:
            contact = ContactForm(initial={"email": data.get("email", "")})
            self.delivery = AddressForm.refresh(data.dict())
            self.billing = AddressForm.refresh(data.dict(), prefix="billing")
        else:
            contact = ContactForm(data)
            self.delivery = AddressForm(data, is_required=self.chosen is None)
            self.billing = AddressForm(data, prefix="billing", is_required=self.has_billing)
        # A browser refuses to send a form in which a hidden field is required, without saying why.
        self.billing.use_required_attribute = False
        self.delivery.use_required_attribute = not self.saved
        self.contact = None if shopper.user else contact
        self.business = BusinessForm(data, country_code=self.country_code)
        self.saves_address = shopper.user is not None and (data is None or "save_address" in data)

    def is_valid(self) -> bool:
        """Check the parts that count. An address that is hidden, because it is not chosen, keeps no order back."""
        delivery = None if self.chosen else self.delivery
        billing = self.billing if self.has_billing else None
        parts = [part for part in (self.contact, delivery, billing, self.business) if part is not None]
        return all(part.is_valid() for part in parts)

    @property
    def country_code(self) -> str:
        return self.chosen.country_code if self.chosen else self.delivery.country_code

    @property
    def destination(self) -> Destination:
        """Return as much of the delivery address as is known, with a correct VAT number, for the quote."""
        place = destination_of(self.chosen) if self.chosen else self.delivery.destination
        place = replace(place, shipping_option_id=self.shipping_option_id, pickup_place_ids=self.pickup_place_ids)
        is_business = self.business.is_bound and self.business.is_valid()
        return replace(place, vat_number=self.business.cleaned_data["vat_number"]) if is_business else place

    @property
    def buyer(self) -> Buyer:
        """Return the buyer of a valid form."""
        user = self._shopper.user
        email = user.email if user else (self.contact.cleaned_data["email"] if self.contact else "")
        billing = self.billing.address if self.has_billing else None
        address = self.chosen or self.delivery.address
        vat_number = self.business.cleaned_data["vat_number"]
        return Buyer(
            self._shopper,
            email,
            address,
            vat_number,
            billing,
            self.shipping_option_id,
            self.pickup_place_ids,
            self.agrees_to_download,
        )

    @property
    def shipping_option_id(self) -> int | None:
        """Return the chosen shipping option, or None for the cheapest delivery."""
        return parse_key(self._data.get("shipping_option")) if self._data is not None else None

    @property
    def pickup_place_ids(self) -> tuple[int, ...]:
        """Return the chosen pickup places, at most one for each seller."""
        values = (self._data[name] for name in self._data or () if name.startswith("pickup-")) if self._data else ()
        return tuple(key for key in map(parse_key, values) if key)

    @property
    def agrees_to_download(self) -> bool:
        """Return whether the shopper ticked that the download may begin at once. The tick is never set at first."""
        return self._data is not None and "agrees_to_download" in self._data

    @property
    def confirmation(self) -> Confirmation:
        """Return the total that was shown with the form. Without one, return a total that no order has."""
        data: Any = self._data or {}
        total = str(data.get("expected_total_minor", ""))
        total_minor = int(total) if total.isascii() and total.isdecimal() and len(total) < 19 else -1
        return Confirmation(total_minor, data.get("expected_currency", ""), data.get("quote_id", ""))

    @property
    def keeps_card(self) -> bool:
        """Return whether the shopper ticked that the card is kept. The tick is never set at first."""
        return self._data is not None and "keep_card" in self._data and keeps_cards(self._shopper.user)

    def read_means(self, now: datetime) -> Means:
        """Return how the shopper wants to pay, by the button that was used. Raises OrderRefused if that card is gone."""
        card_id = str(self._data.get("card", "")) if self._data is not None else ""
        if not card_id:
            return Means(keeps_card=self.keeps_card, payer=self._shopper.user)
        card = find_usable_card(self._shopper.user, parse_key(card_id), now=now)
        if card is None:
            raise OrderRefused(explain_missing_card())
        return Means(card, payer=self._shopper.user)

    def _find_chosen(self) -> Address | None:
        """Return the saved address that was chosen, or None if another one is typed."""
        if self._data is None:
            return self.saved[0] if self.saved else None
        choice = self._data.get("address", NEW)
        return next((address for address in self.saved if str(address.pk) == choice), None)
