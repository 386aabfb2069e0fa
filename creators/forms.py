"""Form for becoming a creator."""

from django import forms
from django.utils.translation import gettext_lazy as _

from creators.models import Creator


class CreatorForm(forms.ModelForm[Creator]):
    confirms_adult = forms.BooleanField(
        label=_("I am 18 or over"),
        help_text=_("Creators must be adults. We store the date on which you confirm this."),
        error_messages={"required": _("Creators must be 18 or over.")},
    )

    class Meta:
        model = Creator
        fields = ("handle", "display_name", "bio")
        help_texts = {
            "handle": _(
                "3 to 30 lowercase letters, digits, dots or underscores. It becomes part of your storefront's address."
            ),
            "display_name": _("The name that shoppers see."),
            "bio": _("One or two sentences for your storefront."),
        }
        widgets = {
            "handle": forms.TextInput(
                attrs={"autocapitalize": "none", "autocomplete": "username", "spellcheck": "false"}
            ),
            "bio": forms.Textarea(attrs={"rows": 3}),
        }

    def clean_handle(self) -> str:
        return str(self.cleaned_data["handle"]).lower()
