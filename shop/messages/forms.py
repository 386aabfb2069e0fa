"""Forms for messages and for reports of them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.focused_errors import FocusesFirstError
from shop.messages.threads import MOST_WORDS


class MessageForm(FocusesFirstError, forms.Form):
    words = forms.CharField(
        label=_("Your message"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )


class ReportMessageForm(forms.Form):
    words = forms.CharField(max_length=500, required=False)
