"""What people set: the address of a source, when it is fetched, and that it is fetched now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.imports.schedule.addresses import read_address
from catalog.imports.schedule.times import first_fetch_at
from catalog.models import CatalogueSource, Import, ImportState

AT_WORK = (ImportState.READ, ImportState.RUNNING, ImportState.PAUSED)
"""States of an import during which its source is not fetched."""


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """What somebody typed. Without a password, the stored one stays if it was for the same user name and server."""

    address: str
    user_name: str
    password: str
    interval: str
    daily_hour: int


def plan_schedule(source: CatalogueSource, settings: ScheduleSettings, *, now: datetime) -> dict[str, Any]:
    """Return the columns of a source that begin its schedule anew, none if nothing changed.

    Raises ValidationError with sentences by field. A stored password is never sent to another server than it was for.
    """
    typed = read_address(settings.address)
    if settings.interval and not typed.address:
        raise ValidationError({"interval": _("Enter an address first.")})
    user_name, password = typed.user_name or settings.user_name, typed.password or settings.password
    if user_name and not password and user_name == source.user_name and source.password:
        if _server(typed.address) != _server(source.address):
            sentence = _("The address leads to another server now. Type the password again.")
            raise ValidationError({"address": sentence})
        password = source.password
    values = {
        "address": typed.address,
        "user_name": user_name,
        "password": password if user_name else "",
        "interval": settings.interval,
        "daily_hour": settings.daily_hour,
    }
    if all(getattr(source, name) == value for name, value in values.items()):
        return {}
    if typed.address != source.address:
        values |= {"etag": "", "last_modified": "", "digest": ""}
    planned = CatalogueSource(interval=settings.interval, daily_hour=settings.daily_hour)
    next_fetch_at = first_fetch_at(planned, now) if typed.address else None
    return values | {"failures": 0, "next_fetch_at": next_fetch_at}


def _server(address: str) -> str:
    return urlsplit(address).netloc


def request_fetch(*, source: CatalogueSource, now: datetime) -> None:
    """Have a source fetched as soon as possible. Asking twice has one effect. Raises ValidationError."""
    if Import.objects.filter(source=source, state__in=AT_WORK).exists():
        raise ValidationError(_("An import of this source is not finished. Fetch it afterwards."))
    if not CatalogueSource.objects.filter(~Q(address=""), pk=source.pk).update(next_fetch_at=now):
        raise ValidationError(_("This source has no address. Enter one first."))
