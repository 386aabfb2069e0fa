"""The form of an endpoint, for merchants, for staff and for the API."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.edit_forms import EditForm
from programme.webhooks.endpoints import clean_address
from programme.webhooks.event_types import FOR_HOUSE, FOR_MERCHANTS, EventSubject
from programme.webhooks.models import WebhookEndpoint


class EndpointForm(EditForm[WebhookEndpoint]):
    """An endpoint of a merchant. Its address is looked up when it is new or changes."""

    offered: ClassVar[tuple[EventSubject, ...]] = FOR_MERCHANTS
    subjects = forms.MultipleChoiceField(label=capfirst(_("events")), widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = WebhookEndpoint
        fields = ["address", "description", "subjects"]
        widgets: ClassVar[Mapping[str, forms.Widget]] = {
            "address": forms.TextInput(attrs={"dir": "ltr", "inputmode": "url", "class": "vLargeTextField"}),
            "description": forms.TextInput(attrs={"dir": "auto"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["subjects"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(subject.value, subject.label) for subject in self.offered]

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        is_same = self.instance.pk is not None and address == self.initial.get("address")
        return address if is_same else clean_address(address)


class HouseEndpointForm(EndpointForm):
    """An endpoint of the house, which may be told of everything."""

    offered = FOR_HOUSE
