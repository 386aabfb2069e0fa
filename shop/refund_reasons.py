"""Reasons for refunds that the shop itself gives. They are stored in English, and read in the language of the reader."""

from django.utils.translation import gettext, gettext_noop

CANCELLED = gettext_noop("You cancelled the order.")
ITEMS_CANCELLED = gettext_noop("You cancelled these items.")
PAID_TOO_LATE = gettext_noop("The payment arrived after the order was cancelled.")
NOT_PICKED_UP = gettext_noop("You did not pick these items up in time.")
UNSPENT = gettext_noop("The unspent part of a sponsorship.")
DISPUTE_LOST = gettext_noop("The bank decided the dispute for the cardholder.")

OF_THE_SHOP = frozenset({CANCELLED, ITEMS_CANCELLED, PAID_TOO_LATE, NOT_PICKED_UP, UNSPENT, DISPUTE_LOST})


def local_reason(reason: str) -> str:
    """Return a stored reason in the active language. The words of shoppers and staff stay as they are."""
    return gettext(reason) if reason in OF_THE_SHOP else reason
