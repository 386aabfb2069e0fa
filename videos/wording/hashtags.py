"""Hashtags in a text: where they begin and end, and which spellings are the same one.

Source: Unicode Standard Annex 31, section 6.1 (hashtag identifiers), without emoji.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MAX_CHARACTERS = 64
SIGNS = "#\N{SMALL NUMBER SIGN}\N{FULLWIDTH NUMBER SIGN}"
LETTERS_AND_DIGITS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl"})
MARKS = frozenset({"Mn", "Mc"})
NO_LETTERS = frozenset("\u115f\u1160\u2139\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
"""Blank letters of Hangul, an emoji that counts as a letter, and what turns a digit into an emoji."""
JOINERS = "\u200c\u200d"
INNER = frozenset(f"{JOINERS}\u05be\u05f3\u05f4\u00b7\u30fb")
"""What belongs to a tag between two of its letters: joiners, maqaf, geresh and gershayim, Catalan and Japanese middle dots."""
NOT_BEFORE = frozenset(f"{SIGNS}&/=@")
"""After these, a sign begins no tag: it is an HTML entity or part of an address."""
_ADDRESS = re.compile(r"(?i)(?:\b[a-z][a-z0-9+.-]+://|\bwww\.)\S+")
_TURKISH = str.maketrans({"İ": "i", "ı": "i"})
_FOLDED_AWAY = re.compile(
    "[\u0640\u0610-\u061a\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7 \u034f\u17b4\u17b5\u180b-\u180f\U000e0100-\U000e01ef]"
    "|(?<=[\0-\u058f])[\u200c\u200d]|(?<=i)\u0307"
)
"""Tatweel and vowel signs of Arabic, points of Hebrew, selectors of variants, joiners in scripts that have none, and the
dot of a Turkish capital."""
_ALEF = re.compile("\u0627[\u0653-\u0655]|[\u0671-\u0673]")
"""Alef with hamza, madda or wasla: many people type the plain letter instead. Source: ArabicNormalizer of Apache Lucene."""


@dataclass(frozen=True)
class HashtagMatch:
    """A hashtag in a text, from `start` to `end` with its sign. `spelling` is as written, `key` the same for all spellings."""

    start: int
    end: int
    spelling: str
    key: str


def fold_hashtag(spelling: str) -> str:
    """Return what all spellings of a hashtag have in common.

    They may differ in case (as in Turkish, too), width, composition, vowel signs, and the hamza on an alef.
    """
    plain = unicodedata.normalize("NFKC", spelling).translate(_TURKISH).casefold()
    apart = _FOLDED_AWAY.sub("", unicodedata.normalize("NFKD", plain))
    return unicodedata.normalize("NFKC", _ALEF.sub("\u0627", apart)).strip("".join(INNER))


def read_hashtag(text: str) -> str:
    """Return the key of a hashtag that somebody typed by itself, with its sign or without, or "" if it is none."""
    sign = "" if text[:1] in SIGNS and text else "#"
    matches = list(find_hashtags(sign + text))
    return matches[0].key if len(matches) == 1 and matches[0].end == len(sign + text) else ""


def find_hashtags(text: str) -> Iterator[HashtagMatch]:
    """Yield the hashtags of a text in order. Those in addresses, without a letter, or longer than 64 characters are none."""
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    for sign in re.finditer(f"[{SIGNS}]", text):
        start = sign.start()
        before = text[start - 1 : start]
        is_inside = any(begin <= start < end for begin, end in addresses)
        if is_inside or (before and (before in NOT_BEFORE or _is_part(before))):
            continue
        end = _find_end(text, start + 1)
        spelling = unicodedata.normalize("NFC", text[start + 1 : end])
        key = fold_hashtag(spelling)
        if max(len(spelling), len(key)) <= MAX_CHARACTERS and any(map(str.isalpha, key)):
            yield HashtagMatch(start, end, spelling, key)


def _find_end(text: str, start: int) -> int:
    end = start
    while end < len(text):
        is_first = end == start
        is_inner = text[end] in INNER and not is_first and _is_part(text[end - 1]) and _is_part(text[end + 1 : end + 2])
        if not is_inner and not _is_part(text[end], takes_marks=not is_first):
            break
        end += 1
    return end


def _is_part(character: str, *, takes_marks: bool = True) -> bool:
    if not character or character in NO_LETTERS:
        return False
    category = unicodedata.category(character)
    is_letter = category in LETTERS_AND_DIGITS or character in "_\uff3f"
    return is_letter or (takes_marks and category in MARKS)
