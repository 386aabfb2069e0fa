"""Forms of admin for campaigns and their terms, and for creators' names."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from accounts.date_fields import ClearDateTimeField
from accounts.edit_forms import EditForm
from catalog.forms import CategorySlugsField
from catalog.money_fields import UNCONFIRMED_ZERO, MoneyForm
from creators.cap_proposals import is_raise_waiting
from creators.forms import NameForm
from creators.models import Campaign, ClipKind, Creator, Representation, Terms
from creators.models.campaign import all_kinds
from creators.profiles import HandleTaken, change_profile

OPENS_AT_ONCE = gettext_lazy(
    "This time has passed, so the campaign would be open as soon as the terms are approved. If that is intended, tick "
    "“An opening in the past is intended” and save again."
)


class CreatorNameForm(NameForm, EditForm[Creator]):
    """The names that a creator may have, whoever writes them."""

    def save_changes(self) -> None:
        """Write the changes as the owner's own page does, so that no handle is ever given out twice."""
        changes = {name: getattr(self.instance, name) for name in self.changed_data}
        creator = Creator.objects.get(pk=self.instance.pk)
        try:
            change_profile(creator=creator, changes=changes, now=timezone.now())
        except HandleTaken as refusal:
            raise ValidationError({"handle": str(refusal)}) from refusal


class TermsForm(MoneyForm[Terms]):
    """A form that publishes a new version of a campaign's terms. Published versions never change."""

    kinds = forms.MultipleChoiceField(
        label=capfirst(gettext_lazy("kinds of clip")),
        choices=ClipKind,
        initial=all_kinds,
        widget=forms.CheckboxSelectMultiple,
    )
    opens_at = ClearDateTimeField(label=capfirst(gettext_lazy("opens at")), widget=AdminSplitDateTime)
    confirms_past_opening = forms.BooleanField(label=gettext_lazy("An opening in the past is intended"), required=False)
    closes_at = ClearDateTimeField(label=capfirst(gettext_lazy("closes at")), widget=AdminSplitDateTime, required=False)

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
            "accepts_photos",
            "hold_days",
            "agency_cap_bps",
            "is_category_credited",
            "opens_at",
            "confirms_past_opening",
            "closes_at",
            "is_offered_to_enrolled",
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse terms that would close before they open, or that open or allow nothing by mistake."""
        values = super().clean()
        if values.get("clips_per_creator") == 0 and not values.get("confirms_zero"):
            self.add_error("clips_per_creator", UNCONFIRMED_ZERO)
        opens_at, closes_at = values.get("opens_at"), values.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", gettext("Enter a time after the campaign opens."))
        if opens_at and not values.get("confirms_past_opening") and self._opens_at_once(values, opens_at):
            self.add_error("opens_at", OPENS_AT_ONCE)
        return values

    def _opens_at_once(self, values: dict[str, Any], opens_at: datetime) -> bool:
        """Return whether the time has passed and is not that of the campaign's terms until now."""
        terms = values["campaign"].terms if values.get("campaign") else None
        return opens_at < timezone.now() and (terms is None or terms.opens_at.replace(microsecond=0) != opens_at)


class RepresentationForm(MoneyForm[Representation]):
    """An agency's offer. A share of nothing is asked about."""

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("share_bps") == 0 and not values.get("confirms_zero"):
            self.add_error("share_bps", UNCONFIRMED_ZERO)
        return values


class CampaignForm(EditForm[Campaign]):
    """A form for a campaign. A larger cap is not saved if the campaign has terms, but kept as `proposed_cap`."""

    confirms_zero = forms.BooleanField(label=gettext_lazy("0 is intended"), required=False)
    proposed_cap: int | None = None

    class Meta:
        model = Campaign
        fields = [
            "title",
            "title_translations",
            "slug",
            "brief",
            "category_slugs",
            "clips_cap",
            "confirms_zero",
            "open_clips_cap",
            "is_published",
            "is_by_invitation",
            "invited",
        ]
        field_classes: ClassVar[dict[str, Any]] = {"category_slugs": CategorySlugsField}

    def clean(self) -> dict[str, Any]:
        """Refuse a cap below the number of slots taken, and one of 0 that was not confirmed. Leave out one to be proposed.

        The campaign is locked, so that no slot can be taken meanwhile.
        """
        values = super().clean()
        cap = values.get("clips_cap")
        if cap is None:
            return values
        if cap < self.instance.taken_count:
            sentence = gettext("The maximum cannot be lower than the number of slots already held or paid.")
            self.add_error("clips_cap", sentence)
        elif cap == 0 and "clips_cap" in self.changed_data and not values.get("confirms_zero"):
            self.add_error("clips_cap", UNCONFIRMED_ZERO)
        elif self.instance.terms_id is not None and cap > self.instance.clips_cap:
            self._propose_cap(values, cap)
        return values

    def _propose_cap(self, values: dict[str, Any], cap: int) -> None:
        if is_raise_waiting(self.instance, now=timezone.now()):
            self.add_error("clips_cap", gettext("A proposal for this is already waiting for a second person."))
            return
        self.proposed_cap = cap
        values["clips_cap"] = self.instance.clips_cap
        self.changed_data.remove("clips_cap")
