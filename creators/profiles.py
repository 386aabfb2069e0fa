"""Members' profiles: handle, name, bio and picture, made and changed by their owners."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.access import has_verified_address
from accounts.constraints import violated_constraint
from accounts.models import User
from creators.models import Creator, FormerHandle
from creators.models.creator import HANDLE_RESERVED_FOR
from creators.names import is_lookalike


class HandleTaken(Exception):
    """A refusal because somebody else has this handle, or ever had it."""


class ProfileRefused(Exception):
    """A refusal to make a profile. Nothing was changed. The message says why."""


def make_profile(
    *, user: User, handle: str, display_name: str, bio: str = "", is_old_enough: bool, picture_stem: str = ""
) -> Creator:
    """Create and return the public profile of a user. A user who has one keeps it.

    `is_old_enough` is what the user states about being 16 or over. Of those who are not, nothing is stored. Raises
    ProfileRefused, and HandleTaken if the handle is in use.
    """
    if not is_old_enough:
        raise ProfileRefused(
            _("Public profiles are for people who are 16 or over. You can still buy, like, save and follow.")
        )
    if not has_verified_address(user):
        raise ProfileRefused(_("Confirm your email address first. Then you can make a profile."))
    return create_profile(user=user, handle=handle, display_name=display_name, bio=bio, picture_stem=picture_stem)


def create_profile(*, user: User, handle: str, display_name: str, bio: str, picture_stem: str = "") -> Creator:
    """Create and return the profile of a user, or return the one that they have. Raises HandleTaken."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # of requests at once, the first one creates
        profile = Creator.objects.filter(user=user).first()
        if profile is not None:
            return profile
        with taking_handle(handle, user=user):
            return Creator.objects.create(
                user=user, handle=handle.lower(), display_name=display_name, bio=bio, avatar_stem=picture_stem
            )


def change_profile(*, creator: Creator, changes: Mapping[str, Any], now: datetime) -> None:
    """Write the changed fields: `handle`, `display_name`, `bio` or `shows_likes`. A handle given up redirects to the new one.

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
    """Write a handle inside this block. Raises HandleTaken if it is somebody else's, or ever was.

    Whether it was is asked after the write, which waits for somebody who is just giving the handle up.
    """
    refusal = HandleTaken(_("This handle is taken. Choose another."))
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:  # of two look-alikes at once, the second sees the first
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('handles', 0))")
            if FormerHandle.objects.filter(handle=handle.lower()).exclude(creator__user=user).exists():
                raise refusal
            if is_lookalike(handle, user_id=user.pk):
                raise HandleTaken(_("This handle looks too much like somebody else's. Choose another."))
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
