"""Why a clip is shown, in words. A reason's code is a term of the score: `interest:12`, `watched:345`, `popular`."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from feed.cards import known_caption
from feed.shelf import current_category_names


def words_of(code: str, *, creator: str) -> str:
    """Return the sentence for one reason of a clip by `creator`."""
    name, _colon, subject = code.partition(":")
    if name == "interest":
        return _("You picked %(category)s") % {"category": _category(int(subject))}
    if name == "taste":
        return _("You watch a lot of %(category)s") % {"category": _category(int(subject))}
    if name == "watched":
        caption = known_caption(int(subject))
        if caption:
            return _("People who watched “%(caption)s” liked this") % {"caption": caption}
        return _("People who watched what you watched liked this")
    plain = {
        "followed": _("New from %(creator)s, whom you follow") % {"creator": creator},
        "popular": _("Many people watch it to the end"),
        "fresh": _("New in the shop"),
        "unseen": _("You have not seen it yet"),
        "trying": _("Trying something new"),
        "opened": _("You opened this clip"),
    }
    return plain[name]


def explain(codes: Iterable[str], *, creator: str) -> list[dict[str, str]]:
    return [{"code": code, "text": words_of(code, creator=creator)} for code in codes]


def _category(pk: int) -> str:
    return current_category_names().get(pk, "")
