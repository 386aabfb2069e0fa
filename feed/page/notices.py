"""Sentences for the viewer about a whole page of the feed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from feed.models import Dial
from feed.page.viewer_state import ViewerState


@dataclass(frozen=True)
class Notice:
    """A sentence, and the name and link text of the page where the viewer can do something about it."""

    text: str
    url_name: str
    link: str


def notice_for(viewer: ViewerState, *, exceeds_dial: bool) -> Notice | None:
    """Return what a viewer should know about a page. `exceeds_dial` says whether it has more ads than allowed."""
    if not exceeds_dial:
        return None
    if viewer.dial == Dial.FOLLOWED and not viewer.followed:
        text = _("You don't follow anyone yet, so clips by others are shown. See whom you could follow.")
        return Notice(text, "following", _("People you could follow"))
    text = _("There are too few clips without ads right now, so the feed goes on with some.")
    return Notice(text, "welcome", _("Your settings"))
