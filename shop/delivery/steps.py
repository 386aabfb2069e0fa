"""The steps that a parcel takes, as staff and merchants confirm them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from accounts.history import history_line
from accounts.models import User
from shop.delivery.parcels import (
    PackingRefused,
    cancel_parcel,
    correct_tracking,
    deliver_parcel,
    hand_over_parcel,
    lose_parcel,
    prepare_pickup,
    resend_lost,
    send_parcel,
)
from shop.delivery.pickup_codes import check_pickup_code
from shop.delivery.summary import is_undecided
from shop.delivery.tracking import Tracking
from shop.models import Parcel
from shop.states import UNSENT_PARCELS, ParcelState


@dataclass(frozen=True)
class Step:
    """A step that people confirm on a page: from which states, what the page asks, and what the history says.

    The shopper may gain from some steps: a colleague takes these for parcels of one's own.
    """

    title: Promise
    question: Promise
    record: str
    states: tuple[ParcelState, ...]
    take: Callable[..., None]
    asks_tracking: bool = False
    asks_code: bool = False
    is_gain: bool = False


STEPS = {
    "send": Step(
        gettext_lazy("Send"),
        gettext_lazy("The shopper gets an email with the tracking link."),
        gettext_noop("Sent."),
        (ParcelState.PACKED,),
        send_parcel,
        asks_tracking=True,
    ),
    "tracking": Step(
        gettext_lazy("Correct the tracking"),
        gettext_lazy("The shopper gets another email with the tracking link."),
        gettext_noop("Corrected the tracking."),
        (ParcelState.SENT,),
        correct_tracking,
        asks_tracking=True,
    ),
    "ready": Step(
        gettext_lazy("Ready for pickup"),
        gettext_lazy(
            "Is this parcel at its pickup place? The shopper gets an email with the code that they show there."
        ),
        gettext_noop("Ready for pickup."),
        (ParcelState.PACKED,),
        prepare_pickup,
    ),
    "hand-over": Step(
        gettext_lazy("Hand over"),
        gettext_lazy("Ask the shopper for their code. They get an email, and the return period begins."),
        gettext_noop("Handed over."),
        (ParcelState.READY,),
        hand_over_parcel,
        asks_code=True,
    ),
    "cancel": Step(
        gettext_lazy("Unpack"),
        gettext_lazy("Unpack this parcel? What is in it can be packed again."),
        gettext_noop("Unpacked."),
        UNSENT_PARCELS,
        cancel_parcel,
    ),
    "deliver": Step(
        gettext_lazy("Delivered"),
        gettext_lazy("Did this parcel arrive? The shopper gets an email, and the return period begins."),
        gettext_noop("Delivered."),
        (ParcelState.SENT, ParcelState.LOST),
        deliver_parcel,
    ),
    "lose": Step(
        pgettext_lazy("parcel", "Lost"),
        gettext_lazy("Is this parcel lost? Then send its contents again, or refund them."),
        gettext_noop("Lost."),
        (ParcelState.SENT, ParcelState.DELIVERED),
        lose_parcel,
        is_gain=True,
    ),
    "resend": Step(
        gettext_lazy("Send again"),
        gettext_lazy("Pack the contents of this parcel again? They are taken from stock once more."),
        gettext_noop("Sent again."),
        (ParcelState.LOST,),
        resend_lost,
        is_gain=True,
    ),
}


def list_steps(parcel: Parcel) -> dict[str, Step]:
    """Return the steps that the parcel can take now, by name. Prefetch its lines."""
    if parcel.is_digital:
        return {}
    hidden = {"send", "lose"} if parcel.is_pickup else {"ready"}
    hidden |= set() if is_undecided(parcel) else {"resend"}
    hidden |= {"deliver"} if parcel.resent_at else set()
    return {name: step for name, step in STEPS.items() if parcel.state in step.states and name not in hidden}


def take_step(
    *, name: str, parcel: Parcel, user: User, tracking: Tracking | None = None, code: str = "", now: datetime
) -> None:
    """Take a step, with the tracking or the pickup code that it asks for, and record in the history who took it.

    Raises PackingRefused.
    """
    step, more = STEPS[name], {"tracking": tracking} if tracking else {}
    if step.is_gain and parcel.order.user_id == user.pk:
        raise PackingRefused(_("This is an order of your own. A colleague has to record this."))
    if parcel.is_digital:
        raise PackingRefused(_("This was handed over by links. To end them, refund it."))
    if step.asks_code:
        check_pickup_code(parcel_id=parcel.pk, typed=code, now=now)
    with transaction.atomic():
        step.take(parcel_id=parcel.pk, now=now, **more)
        LogEntry.objects.log_actions(user.pk, [parcel], CHANGE, history_line(step.record), single_object=True)


def record_packing(parcel: Parcel, user: User) -> None:
    """Record in the parcel's history who packed it."""
    words = history_line(gettext_noop("Packed."))
    LogEntry.objects.log_actions(user.pk, [parcel], ADDITION, words, single_object=True)
