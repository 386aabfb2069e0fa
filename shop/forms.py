"""Forms for the bag and the address."""

from django import forms
from django.utils.translation import gettext_lazy

from accounts.focused_errors import FocusesFirstError
from accounts.keys import LARGEST_KEY
from accounts.pasted_text import PastedEmailField
from catalog.stock import MAX_QUANTITY


class EmailCorrectionForm(FocusesFirstError, forms.Form):
    """The address to which emails about an order go, instead of one that was refused."""

    email = PastedEmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )


class BagAddForm(forms.Form):
    product = forms.SlugField()
    variant = forms.IntegerField(min_value=1, max_value=LARGEST_KEY, required=False)
    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY, initial=1)
    seen = forms.CharField(required=False, max_length=400)
