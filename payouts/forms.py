"""Forms for changing a payout account and for reversing a posting."""

from dataclasses import fields
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from accounts.focused_errors import FocusesFirstError
from catalog.countries import country_choices
from catalog.models import HOUSE_ID, Merchant
from creators.models import Agency, Creator
from payouts.account_numbers import AccountInvalid, parse_account
from payouts.bank_letters import is_bank_name
from payouts.models import PayoutAccount, Posting
from payouts.models.payee import PAYEES
from payouts.payout_accounts import AccountDetails, find_account

ACCOUNT_ERRORS: dict[str, Any] = {
    "not_stripe": _("Enter the id of a connected Stripe account. It begins with acct_."),
    "stripe_unused": _("This shop does not pay through Stripe. Enter an IBAN, or an account number and a bank code."),
    "wrong_form": _("Enter an IBAN, or an account number: letters and digits only."),
    "iban_invalid": _("This IBAN is not valid. Check it for typos and try again."),
    "iban_needed": _("Banks in this country use IBANs. Enter the IBAN."),
    "bic_invalid": _("This BIC is not valid. With an IBAN you can leave it out."),
    "bank_code_needed": _("Without an IBAN we need the bank's code: routing number, sort code, IFSC, BSB or BIC."),
    "country_needed": _("Choose the country, so that we know what kind of bank code this is."),
    "routing_invalid": _("This routing number is not valid. It has 9 digits; check them for typos."),
    "bank_code_invalid": _("This is neither a bank code of this country nor a BIC. Check it for typos."),
    "gb_sort_code": _("Sort codes have 6 digits, such as 20-20-15. Check it for typos, or enter the IBAN."),
    "gb_number": _("Account numbers in the UK have 8 digits. Put zeros in front of a shorter one."),
    "us_number": _("Account numbers in the US have 4 to 17 digits."),
}


NOT_LATIN = _("Write the name in Latin letters, as your bank writes it, for example on your card or statement.")


class PayoutAccountForm(FocusesFirstError, forms.ModelForm[PayoutAccount]):
    """A form for the payout account. It starts empty, because a saved account number is never shown in full."""

    country_code = forms.ChoiceField(
        label=_("Country"),
        required=False,
        choices=lambda: [("", _("The account's country")), *country_choices()],
        help_text=_("Where you pay tax."),
    )

    class Meta:
        model = PayoutAccount
        fields = ["holder_name", "number", "bank_code", "country_code", "tax_id"]
        widgets = {
            "holder_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "number": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
            "bank_code": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
            "tax_id": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
        }
        help_texts = {
            "holder_name": _("In Latin letters, as the bank writes it."),
            "tax_id": _(
                "Optional. Only our finance team sees it. If you gave one before, leave this empty to keep it."
            ),
        }

    def clean_holder_name(self) -> str:
        """Require a name that can be written in a payment order, unless Stripe pays, which knows the name itself."""
        name = " ".join(str(self.cleaned_data["holder_name"]).split())
        if settings.PAYOUT_PROVIDER != "stripe" and not is_bank_name(name):
            raise ValidationError(NOT_LATIN)
        return name

    def clean(self) -> dict[str, Any]:
        """Check number, bank code and country together, and put the number into the form that banks use."""
        values = super().clean() or self.cleaned_data
        if not {"number", "bank_code", "country_code"} <= values.keys():
            return values
        try:
            account = parse_account(
                number=values["number"],
                bank_code=values["bank_code"],
                country_code=values["country_code"],
                uses_stripe=settings.PAYOUT_PROVIDER == "stripe",
            )
        except AccountInvalid as error:
            self.add_error(error.field, ACCOUNT_ERRORS[error.code])
            return values
        return values | {
            "number": account.number,
            "bank_code": account.bank_code,
            "country_code": account.country_code,
        }

    def details(self) -> AccountDetails:
        """Return the account of a valid form."""
        return AccountDetails(**{field.name: self.cleaned_data[field.name] for field in fields(AccountDetails)})


class AccountProposalForm(PayoutAccountForm):
    """Staff propose another payout account for one payee, with the reason."""

    creator = forms.ModelChoiceField(Creator.objects.all(), label=_("Creator"), required=False)
    agency = forms.ModelChoiceField(Agency.objects.all(), label=_("Agency"), required=False)
    merchant = forms.ModelChoiceField(Merchant.objects.exclude(pk=HOUSE_ID), label=_("Merchant"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("The second person reads it: who asked for the change, and how you made sure that it was them."),
    )
    field_order = (*PAYEES, "holder_name", "number", "bank_code", "country_code", "tax_id", "reason")

    class Meta(PayoutAccountForm.Meta):
        help_texts = {
            "holder_name": _("In Latin letters, as the bank writes it."),
            "tax_id": _("If you leave it empty, it stays as it is."),
        }

    def __init__(self, data: Any, *, account: PayoutAccount | None) -> None:
        """Show what is not secret of the account that this one would replace."""
        shown = (*PAYEES, "holder_name", "country_code")
        super().__init__(data, initial=model_to_dict(account, fields=shown) if account else {})
        self.fields["country_code"].help_text = _("Where the payee pays tax. If you leave it empty, it stays as it is.")

    def clean(self) -> dict[str, Any]:
        """Require exactly one payee. Without a country, theirs stays."""
        typed = self.cleaned_data
        chosen = [typed[name] for name in PAYEES if typed.get(name)]
        payee = chosen[0] if chosen else None
        if payee and not typed.get("country_code", "-") and (account := find_account(payee)):
            typed["country_code"] = account.country_code
        values = super().clean() or typed
        if len(chosen) != 1 and not self.errors:
            self.add_error("creator", _("Choose one creator, one agency or one merchant."))
        return values

    def validate_unique(self) -> None:
        """Leave out the check that the payee has no account yet: this one would replace it."""

    def validate_constraints(self) -> None:
        """Leave out the checks of the row, which is not saved."""


class ReversalForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=Posting._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("The creator reads it on the statement."),
    )
