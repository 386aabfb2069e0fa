"""Forms for changing a payout account and for reversing a posting."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creators.models import Agency, Creator
from payouts.models import PayoutAccount, Posting

IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
PLAIN_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{8,40}|[A-Za-z0-9]{6,34}")


class PayoutAccountForm(forms.ModelForm[PayoutAccount]):
    """A form for the payout account. It starts empty, because a saved account number is never shown in full."""

    class Meta:
        model = PayoutAccount
        fields = ["holder_name", "number", "tax_id"]
        widgets = {
            "holder_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "number": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "tax_id": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        }
        help_texts = {"tax_id": _("Optional. Only our finance team sees it.")}

    def clean_number(self) -> str:
        """Return the account number without spaces and hyphens.

        Raises ValidationError if the number has the wrong form, or if the check digits of an IBAN are wrong.

        Source: ISO 13616.
        """
        number = re.sub(r"[\s-]", "", str(self.cleaned_data["number"]))
        if IBAN.fullmatch(number.upper()):
            if int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 != 1:
                raise forms.ValidationError(_("This IBAN is not valid. Check it for typos and try again."))
            return number.upper()
        if not PLAIN_ACCOUNT.fullmatch(number):
            raise forms.ValidationError(_("Enter an IBAN, or an account and routing number: letters and digits only."))
        return number


class AccountProposalForm(PayoutAccountForm):
    """Staff propose another payout account for one creator or one agency, with the reason."""

    creator = forms.ModelChoiceField(Creator.objects.all(), label=_("Creator"), required=False)
    agency = forms.ModelChoiceField(Agency.objects.all(), label=_("Agency"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("The second person reads it: who asked for the change, and how you made sure that it was them."),
    )
    field_order = ("creator", "agency", "holder_name", "number", "tax_id", "reason")

    def clean(self) -> dict[str, Any]:
        """Require exactly one payee."""
        values = super().clean() or self.cleaned_data
        if bool(values.get("creator")) == bool(values.get("agency")) and not self.errors:
            self.add_error("creator", _("Choose a creator or an agency, not both."))
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
