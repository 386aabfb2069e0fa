"""Sentences for the viewer about a whole page of the feed."""

from django.utils.translation import gettext as _

from feed.models import Dial
from feed.page.viewer_state import ViewerState


def notice_for(viewer: ViewerState, *, exceeds_dial: bool) -> str:
    """Return what a viewer should know about a page, or "". `exceeds_dial` says whether it has more ads than allowed."""
    if not exceeds_dial:
        return ""
    if viewer.dial == Dial.FOLLOWED and not viewer.followed:
        return _("You don't follow anyone yet, so clips by others are shown. See whom you could follow.")
    return _("There are too few clips without ads right now, so the feed goes on with some.")
