"""Suspension of creators by staff. feedsite.suspensions adds what clips, pay and sessions need.

Whatever brings in or publishes a clip calls `refuse_suspended` first, in its transaction. It takes a share of the lock
on the creator's row that a suspension takes whole: so a clip is either done before the suspension, which then deals with
it, or refused. To prevent deadlocks the creator's row is always locked before the clip's.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from creators.models import Creator, Suspension, SuspensionLink, WaitlistEntry, WaitlistState

SUSPEND = "creators.suspend_creator"
"""Permission to suspend creators and to lift suspensions."""


class CreatorSuspended(PermissionDenied):
    """A refusal because the creator is suspended. Pages and the API answer 403 with the message, which says why."""


class SuspensionRefused(Exception):
    """A refused suspension, or a refusal to lift one. Nothing was changed. The message says why."""


def refuse_suspended(creator_id: int) -> None:
    """Raise CreatorSuspended if the creator is suspended. Otherwise nobody suspends them before the transaction ends.

    Call it inside a transaction, before locking any clip.
    """
    lock_against_suspension(creator_id)
    if suspension := find_suspension(creator_id):
        raise CreatorSuspended(describe_suspension(suspension))


def lock_against_suspension(creator_id: int) -> None:
    """Keep others from suspending the creator, or lifting a suspension, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM creators_creator WHERE id = %s FOR SHARE", [creator_id])


def find_suspension(creator_id: int) -> Suspension | None:
    """Return the creator's active suspension, or None."""
    return Suspension.objects.active().filter(creator=creator_id).first()


def is_linked_to_suspended(creator_id: int) -> bool:
    """Return whether signs say that the person behind a profile is suspended under another."""
    return SuspensionLink.objects.active().filter(creator=creator_id).exists()


def describe_suspension(suspension: Suspension) -> str:
    """Return what the suspension means for its creator, with the reason."""
    return _(
        "You are suspended as a creator, so you can't add, change or submit clips, appeal, or join campaigns. "
        "Reason: %(reason)s"
    ) % {"reason": suspension.reason}


def start_suspension(
    *, creator: Creator, reason: str, hides_clips: bool, is_for_fraud: bool, by: User, now: datetime
) -> Suspension:
    """Lock the creator, record the suspension and return it. The creator's clips leave the waitlists.

    Call it inside a transaction. Raises SuspensionRefused.
    """
    locked = _lock(creator.pk)
    if refusal := find_refusal(creator=locked, by=by):
        raise SuspensionRefused(refusal)
    if find_suspension(locked.pk):
        raise SuspensionRefused(_("This creator is already suspended."))
    suspension = Suspension.objects.create(
        creator=locked,
        reason=reason,
        hides_clips=hides_clips,
        is_for_fraud=is_for_fraud,
        suspended_at=now,
        suspended_by=by,
    )
    waiting = WaitlistEntry.objects.waiting().filter(enrolment__creator=locked)
    waiting.update(state=WaitlistState.LEFT, settled_at=now)
    return suspension


def end_suspension(*, creator: Creator, by: User, now: datetime) -> Suspension:
    """Lock the creator, lift their suspension and return it. Their clips get back their places on waitlists.

    Call it inside a transaction. Raises SuspensionRefused.
    """
    locked = _lock(creator.pk)
    if refusal := find_refusal(creator=locked, by=by):
        raise SuspensionRefused(refusal)
    suspension = find_suspension(locked.pk)
    if suspension is None:
        raise SuspensionRefused(_("This creator is not suspended."))
    suspension.lifted_at, suspension.lifted_by = now, by
    suspension.save(update_fields=["lifted_at", "lifted_by"])
    left = WaitlistEntry.objects.filter(
        enrolment__creator=locked, state=WaitlistState.LEFT, settled_at=suspension.suspended_at
    )
    left.update(state=WaitlistState.WAITING, settled_at=None)
    return suspension


def find_refusal(*, creator: Creator, by: User) -> str:
    """Return why `by` may not suspend the creator or lift their suspension, or "" if they may."""
    if not by.has_perm(SUSPEND):
        return _("You may not suspend creators.")
    if creator.user_id == by.pk:
        return _("You can't suspend yourself, or lift your own suspension.")
    return ""


def _lock(creator_id: int) -> Creator:
    assert connection.in_atomic_block
    return Creator.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=creator_id)
