"""Forms for ratings: what people write, and the shop's reply."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.picture_rules import ACCEPT
from creators.names import clean_name
from social.models import Rating
from social.ratings.content import MAX_WORDS, RatingContent, clean_words

STAR_CHOICES = {
    5: gettext_lazy("5 stars: very good"),
    4: gettext_lazy("4 stars: good"),
    3: gettext_lazy("3 stars: in between"),
    2: gettext_lazy("2 stars: not so good"),
    1: gettext_lazy("1 star: not for me"),
}


MAX_TOTAL_BYTES = 31 * 1024**2
"""Of all pictures of a form: with its other fields, what the server takes as one page's body."""


class PicturesInput(forms.ClearableFileInput):
    """An input for several pictures. Scripts say before the form is sent if they are too large together."""

    allow_multiple_selected = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        sentence = _("These pictures are larger than %(most)d MB together. Choose fewer or smaller ones.")
        limits = {"data-picture-sizes": MAX_TOTAL_BYTES, "data-too-large": sentence % {"most": MAX_TOTAL_BYTES >> 20}}
        return super().get_context(name, value, (attrs or {}) | limits)


class PicturesField(forms.FileField):
    """Several uploaded files, as a list."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(PicturesField, self).clean(file, initial) for file in files if file]


class RatingForm(forms.Form):
    stars = forms.TypedChoiceField(
        label=gettext_lazy("How do you like it?"),
        choices=STAR_CHOICES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one to five stars.")},
    )
    words = forms.CharField(
        label=gettext_lazy("What should others know?"),
        required=False,
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("Optional. Say what is good and what is not; critical words are welcome."),
    )
    author_name = forms.CharField(
        label=gettext_lazy("Name to show"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"}),
        help_text=gettext_lazy("Everybody sees it beside your rating."),
    )
    pictures = PicturesField(
        label=gettext_lazy("Pictures"),
        required=False,
        widget=PicturesInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy(
            "Up to four: JPEG, PNG, WebP, GIF, HEIC or AVIF. The place where they were taken is left out."
        ),
    )
    removed_pictures = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Remove pictures"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, rating: Rating | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pictures = list(rating.pictures.order_by("position")) if rating else []
        removed: Any = self.fields["removed_pictures"]
        removed.choices = [
            (picture.pk, _("Picture %(number)d") % {"number": number}) for number, picture in enumerate(pictures, 1)
        ]
        if not pictures:
            removed.widget = forms.MultipleHiddenInput()

    def clean_author_name(self) -> str:
        return clean_name(str(self.cleaned_data["author_name"]))

    def clean_words(self) -> str:
        return clean_words(str(self.cleaned_data["words"]))

    @property
    def content(self) -> RatingContent:
        return RatingContent(*(self.cleaned_data[name] for name in ("stars", "words", "author_name")))


class RatingReplyForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Reply"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 80, "dir": "auto"}),
        help_text=gettext_lazy(
            "Everybody reads it below the rating, in the seller's name. Leave it empty to delete the reply."
        ),
    )
    seen_words = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def clean_words(self) -> str:
        return clean_words(str(self.cleaned_data["words"]))

    def clean(self) -> None:
        if "seen_words" in self.errors:  # nobody would see it at a hidden field
            raise forms.ValidationError(_("Open this page again; the reply was not saved."))
