"""The form and the page of a variant's scheduled prices, for staff and for merchants."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import ScheduledPrice, Variant
from catalog.money_fields import MoneyField
from catalog.scheduled_prices import ScheduleRefused, cancel_scheduled_price, schedule_price

SHOWN = 50


class ScheduledPriceForm(forms.Form):
    """A lower price and its period, in the time zone in which the page shows times."""

    price_minor = MoneyField(label=_("Price"), min_value=1)
    starts_at = forms.DateTimeField(
        label=_("Starts at"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    ends_at = forms.DateTimeField(
        label=_("Ends at"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, data: Any, *, variant: Variant) -> None:
        super().__init__(data)
        price: Any = self.fields["price_minor"]
        price.currency = variant.product.currency
        zone = timezone.get_current_timezone_name()
        self.fields["ends_at"].help_text = _("Times are those of %(zone)s.") % {"zone": zone}


def answer_form(data: Any, *, variant: Variant, user: User) -> tuple[ScheduledPriceForm, str]:
    """Carry out what a page of scheduled prices posts: another one, or `cancel` with the id of one.

    Return the form and, if something was done, the sentence that says so. Refusals are the form's errors.
    """
    number = data.get("cancel", "") if data is not None else ""
    form = ScheduledPriceForm(None if number else data, variant=variant)
    try:
        if number:
            row = variant.scheduled_prices.filter(
                pk=int(number) if number.isdecimal() and len(number) < 18 else 0
            ).first()
            if row is None:
                return form, ""
            cancel_scheduled_price(scheduled=row)
            return form, str(_("Cancelled. If it was running, the regular price is back."))
        if data is not None and form.is_valid():
            schedule_price(variant=variant, created_by=user, now=timezone.now(), **form.cleaned_data)
            return form, str(_("The price is scheduled."))
    except ScheduleRefused as refusal:
        form = form if form.is_bound else ScheduledPriceForm({}, variant=variant)
        form.errors.clear()
        form.add_error(None, str(refusal))
    return form, ""


def list_scheduled_prices(variant: Variant) -> list[ScheduledPrice]:
    """Return the newest scheduled prices of a variant, by their start."""
    rows = list(variant.scheduled_prices.order_by("-starts_at", "-pk")[:SHOWN])
    for row in rows:
        row.variant = variant
    return rows
