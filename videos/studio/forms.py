"""Studio forms for a clip, its product rows, and an appeal."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.focused_errors import FocusesFirstError
from catalog.models import Product
from creators.models import ClipKind, Enrolment
from videos.models.clip import Verdict
from videos.models.interest import Declaration
from videos.playback.captions import MAX_BYTES
from videos.studio.caption_files import checked_captions
from videos.studio.fields import CampaignField, CampaignSelect, TimeField
from videos.studio.suggestions import SUGGESTIONS

CAPTION_LENGTH = 300
MAX_TAGS = 10


class ClipForm(FocusesFirstError, forms.Form):
    """A form for a clip, without its video file and its products."""

    caption = forms.CharField(
        label=_("Caption"),
        max_length=CAPTION_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-counted": CAPTION_LENGTH, "dir": "auto", **SUGGESTIONS}),
        help_text=_("What would you tell a friend? The caption appears over the clip."),
    )
    campaign = CampaignField(
        label=_("Campaign"),
        queryset=Enrolment.objects.none(),
        required=False,
        empty_label=_("Choose a campaign"),
        widget=CampaignSelect,
    )
    kind = forms.ChoiceField(label=_("Type of clip"), choices=ClipKind)
    verdict = forms.ChoiceField(
        label=_("Your verdict"),
        choices=Verdict,
        help_text=_("Be honest. Your verdict affects neither the review nor your fee."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    declaration = forms.ChoiceField(
        label=_("What did you get for showing these products?"),
        choices=Declaration,
        required=False,
        help_text=_(
            "From a brand or anybody else, apart from this shop's fees and commissions. Viewers see it as a label."
        ),
    )
    captions_file = forms.FileField(
        label=_("Captions file"),
        required=False,
        help_text=_("WebVTT (.vtt) or SubRip (.srt)"),
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt"}),
    )
    captions_vtt = forms.CharField(
        label=_("Captions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto", "spellcheck": "true"}),
    )
    is_speechless = forms.BooleanField(label=_("This clip has no speech"), required=False)

    def __init__(self, *args: Any, enrolments: QuerySet[Enrolment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["caption"].widget.attrs["data-checked"] = reverse("api-wording")
        self.fields["campaign"].queryset = enrolments  # type: ignore[attr-defined]  # it is the field above

    def clean_captions_file(self) -> str:
        """Return the captions in the uploaded file as clean WebVTT, or an empty string if there is no file."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["captions_file"]
        if upload is None:
            return ""
        return checked_captions(upload.read(MAX_BYTES + 1), language=self.cleaned_data.get("language", ""))

    def clean_captions_vtt(self) -> str:
        text: str = self.cleaned_data["captions_vtt"]
        return checked_captions(text.encode()) if text.strip() else ""


class ProductRow(forms.Form):
    """A form row for one product. A row without a product counts as empty."""

    product = forms.CharField(
        label=_("Product"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Product name or link")}),
    )
    slug = forms.CharField(required=False, widget=forms.HiddenInput)

    matched_product: Product | None = None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        text = (values.get("product") or "").strip()
        if text:
            self.matched_product = _find_product(text, values.get("slug") or "")
            if self.matched_product is None:
                self.add_error("product", _("The shop has no product with this name. Choose a product from the list."))
            self.clean_where(values)
        return values

    def clean_where(self, values: dict[str, Any]) -> None:
        """Add errors if the row does not say where its product is shown."""
        raise NotImplementedError


class TagForm(ProductRow):
    """A form row for one product and its time span."""

    start = TimeField(label=_("Shown from"), required=False, widget=forms.TextInput(attrs={"placeholder": "0:00"}))
    end = TimeField(label=_("until"), required=False, widget=forms.TextInput(attrs={"placeholder": "0:05"}))

    def clean_where(self, values: dict[str, Any]) -> None:
        start_ms, end_ms = values.get("start"), values.get("end")
        for name, value in (("start", start_ms), ("end", end_ms)):
            if value is None and name not in self.errors:
                self.add_error(name, _("Enter when the product is shown."))
        if start_ms is not None and end_ms is not None and end_ms <= start_ms:
            self.add_error("end", _("The end must come after the start."))


def _find_product(text: str, slug: str) -> Product | None:
    """Return the product that the creator selected or typed, or None if there is no such product.

    `slug` is set if the product was selected from the list. Typed `text` may be a product's slug, URL or name.
    """
    on_sale = Product.objects.on_sale()
    selected = on_sale.filter(slug=slug, name=text).first() if slug else None
    by_slug = on_sale.filter(slug=text.rstrip("/").rsplit("/", 1)[-1])
    return selected or by_slug.first() or on_sale.filter(name__iexact=text).order_by("pk").first()


class BaseTagFormSet(forms.BaseFormSet[ProductRow]):
    """The product rows of a clip."""

    sentence_twice = _("This product is already tagged. Extend its time span instead.")

    def clean(self) -> None:
        """Add an error to each row whose product is already tagged."""
        product_ids: set[int] = set()
        for form in self.forms:
            if form.matched_product is None:
                continue
            if form.matched_product.pk in product_ids:
                form.add_error("product", self.sentence_twice)
            product_ids.add(form.matched_product.pk)


TagFormSet = forms.formset_factory(
    TagForm, formset=BaseTagFormSet, extra=0, min_num=2, max_num=MAX_TAGS, absolute_max=MAX_TAGS, validate_max=True
)


class AppealForm(FocusesFirstError, forms.Form):
    """A form in which the creator argues against a decision."""

    words = forms.CharField(
        label=_("Why should the decision change?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Another moderator will read this. You can appeal each decision once."),
    )
