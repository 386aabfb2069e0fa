"""Making texts comparable: case, accents, vowel points, invisible characters and look-alike letters are folded away.

Every folded character remembers where it stood, so that what is found can be marked in the original.
"""

import unicodedata
from dataclasses import dataclass

TATWEEL = "\u0640"
INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
)

_LOOK_ALIKES = dict(
    zip(
        "аеіјорсухԁһӏѕԛԝвкмнтгпαεικνορτυχηωβγμςσƖƗıⅼ",
        "aeijopcyxdhlsqwbkmhtrpaeiknoptuxnwbymsslliil",
        strict=False,
    )
)
"""Letters of other scripts that look like Latin ones. Source: Unicode UTS #39, confusables, the common part."""

_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ؤ": "و", "ئ": "ي"}
)
_HEBREW = str.maketrans({"ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ"})
_DIGIT_LETTERS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}
_APOSTROPHES = dict.fromkeys("’‘ʼ`´′", "'")
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_IN_DISCS = {chr(first + number): chr(ord("a") + number) for first in (0x1F150, 0x1F170) for number in range(26)}
_DRESSED = {**_APOSTROPHES, **_SMALL_CAPITALS, **_IN_DISCS, "_": " ", "٪": "%"}
"""What compatibility folding leaves alone: small capitals, white letters on dark discs and squares, other signs."""
_SPELLED_OUT = 3
"""From so many letters on that stand alone, the same sign between them ("s.c.a.m"), they are read as one word; one more with spaces."""


@dataclass(frozen=True)
class Folded:
    """A folded text; `origins[i]` is where its character i stood in the original."""

    text: str
    origins: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        return self.origins[start], self.origins[end - 1] + 1


def fold(text: str) -> Folded:
    """Return `text` in the form in which rules are compared."""
    characters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        for part in _fold_character(character):
            characters.append(part)
            origins.append(place)
    _join_spelled_out(characters, origins)
    return Folded("".join(_fold_digits_in_words(_fold_look_alikes(characters))), tuple(origins))


def _fold_character(character: str) -> str:
    if character in INVISIBLE or character == TATWEEL:
        return ""
    spread = unicodedata.normalize("NFKD", _DRESSED.get(character, character).casefold())
    kept = "".join(part for part in spread if not unicodedata.combining(part) and part not in INVISIBLE)
    return kept.translate(_ARABIC).translate(_HEBREW)


def _join_spelled_out(characters: list[str], origins: list[int]) -> None:
    """Take out the signs between letters that each stand alone, in place."""
    runs: list[list[int]] = []
    for place in [start for start, end in _words(characters) if end - start == 1 and characters[start].isalpha()]:
        last = runs[-1] if runs and place - runs[-1][-1] == 2 else []
        if last and (len(last) == 1 or characters[place - 1] == characters[place - 3]):
            last.append(place)
        else:
            runs.append([*last[-1:], place])
    words = [run for run in runs if len(run) > 1 and len(run) >= _SPELLED_OUT + characters[run[0] + 1].isspace()]
    gaps = sorted({place + 1 for run in words for place in run[:-1]})
    for gap in reversed(gaps):
        del characters[gap], origins[gap]


def _fold_look_alikes(characters: list[str]) -> list[str]:
    """Turn look-alikes into Latin letters in words that also hold Latin ones; real Greek and Cyrillic words stay."""
    folded = list(characters)
    for start, end in _words(characters):
        if any("a" <= character <= "z" for character in characters[start:end]):
            folded[start:end] = [_LOOK_ALIKES.get(character, character) for character in characters[start:end]]
    return folded


def _fold_digits_in_words(characters: list[str]) -> list[str]:
    """Turn "gu4rant33d" into "guaranteed": digits between letters of one word; numbers and units stay."""
    folded = list(characters)
    for place in range(1, len(characters) - 1):
        replacement = _DIGIT_LETTERS.get(characters[place])
        if replacement and _is_latin(folded[place - 1]) and _has_letter_after(characters, place):
            folded[place] = replacement
    return folded


def _has_letter_after(characters: list[str], place: int) -> bool:
    for character in characters[place + 1 :]:
        if _is_latin(character):
            return True
        if character not in _DIGIT_LETTERS:
            return False
    return False


def _is_latin(character: str) -> bool:
    return "a" <= character <= "z"


def _words(characters: list[str]) -> list[tuple[int, int]]:
    spans, start = [], None
    for place, character in enumerate([*characters, " "]):
        if character.isalnum() and start is None:
            start = place
        elif not character.isalnum() and start is not None:
            spans.append((start, place))
            start = None
    return spans
