"""Forms by which creators ask for samples, and sellers decline."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pasted_text import visible_text
from catalog.models import Product, Variant

PLAN_CHARACTERS = 500


class SampleVariantField(forms.ModelChoiceField[Variant]):
    def label_from_instance(self, variant: Variant) -> str:
        return variant.options_text or variant.product.local_name


class SampleForm(forms.Form):
    """Which variant a creator asks for, and what the clip will be about."""

    variant = SampleVariantField(label=_("Which one"), queryset=Variant.objects.none(), empty_label=None)
    plan = forms.CharField(
        label=_("What will your clip be about?"),
        max_length=PLAN_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("The seller reads it before they decide."),
    )

    def __init__(self, data: Any = None, *, product: Product) -> None:
        super().__init__(data)
        choice: Any = self.fields["variant"]
        choice.queryset = product.variants.filter(is_active=True).select_related("product__merchant").order_by("pk")

    def clean_plan(self) -> str:
        return visible_text(str(self.cleaned_data["plan"]))


class SampleDeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("The creator reads it in an email."),
    )
