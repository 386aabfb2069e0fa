"""The sentence about when an order should arrive."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def word_promise(earliest_on: date | None, latest_on: date | None, *, is_pickup: bool) -> str:
    """Return the promise in the active language, or "" if no date was promised."""
    if earliest_on is None or latest_on is None:
        return ""
    dates = {
        "first": date_format(earliest_on, "SHORT_DATE_FORMAT"),
        "last": date_format(latest_on, "SHORT_DATE_FORMAT"),
    }
    if is_pickup:
        return _("Ready to be picked up by %(last)s") % dates
    if earliest_on == latest_on:
        return _("Arrives on %(last)s") % dates
    return _("Arrives from %(first)s to %(last)s") % dates
