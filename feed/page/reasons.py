"""Why a clip is shown, in words. A reason's code is a term of the score: `interest:12`, `co_watch:345`, `popular`."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from feed.page.faces import known_caption
from feed.page.snapshot import current_category_names

WATCHED = ("transition", "co_watch")


def captions_in(codes: Sequence[str]) -> tuple[str, ...]:
    """Return for each reason the caption of the clip that it speaks of; nothing where it speaks of none we know."""
    return tuple(_caption(code) for code in codes)


def words_of(code: str, caption: str, *, creator: str, is_followed: bool) -> str:
    """Return the sentence for one reason of a clip by `creator`."""
    term, _colon, subject = code.partition(":")
    if term in WATCHED:
        if caption:
            return _("People who watched “%(caption)s” liked this") % {"caption": caption}
        return _("People who watched what you watched liked this")
    if term == "interest":
        return _("You picked %(category)s") % {"category": _category(subject)}
    if term == "category":
        return _("You watch a lot of %(category)s") % {"category": _category(subject)}
    if term == "look":
        return _("A look at %(category)s") % {"category": _category(subject)}
    if term == "creator":
        words = _("From %(creator)s, whom you follow") if is_followed else _("You like the clips of %(creator)s")
        return words % {"creator": creator}
    plain = {
        "popular": _("Many people watch it to the end"),
        "new": _("New in the shop"),
        "trying": _("Trying something new"),
        "opened": _("You opened this clip"),
    }
    return plain.get(term, _("You have not seen it yet"))


def words_of_all(
    codes: Sequence[str], captions: Sequence[str], *, creator: str, is_followed: bool
) -> list[dict[str, str]]:
    return [
        {"code": code, "text": words_of(code, caption, creator=creator, is_followed=is_followed)}
        for code, caption in zip(codes, captions, strict=True)
    ]


def _caption(code: str) -> str:
    term, _colon, subject = code.partition(":")
    return known_caption(int(subject)) if term in WATCHED and subject else ""


def _category(subject: str) -> str:
    return current_category_names().get(int(subject), "")
