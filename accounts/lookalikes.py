"""What names look like: people, shops and merchants must not be taken for each other."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.pasted_text import alphabets_of, visible_text

RESERVED = frozenset(
    [
        "admin",
        "administrator",
        "moderator",
        "mod",
        "staff",
        "support",
        "help",
        "helpdesk",
        "service",
        "security",
        "system",
        "root",
        "official",
        "team",
        "host",
        "owner",
        "info",
        "contact",
        "legal",
        "billing",
        "payments",
        "payouts",
        "press",
        "abuse",
        "postmaster",
        "webmaster",
        "noreply",
        "everyone",
        "anonymous",
        "deleted",
        "null",
        "undefined",
        "me",
        "you",
    ]
)
"""Words that shoppers read as the shop's own, and those that mean nobody."""
LIKE_LATIN = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u043a\u043c\u0442\u043d\u0432"
    "\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c4\u03c5\u03c7\u03f2\u0131\u0261\u2113"
    "01|!35$@",
    "aeopcxyijshdqwkmthbaopvlktuxclglolllessa",
)
"""Letters, digits and signs that look like Latin letters. Source: Unicode Technical Standard 39, confusables.txt."""


def clean_text(text: str, *, most: int) -> str:
    """Return a name as `visible_text` does.

    Raises ValidationError if no letter is left, or more than `most` characters: normalizing can make a text longer.
    """
    name = visible_text(text)
    if not any(unicodedata.category(letter)[0] in "LNS" for letter in name):
        raise ValidationError(_("Enter a name with at least one letter."))
    if len(name) > most:
        raise ValidationError(_("Use at most %(most)d characters.") % {"most": most})
    return name


def check_alphabets(name: str) -> None:
    """Raise ValidationError if a word of the name mixes alphabets, which is meant to deceive."""
    if any(len(alphabets_of(word)) > 1 for word in name.split()):
        raise ValidationError(_("Use letters of one alphabet in each word of the name."))


def skeleton(text: str) -> str:
    """Return what a name looks like: without signs, accents and case, with look-alikes as Latin letters."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LIKE_LATIN)
    letters = "".join(letter for letter in plain if letter.isalnum())
    return letters.translate({ord("i"): "l"}).replace("rn", "m").replace("vv", "w")


def reserved_skeletons(name_of_shop: str) -> set[str]:
    """Return what no name may look like: the shop's own name, and words that people read as the shop's."""
    return {skeleton(word) for word in (*RESERVED, name_of_shop)}
