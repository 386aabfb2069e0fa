"""The form with which a sponsorship is booked."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.date_fields import ClearDateField
from accounts.focused_errors import FocusesFirstError
from catalog.models import Category
from catalog.money_fields import MoneyField
from social.sponsorships.bookings import Booking, find_faults


class BookingForm(FocusesFirstError, forms.Form):
    budget_minor = MoneyField(
        label=_("Budget"), min_value=1, help_text=_("You pay it now, and get back what is not spent.")
    )
    bid_minor = MoneyField(
        label=_("Bid for a thousand views"),
        min_value=1,
        help_text=_("What a thousand views cost you. More brings more."),
    )
    daily_cap_minor = MoneyField(label=_("Daily cap"), min_value=1, help_text=_("At most this much is spent in a day."))
    starts_on = ClearDateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = ClearDateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    categories = forms.ModelMultipleChoiceField(
        label=_("Who is interested in"),
        queryset=Category.objects.none(),
        required=False,
        help_text=_("Choose none to show it to everybody."),
        widget=forms.SelectMultiple(attrs={"size": "6"}),
    )
    languages = forms.MultipleChoiceField(
        label=_("Who uses the shop in"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for all languages."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].queryset = Category.objects.order_by("position", "name")  # type: ignore[attr-defined]

    @property
    def booking(self) -> Booking:
        values = self.cleaned_data
        return Booking(
            budget_minor=values["budget_minor"],
            bid_minor=values["bid_minor"],
            daily_cap_minor=values["daily_cap_minor"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
            categories=[category.pk for category in values["categories"]],
            languages=values["languages"],
        )

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            for name, sentence in find_faults(self.booking, today=timezone.localdate()).items():
                self.add_error(name, sentence)
        return self.cleaned_data
