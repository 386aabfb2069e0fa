"""The form of preferences: a row for each kind of notification, and the time zone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from social.models import MailChoice, NotificationKind
from social.notifications.kinds import NEVER_MAILED, Channels
from social.notifications.preferences import read_choices, time_zones


class ChannelsForm(forms.Form):
    """How one kind is told."""

    on_site = forms.BooleanField(label=_("On this site"), required=False)
    mail = forms.ChoiceField(label=_("By email"), choices=MailChoice.choices)
    push = forms.BooleanField(label=_("In browsers"), required=False)

    def __init__(self, kind: NotificationKind, data: Any, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial, prefix=kind.value)
        self.kind = kind
        if kind in NEVER_MAILED:
            del self.fields["mail"]
        for name, field in self.fields.items():
            field.widget.attrs["aria-labelledby"] = f"kind-{kind} column-{name}"

    @property
    def channels(self) -> Channels:
        mail = MailChoice(self.cleaned_data.get("mail", MailChoice.OFF))
        return Channels(self.cleaned_data["on_site"], mail, self.cleaned_data["push"])


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Daily emails come in the morning, after 8 o'clock there.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(name, name.replace("_", " ")) for name in time_zones()]
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("The shop's")), *zones]


def preference_forms(user: User, data: Any = None) -> list[ChannelsForm]:
    """Return a form for each kind, with what the user chose."""
    return [
        ChannelsForm(kind, data, initial={"on_site": each.on_site, "mail": each.mail, "push": each.push})
        for kind, each in read_choices(user).items()
    ]
