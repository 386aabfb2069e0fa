"""Studio forms for a photo post: its words, its photos, and the products on them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creators.models import Enrolment
from videos.models import Photo
from videos.studio.fields import CampaignField, CampaignSelect
from videos.studio.forms import MAX_TAGS, BaseTagFormSet, ClipForm, ProductRow


class PhotoPostForm(ClipForm):
    """A form for a photo post, without its photos and its products. It needs no campaign."""

    campaign = CampaignField(
        label=_("Campaign"),
        queryset=Enrolment.objects.none(),
        required=False,
        empty_label=_("None: this post is unpaid"),
        widget=CampaignSelect,
    )
    # What a film says, a photo post has not.
    captions_file = None  # type: ignore[assignment]
    captions_vtt = None  # type: ignore[assignment]
    is_speechless = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["caption"].label = _("Text")
        self.fields["caption"].help_text = _("What would you tell a friend? The text appears over the photos.")
        self.fields["kind"].label = _("Type of post")


class PhotoForm(forms.Form):
    """A form row for one photo of the post."""

    id = forms.IntegerField(widget=forms.HiddenInput)
    alternative_text = forms.CharField(
        label=_("What the photo shows"),
        required=False,
        max_length=Photo.TEXT_LENGTH,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("For people who can't see it."),
    )
    order = forms.IntegerField(label=_("Order"), required=False, min_value=1, max_value=99)
    is_removed = forms.BooleanField(label=_("Remove this photo"), required=False)


PhotoFormSet = forms.formset_factory(
    PhotoForm, extra=0, max_num=Photo.MAX_PER_POST, absolute_max=Photo.MAX_PER_POST, validate_max=True
)


class PlacedTagForm(ProductRow):
    """A form row for one product and its place on a photo, in percent of the photo's width and height."""

    photo = forms.TypedChoiceField(label=_("On photo"), required=False, coerce=int, empty_value=None)
    x = forms.FloatField(
        label=_("From the left, in %"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput({"step": "any"}),
    )
    y = forms.FloatField(
        label=_("From the top, in %"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput({"step": "any"}),
    )

    def __init__(self, *args: Any, photo_ids: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbered = [(pk, str(number)) for number, pk in enumerate(photo_ids, 1)]
        self.fields["photo"].choices = numbered or [("", "–")]  # type: ignore[attr-defined]  # it is the field above

    def clean_where(self, values: dict[str, Any]) -> None:
        if values.get("photo") is None and "photo" not in self.errors:
            self.add_error("photo", _("Add a photo first."))
        for name in ("x", "y"):
            if values.get(name) is None and name not in self.errors:
                self.add_error(name, _("Enter where on the photo the product is: 50 is the middle."))


class BasePlacedTagFormSet(BaseTagFormSet):
    sentence_twice = _("This product is already tagged. One place for each product is enough.")


PlacedTagFormSet = forms.formset_factory(
    PlacedTagForm,
    formset=BasePlacedTagFormSet,
    extra=0,
    max_num=MAX_TAGS,
    absolute_max=MAX_TAGS,
    validate_max=True,
)
