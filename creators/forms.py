"""Forms for becoming a creator and for a creator's profile."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.picture_forms import PictureInput
from creators.models import Creator
from creators.names import clean_handle, clean_name


class NameForm(forms.ModelForm[Creator]):
    """Checks of a new handle and name. Those that were chosen before stay."""

    def clean_handle(self) -> str:
        typed = str(self.cleaned_data["handle"]).lower()
        return clean_handle(typed) if "handle" in self.changed_data else typed

    def clean_display_name(self) -> str:
        typed = str(self.cleaned_data["display_name"])
        return clean_name(typed) if "display_name" in self.changed_data else typed


class HandleForm(NameForm):
    """Handle, name and bio. Whether a handle is free is decided when it is written: see creators.profiles."""

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

    def validate_constraints(self) -> None:
        """Leave the check to the write, which cannot be overtaken by another creator."""


class CreatorForm(HandleForm):
    confirms_adult = forms.BooleanField(
        label=_("I am 18 or over"),
        help_text=_("Creators must be adults. We store the date on which you confirm this."),
        error_messages={"required": _("Creators must be 18 or over.")},
    )


class ProfileForm(HandleForm):
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG, WebP, GIF, HEIC or AVIF. Shoppers see it as a circle."),
        widget=PictureInput,
    )
    removes_picture = forms.BooleanField(label=_("Remove the picture"), required=False)

    class Meta(HandleForm.Meta):
        help_texts = HandleForm.Meta.help_texts | {
            "handle": _(
                "Your storefront's address. The old one redirects for 90 days; nobody else can take it meanwhile."
            ),
        }

    def __init__(self, data: Any = None, files: Any = None, *, creator: Creator) -> None:
        super().__init__(data, files, instance=Creator.objects.get(pk=creator.pk))
        if not creator.avatar_stem:
            self.fields["removes_picture"].widget = forms.HiddenInput()

    def changes(self) -> dict[str, str]:
        """Return the new values of the fields that were changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.Meta.fields}
