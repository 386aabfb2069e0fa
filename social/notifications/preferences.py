"""What a user chose: how they are told of each kind, and their time zone."""

from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import transaction

from accounts.models import User
from social.models import MailChoice, Notification, NotificationChoice, NotificationKind
from social.notifications.kinds import DEFAULTS, NEVER_MAILED, Channels


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of places, such as “Europe/Berlin”, by region."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def zone_of(user: User) -> ZoneInfo:
    """Return a user's time zone, or the shop's if they have chosen none."""
    return ZoneInfo(user.time_zone or settings.TIME_ZONE)


def read_choices(user: User) -> dict[NotificationKind, Channels]:
    """Return how a user is told of each kind."""
    rows = NotificationChoice.objects.filter(user=user)
    chosen = {row.kind: Channels(row.on_site, MailChoice(row.mail), row.push) for row in rows}
    return {kind: chosen.get(kind.value, default) for kind, default in DEFAULTS.items()}


@transaction.atomic
def save_choices(*, user: User, choices: Mapping[NotificationKind, Channels]) -> None:
    """Store how a user is told of these kinds. It holds for what waits to be sent, too."""
    for kind, channels in choices.items():
        mail = MailChoice.OFF if kind in NEVER_MAILED else channels.mail
        values = {"on_site": channels.on_site, "mail": mail, "push": channels.push}
        NotificationChoice.objects.update_or_create(user=user, kind=kind, defaults=values)
        waiting = Notification.objects.filter(user=user, kind=kind)
        waiting.exclude(mail__in=(MailChoice.OFF, mail)).update(mail=mail)
        if not channels.push:
            waiting.filter(is_push_due=True).update(is_push_due=False)


def stop_mail(*, user: User, kind: NotificationKind | None) -> None:
    """Send the user no more emails about a kind or, without one, no more digests. Repeating a call changes nothing."""
    choices = read_choices(user)
    stopped = [kind] if kind else [kind for kind, chosen in choices.items() if chosen.mail == MailChoice.DAILY]
    save_choices(
        user=user,
        choices={
            kind: Channels(choices[kind].on_site, MailChoice.OFF, choices[kind].push)
            for kind in stopped
            if choices[kind].mail != MailChoice.OFF
        },
    )
