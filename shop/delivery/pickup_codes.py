"""The code that a shopper says when they pick up a parcel, and that whoever hands it over types.

It is derived from the parcel and the shop's key, so nobody reads it in the database or in admin.
"""

from datetime import datetime, timedelta

from django.db.models import Case, F, Q, Value, When
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from catalog.imports.values.text import ascii_digits
from shop.delivery.parcels import PackingRefused
from shop.models import Parcel

DIGITS = 6
MAX_GUESSES = 5
GUESS_AGAIN_AFTER = timedelta(minutes=15)
"""How long after the first of MAX_GUESSES codes another one may be typed."""


def pickup_code(parcel_id: int) -> str:
    """Return the parcel's code: six digits."""
    digest = salted_hmac("shop.pickup-code", str(parcel_id), algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 10**DIGITS:0{DIGITS}}"


def check_pickup_code(*, parcel_id: int, typed: str, now: datetime) -> None:
    """Raise PackingRefused unless this is the parcel's code, or if too many were typed. Each one counts as a guess.

    Call it outside a transaction that a refusal rolls back: the guess has to be remembered.
    """
    if not spend_guess(parcel_id, now):
        raise PackingRefused(_("Too many codes were typed. Wait a quarter of an hour, and ask the shopper for theirs."))
    digits = "".join(ascii_digits(typed).split())
    if not constant_time_compare(digits, pickup_code(parcel_id)):
        raise PackingRefused(_("This is not the code of this parcel. The shopper finds it in our email."))


def spend_guess(parcel_id: int, now: datetime) -> bool:
    """Count a guess, by one conditional UPDATE, and return whether there was one left."""
    is_over = Q(code_guessed_at=None) | Q(code_guessed_at__lte=now - GUESS_AGAIN_AFTER)
    parcels = Parcel.objects.filter(is_over | Q(code_guesses__lt=MAX_GUESSES), pk=parcel_id)
    return bool(
        parcels.update(
            code_guesses=Case(When(is_over, then=Value(1)), default=F("code_guesses") + 1),
            code_guessed_at=Case(When(is_over, then=Value(now)), default=F("code_guessed_at")),
        )
    )
