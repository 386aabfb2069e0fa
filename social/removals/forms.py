"""Forms of removals: the owner's appeal, the decision on it, and what staff remove from messages and profiles."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from creators.models import Creator
from social.models import ProfilePart, Removal, RemovalReason
from social.ratings.content import clean_words


class RemovalAppealForm(forms.Form):
    words = forms.CharField(
        label=_("Why is this wrong?"),
        max_length=Removal.MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("You can write this once, in at most 1,000 characters."),
        error_messages={"required": _("Say why it is wrong.")},
    )

    def clean_words(self) -> str:
        words = clean_words(str(self.cleaned_data["words"]), most=Removal.MAX_WORDS)
        if not words:
            raise ValidationError(_("Say why it is wrong."))
        return words


class AppealDecisionForm(forms.Form):
    """Form for deciding on an appeal. The owner reads `words`."""

    answer = forms.ChoiceField(
        choices=[("restore", _("Restore")), ("uphold", _("Uphold"))],
        error_messages={"required": _("Choose a decision."), "invalid_choice": _("Choose a decision.")},
    )
    words = forms.CharField(
        max_length=Removal.MAX_WORDS, error_messages={"required": _("Enter a reason. The author reads it.")}
    )


class RemovalForm(forms.Form):
    """What staff say when they remove something: a reason of the list and, for another one, words."""

    reason = forms.TypedChoiceField(label=_("Reason"), choices=RemovalReason, coerce=RemovalReason)
    words = forms.CharField(
        label=_("More for its author"),
        max_length=Removal.MAX_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80, "dir": "auto"}),
        help_text=_("The author reads it with the reason and its rule, and can appeal."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("reason") == RemovalReason.OTHER and not cleaned.get("words"):
            self.add_error("words", _("Enter a reason. The author reads it."))
        return cleaned


class ProfileRemovalForm(RemovalForm):
    parts = forms.TypedMultipleChoiceField(
        label=_("What is removed"),
        choices=ProfilePart,
        coerce=ProfilePart,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["parts"]

    def __init__(self, *args: Any, creator: Creator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [(str(part), f"{part.label}: {getattr(creator, part)}") for part in (ProfilePart.NAME, ProfilePart.BIO)]
        self.fields["parts"].choices = [*shown, (str(ProfilePart.PICTURE), ProfilePart.PICTURE.label)]  # type: ignore[attr-defined]
