"""Sentences that say why a clip is shown.

Most reason codes name a term of the score, such as `interest:12`, `co_watch:345` or `popular`.
"""

from collections.abc import Sequence

import orjson
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feed.page.cache import Cache
from feed.page.card_content import cached_caption
from feed.page.card_pictures import dump_json
from feed.page.snapshot import current_category_name, current_places

CLIP_TERMS = ("transition", "co_watch")
"""Terms whose subject is a clip that the viewer watched."""

_reasons: Cache[tuple[object, ...], orjson.Fragment] = Cache("reasons")


def describe_reasons(codes: Sequence[str], *, creator: str, is_followed: bool) -> orjson.Fragment:
    """Return the reasons for a clip as encoded JSON: a list of {"code", "text"} in the active language.

    `creator` is the name of the clip's creator. `is_followed` says whether the viewer follows that creator.
    """
    captions = tuple(_caption(code) for code in codes)
    key = (tuple(codes), captions, creator, is_followed, get_language())
    return _reasons.get_or_compute(key, lambda: _encode(codes, captions, creator, is_followed))


def describe_reason(code: str, caption: str, *, creator: str, is_followed: bool) -> str:
    """Return the sentence for one reason.

    If the reason names another clip, `caption` is the caption of that clip. Otherwise it is empty.
    """
    term, _colon, subject = code.partition(":")
    if term in CLIP_TERMS:
        if caption:
            return _("People who watched “%(caption)s” liked this") % {"caption": caption}
        return _("People who watched the same clips liked this")
    if term == "interest":
        return _("You picked %(category)s") % {"category": _category(subject)}
    if term == "category":
        return _("You watch a lot of %(category)s") % {"category": _category(subject)}
    if term == "enjoyed":
        return _("You enjoyed a clip from %(category)s") % {"category": _category(subject)}
    if term == "look":
        return _("Something from %(category)s") % {"category": _category(subject)}
    if term == "sponsored":
        return _sponsor(subject)
    if term == "creator":
        text = _("You follow %(creator)s") if is_followed else _("You enjoyed a clip by %(creator)s")
        return text % {"creator": creator}
    texts = {
        "popular": _("Many people watch it to the end"),
        "new": _("New in the shop"),
        "trying": _("Trying something new"),
        "opened": _("You opened this clip"),
        "again": _("You asked to see clips again"),
        "beyond_dial": _("There are no more clips without ads right now"),
    }
    return texts.get(term, _("You haven't seen it yet"))


def _encode(codes: Sequence[str], captions: Sequence[str], creator: str, is_followed: bool) -> orjson.Fragment:
    reasons = [
        {"code": code, "text": describe_reason(code, caption, creator=creator, is_followed=is_followed)}
        for code, caption in zip(codes, captions, strict=True)
    ]
    return orjson.Fragment(dump_json(reasons))


def _caption(code: str) -> str:
    term, _colon, subject = code.partition(":")
    return cached_caption(int(subject)) if term in CLIP_TERMS and subject else ""


def _sponsor(subject: str) -> str:
    sponsor = next((place.sponsor for place in current_places() if str(place.place_id) == subject), "")
    return _("%(sponsor)s paid to show this") % {"sponsor": sponsor} if sponsor else _("Somebody paid to show this")


def _category(subject: str) -> str:
    return current_category_name(int(subject))
