"""Forms of the packing desk: which units go into a parcel, and how a parcel is sent."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.delivery.steps import Step
from shop.delivery.tracking import Tracking, read_carrier, read_number, read_url
from shop.models import Order, OrderLine, Parcel


class PackingForm(forms.Form):
    """A quantity for each of a merchant's lines with units to pack. It begins with all of them.

    A line that was packed or refunded since the form was shown stays, so that the refusal names it."""

    def __init__(self, data: Any, *, order: Order, merchant_id: int) -> None:
        super().__init__(data)
        lines = order.lines.filter(merchant=merchant_id).select_related("product").order_by("pk")
        self.lines: list[OrderLine] = [line for line in lines if line.unpacked_quantity or self.data.get(_name(line))]
        for line in self.lines:
            self.fields[_name(line)] = forms.IntegerField(
                label=line.local_name,
                min_value=0,
                initial=line.unpacked_quantity,
                required=False,
                help_text=_("of %(count)d") % {"count": line.unpacked_quantity},
            )

    @property
    def quantities(self) -> dict[int, int]:
        return {line.pk: self.cleaned_data[_name(line)] or 0 for line in self.lines}


class TrackingForm(forms.Form):
    """The carrier of a sent parcel, and where the shopper can follow it."""

    carrier = forms.CharField(label=gettext_lazy("Carrier"))
    number = forms.CharField(
        label=gettext_lazy("Tracking number"), required=False, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    url = forms.CharField(
        label=gettext_lazy("Tracking link"),
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url"}),
        help_text=gettext_lazy("The carrier's page about this parcel. It begins with https://."),
    )

    def clean_carrier(self) -> str:
        return read_carrier(self.cleaned_data["carrier"])

    def clean_number(self) -> str:
        return read_number(self.cleaned_data["number"])

    def clean_url(self) -> str:
        return read_url(self.cleaned_data["url"])

    @property
    def answers(self) -> dict[str, Any]:
        """Return what `take_step` takes."""
        return {"tracking": Tracking(**{name: self.cleaned_data[name] for name in ("carrier", "number", "url")})}


class PickupCodeForm(forms.Form):
    """The code that the shopper shows when they pick a parcel up."""

    code = forms.CharField(
        label=gettext_lazy("Code of the shopper"),
        max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}),
    )

    @property
    def answers(self) -> dict[str, Any]:
        """Return what `take_step` takes."""
        return {"code": self.cleaned_data["code"]}


class ConfirmationForm(forms.Form):
    """Nothing but the button."""

    answers: Mapping[str, Any] = {}


def make_step_form(step: Step, parcel: Parcel, data: Any) -> TrackingForm | PickupCodeForm | ConfirmationForm:
    """Return the form with what a step of a parcel asks for."""
    if step.asks_tracking:
        return TrackingForm(data, initial=suggest_tracking(parcel))
    return PickupCodeForm(data) if step.asks_code else ConfirmationForm(data)


def suggest_tracking(parcel: Parcel) -> dict[str, str]:
    """Return the parcel's own tracking or, before it is sent, the carrier of its merchant's parcel that was packed last."""
    if parcel.carrier:
        return {"carrier": parcel.carrier, "number": parcel.tracking_number, "url": parcel.tracking_url}
    last = Parcel.objects.exclude(carrier="").filter(merchant=parcel.merchant_id).order_by("-pk").first()
    return {"carrier": last.carrier if last else ""}


def _name(line: OrderLine) -> str:
    return f"line-{line.pk}"
