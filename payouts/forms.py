"""Forms for changing a payout account and for reversing a posting."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

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


class ReversalForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=Posting._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("The creator reads it on the statement."),
    )
