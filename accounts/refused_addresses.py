"""Email addresses that a mail server refused for good: remembered until an email to them is accepted.

Pages of orders and accounts say so, to staff and to the person, who can correct the address there.
"""

from datetime import datetime, timedelta

from accounts.models import RefusedAddress

FORGET_AFTER = timedelta(days=365)


def find_refused_address(email: str) -> RefusedAddress | None:
    """Return what is remembered about an address, or None if it is not known to be refused."""
    return RefusedAddress.objects.filter(email=email.lower()).first()


def remember_refused(*, email: str, answer_text: str, now: datetime) -> None:
    values = {"answer_text": answer_text, "refused_at": now}
    RefusedAddress.objects.update_or_create(email=email.lower(), defaults=values)


def forget_refused(*, email: str) -> None:
    """Forget that an address was refused: an email to it was accepted, or its owner is erased."""
    RefusedAddress.objects.filter(email=email.lower()).delete()


def forget_old_refusals(*, now: datetime) -> None:
    """Forget addresses that were refused long ago."""
    RefusedAddress.objects.filter(refused_at__lt=now - FORGET_AFTER).delete()
