"""Forms of admin for campaigns and their terms."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from accounts.edit_forms import EditForm
from catalog.forms import CategorySlugsField
from catalog.money_fields import MoneyForm
from creators.models import Campaign, ClipKind, Terms
from creators.models.campaign import all_kinds


class TermsForm(MoneyForm[Terms]):
    """A form that publishes a new version of a campaign's terms. Published versions never change."""

    kinds = forms.MultipleChoiceField(
        label=capfirst(gettext_lazy("kinds of clip")),
        choices=ClipKind,
        initial=all_kinds,
        widget=forms.CheckboxSelectMultiple,
    )
    opens_at = forms.SplitDateTimeField(label=capfirst(gettext_lazy("opens at")), widget=AdminSplitDateTime)
    closes_at = forms.SplitDateTimeField(
        label=capfirst(gettext_lazy("closes at")), widget=AdminSplitDateTime, required=False
    )

    class Meta:
        model = Terms
        fields = [
            "campaign",
            "fee_minor",
            "confirms_zero",
            "currency",
            "clips_per_creator",
            "products_per_clip",
            "is_same_category",
            "kinds",
            "hold_days",
            "agency_cap_bps",
            "is_category_credited",
            "opens_at",
            "closes_at",
            "is_offered_to_enrolled",
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse terms that would close before they open."""
        values = super().clean()
        opens_at, closes_at = values.get("opens_at"), values.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", gettext("Enter a time after the campaign opens."))
        return values


class CampaignForm(EditForm[Campaign]):
    class Meta:
        model = Campaign
        fields = [
            "title",
            "title_translations",
            "slug",
            "brief",
            "category_slugs",
            "clips_cap",
            "is_published",
            "is_by_invitation",
            "invited",
        ]
        field_classes: ClassVar[dict[str, Any]] = {"category_slugs": CategorySlugsField}

    def clean(self) -> dict[str, Any]:
        """Refuse a cap below the number of slots taken. The campaign is locked, so none can be taken meanwhile."""
        values = super().clean()
        cap = values.get("clips_cap")
        if cap is not None and cap < self.instance.taken_count:
            sentence = gettext("The maximum cannot be lower than the number of slots already held or paid.")
            self.add_error("clips_cap", sentence)
        return values
