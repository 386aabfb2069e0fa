"""Forms for making a profile, becoming a creator and changing a profile."""

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
        fields: tuple[str, ...] = ("handle", "display_name", "bio")
        help_texts = {
            "handle": _(
                "3 to 30 lowercase letters, digits, dots or underscores. It becomes part of your profile's address."
            ),
            "display_name": _("The name that everybody sees."),
            "bio": _("One or two sentences for your profile."),
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


class MemberForm(HandleForm):
    """A new profile of somebody who need not join a campaign."""

    is_old_enough = forms.TypedChoiceField(
        label=_("How old are you?"),
        choices=[("yes", _("I am 16 or over")), ("no", _("I am under 16"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        help_text=_("Public profiles are for people who are 16 or over. We store nothing about those who are not."),
        error_messages={"required": _("Say whether you are 16 or over.")},
    )
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG, WebP, GIF, HEIC or AVIF. It is shown as a circle."),
        widget=PictureInput,
    )


class ProfileForm(HandleForm):
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG, WebP, GIF, HEIC or AVIF. It is shown as a circle."),
        widget=PictureInput,
    )
    removes_picture = forms.BooleanField(label=_("Remove the picture"), required=False)

    class Meta(HandleForm.Meta):
        fields = (*HandleForm.Meta.fields, "shows_likes")
        help_texts = HandleForm.Meta.help_texts | {
            "handle": _("Your profile's address. The old one redirects for 90 days, and nobody else can ever take it."),
        }

    def __init__(self, data: Any = None, files: Any = None, *, creator: Creator) -> None:
        super().__init__(data, files, instance=Creator.objects.get(pk=creator.pk))
        if not creator.avatar_stem:
            self.fields["removes_picture"].widget = forms.HiddenInput()

    def changes(self) -> dict[str, Any]:
        """Return the new values of the fields that were changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.Meta.fields}
