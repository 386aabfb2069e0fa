"""Names and handles of creators that nobody can take for somebody else's."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import CharField, F, Func, Value
from django.utils.translation import gettext as _

from accounts.pasted_text import alphabets_of, visible_text
from catalog.site import site_name
from creators.models import Creator, FormerHandle, RetiredHandle

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
ERASED_PREFIX = "deleted."
"""How the handles of deleted accounts begin, whose rows the books need."""
HANDLE = re.compile(r"[a-z0-9]+(?:[._][a-z0-9]+)*")
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


def clean_name(text: str) -> str:
    """Return a creator's name as `clean_text` does. Raises ValidationError also if the name could deceive."""
    name = clean_text(text, most=Creator._meta.get_field("display_name").max_length or 0)
    for word in name.split():
        if len(alphabets_of(word)) > 1:
            raise ValidationError(_("Use letters of one alphabet in each word of the name."))
    if _skeleton(name) in _reserved_skeletons():
        raise ValidationError(_("This name could be taken for the shop's own. Choose another."))
    return name


def clean_handle(text: str) -> str:
    """Return a handle in lower case. Raises ValidationError if it is only signs, or could be taken for the shop's own."""
    handle = text.lower()
    if not HANDLE.fullmatch(handle):
        raise ValidationError(
            _("Begin and end with a letter or digit, and use single dots or underscores between them.")
        )
    if _skeleton(handle) in _reserved_skeletons() or handle.startswith(ERASED_PREFIX):
        raise ValidationError(_("This handle is reserved. Choose another."))
    return handle


def is_lookalike(handle: str, *, user_id: int) -> bool:
    """Return whether a handle differs only in looks from one that somebody else has, or ever had."""
    skeleton = _skeleton(handle)
    if RetiredHandle.objects.filter(look_hash=_look_hash(handle)).exists():
        return True
    others = Creator.objects.exclude(user=user_id).alias(plain=_skeleton_in_sql()).filter(plain=skeleton)
    former = FormerHandle.objects.exclude(creator__user=user_id).alias(plain=_skeleton_in_sql())
    return others.exists() or former.filter(plain=skeleton).exists()


def retire_handles(handles: Iterable[str]) -> None:
    """Keep everybody from these handles, and from what looks like them, for good."""
    rows = [RetiredHandle(look_hash=_look_hash(handle)) for handle in handles]
    RetiredHandle.objects.bulk_create(rows, ignore_conflicts=True)


def _look_hash(handle: str) -> str:
    return hashlib.sha256(_skeleton(handle).encode()).hexdigest()


def _skeleton(text: str) -> str:
    """Return what a name looks like: without signs, accents and case, with look-alikes as Latin letters."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LIKE_LATIN)
    letters = "".join(letter for letter in plain if letter.isalnum())
    return letters.translate({ord("i"): "l"}).replace("rn", "m").replace("vv", "w")


def _skeleton_in_sql() -> Func:
    """Return the skeleton of handles, which are ASCII, as PostgreSQL computes it."""
    letters = Func(
        F("handle"), Value("01|!35$@i._"), Value("olllessal"), function="translate", output_field=CharField()
    )
    narrow = Func(letters, Value("rn"), Value("m"), function="replace", output_field=CharField())
    return Func(narrow, Value("vv"), Value("w"), function="replace", output_field=CharField())


def _reserved_skeletons() -> set[str]:
    return {_skeleton(word) for word in (*RESERVED, site_name())}
