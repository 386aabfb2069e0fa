"""Fields of the studio's forms: a joined campaign, and a time in the clip."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creators.models import Enrolment
from videos.timecode import NotATime, format_time, parse_time


class CampaignSelect(forms.Select):
    """A select that adds the campaign's slug to each option, so that the wording check knows the campaign."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if hasattr(value, "instance"):
            option["attrs"]["data-slug"] = value.instance.campaign.slug
        return option


class CampaignField(forms.ModelChoiceField[Enrolment]):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.campaign.local_title)


class TimeField(forms.CharField):
    """A field for a time in the clip. Its cleaned value is in milliseconds, or None if the field is empty."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text == "":
            return None
        try:
            return parse_time(text)
        except NotATime as error:
            raise forms.ValidationError(_("Enter a time such as 0:03.5 or 3.5.")) from error

    def prepare_value(self, value: Any) -> Any:
        return format_time(value) if isinstance(value, int) else value
