"""What a creator fills in to be paid."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from payouts.models import PayoutAccount

IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
PLAIN_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{8,40}|[A-Za-z0-9]{6,34}")


class PayoutAccountForm(forms.ModelForm[PayoutAccount]):
    """The number is never shown again in full, so it is always typed anew."""

    class Meta:
        model = PayoutAccount
        fields = ["holder_name", "number", "tax_id"]
        widgets = {
            "holder_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "number": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "tax_id": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        }
        help_texts = {"tax_id": _("If you have one. It goes to our bookkeeping alone.")}

    def clean_number(self) -> str:
        """Return the number without spaces; an IBAN has to be one. Source: ISO 13616, check digits modulo 97."""
        number = re.sub(r"[\s-]", "", str(self.cleaned_data["number"]))
        if IBAN.fullmatch(number.upper()):
            if int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 != 1:
                raise forms.ValidationError(_("This IBAN has a typing mistake: its check digits do not fit."))
            return number.upper()
        if not PLAIN_ACCOUNT.fullmatch(number):
            raise forms.ValidationError(_("Write an IBAN, or account and routing number, without other signs."))
        return number
