"""Why a clip is shown, in words. A reason's code is a term of the score: `interest:12`, `co_watch:345`, `popular`."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from feed.cards import known_caption
from feed.shelf import current_category_names

WATCHED = ("transition", "co_watch", "context")


def words_of(code: str, *, creator: str, is_followed: bool) -> str:
    """Return the sentence for one reason of a clip by `creator`."""
    term, _colon, subject = code.partition(":")
    if term in WATCHED:
        caption = known_caption(int(subject)) if subject else ""
        if caption:
            return _("People who watched “%(caption)s” liked this") % {"caption": caption}
        return _("People who watched what you watched liked this")
    if term == "interest":
        return _("You picked %(category)s") % {"category": _category(subject)}
    if term == "category":
        return _("You watch a lot of %(category)s") % {"category": _category(subject)}
    if term == "creator":
        words = _("From %(creator)s, whom you follow") if is_followed else _("You like the clips of %(creator)s")
        return words % {"creator": creator}
    plain = {
        "popular": _("Many people watch it to the end"),
        "trying": _("Trying something new"),
        "opened": _("You opened this clip"),
    }
    return plain.get(term, _("You have not seen it yet"))


def words_of_all(codes: Iterable[str], *, creator: str, is_followed: bool) -> list[dict[str, str]]:
    return [{"code": code, "text": words_of(code, creator=creator, is_followed=is_followed)} for code in codes]


def _category(subject: str) -> str:
    return current_category_names().get(int(subject), "")
