"""Creators' profiles: handle, name, bio and picture, changed by the creator."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.models import User
from creators.models import Creator, FormerHandle
from creators.models.creator import HANDLE_RESERVED_FOR
from creators.names import is_lookalike


class HandleTaken(Exception):
    """A refusal because another creator has this handle, or gave it up a short time ago."""


def change_profile(*, creator: Creator, changes: Mapping[str, str], now: datetime) -> None:
    """Write the changed fields: `handle`, `display_name` or `bio`. A handle given up redirects to the new one.

    Raises HandleTaken, and changes nothing.
    """
    values = dict(changes)
    with transaction.atomic():
        locked = Creator.objects.select_for_update().get(pk=creator.pk)
        handle = values.pop("handle", locked.handle).lower()
        if handle != locked.handle:
            _change_handle(locked, handle, now)
        if values:
            Creator.objects.filter(pk=creator.pk).update(**values)
    creator.refresh_from_db()


@contextmanager
def taking_handle(handle: str, *, user: User) -> Iterator[None]:
    """Write a handle inside this block. Raises HandleTaken if it is another creator's, or was until a short time ago.

    Whether it is reserved is asked after the write, which waits for a creator who is just giving the handle up.
    """
    refusal = HandleTaken(_("This handle is taken. Choose another."))
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:  # of two look-alikes at once, the second sees the first
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('handles', 0))")
            if FormerHandle.objects.reserved().filter(handle=handle.lower()).exclude(creator__user=user).exists():
                raise refusal
            if is_lookalike(handle, user_id=user.pk):
                raise HandleTaken(_("This handle looks too much like another creator's. Choose another."))
            FormerHandle.objects.filter(handle=handle.lower()).delete()
    except IntegrityError as error:
        if violated_constraint(error) != "creators_creator_handle_unique":
            raise
        raise refusal from error


def _change_handle(creator: Creator, handle: str, now: datetime) -> None:
    with taking_handle(handle, user=creator.user):
        Creator.objects.filter(pk=creator.pk).update(handle=handle)
    FormerHandle.objects.update_or_create(
        handle=creator.handle, defaults={"creator": creator, "reserved_until": now + HANDLE_RESERVED_FOR}
    )
