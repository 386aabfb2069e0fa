"""Folding of texts before matching, so that different spellings of a word become the same.

Folding removes case, accents, vowel points and invisible characters, and replaces look-alikes. Every folded character
keeps its original offset, so that matches can be highlighted in the original text.
"""

import unicodedata
from dataclasses import dataclass

TATWEEL = "\u0640"
INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3164\uffa0"
)

_LOOK_ALIKES = dict(
    zip(
        "аеіјорсухԁһӏѕԛԝвкмнтгпαεικνορτυχηωβγμςσƖƗıⅼ",
        "aeijopcyxdhlsqwbkmhtrpaeiknoptuxnwbymsslliil",
        strict=False,
    )
)
"""Letters of other scripts that look like Latin letters. Source: the most common confusables in UTS #39."""

_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ؤ": "و", "ئ": "ي"}
)
_HEBREW = str.maketrans({"ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ"})
_DIGIT_LETTERS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}
_APOSTROPHES = dict.fromkeys("’‘ʼ`´′", "'")
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_ENCLOSED_LETTERS = {
    chr(first + number): chr(ord("a") + number) for first in (0x1F150, 0x1F170) for number in range(26)
}
_REPLACEMENTS = {**_APOSTROPHES, **_SMALL_CAPITALS, **_ENCLOSED_LETTERS, "_": " ", "٪": "%"}
"""Replacements that NFKD does not make: small capitals, letters in dark circles and squares, and other signs."""
_MAX_PARTS = 6
"""Signs that stand for whole phrases, such as ﷺ with 18 letters, are left as they are."""
_MIN_SPELLED_OUT = 3
"""How many single letters count as one word if signs separate them ("s.c.a.m"). With spaces, one more is needed."""
MAX_GAP = 40
"""How many blanks and signs a folded text has between two words at most. Rules look no further for the next word."""
_MAX_REPEATS = 3


@dataclass(frozen=True)
class FoldedText:
    """A folded text. Its character i comes from offset `origins[i]` in the original text."""

    text: str
    origins: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        return self.origins[start], self.origins[end - 1] + 1


def fold(text: str) -> FoldedText:
    """Return the text in the form in which captions and phrases are compared."""
    characters: list[str] = []
    origins: list[int] = []
    for offset, character in enumerate(text):
        for part in _fold_character(character):
            characters.append(part)
            origins.append(offset)
    _shorten_gaps(characters, origins)
    _join_spelled_out(characters, origins)
    return FoldedText("".join(_fold_digits_in_words(_fold_look_alikes(characters))), tuple(origins))


def _fold_character(character: str) -> str:
    if character in INVISIBLE or character == TATWEEL:
        return ""
    decomposed = unicodedata.normalize("NFKD", _REPLACEMENTS.get(character, character)).casefold()
    if len(decomposed) > _MAX_PARTS:
        return character
    letters = "".join(part for part in decomposed if not unicodedata.combining(part) and part not in INVISIBLE)
    return letters.translate(_ARABIC).translate(_HEBREW)


def _shorten_gaps(characters: list[str], origins: list[int]) -> None:
    """Shorten runs of blanks to one, and of a sign to three. Changes both lists in place.

    Of a gap that is too long even so, keep one of each sign, and drop the middle of what is too long still.
    """
    remaining: list[int] = []
    gap: list[int] = []
    for index, character in enumerate([*characters, "."]):
        is_end = index == len(characters)
        if is_end or character.isalnum():
            remaining += _shorten_gap(characters, gap)
            remaining += [] if is_end else [index]
            gap = []
        elif not _is_repeated(characters, gap, character):
            gap.append(index)
    characters[:] = [characters[index] for index in remaining]
    origins[:] = [origins[index] for index in remaining]


def _is_repeated(characters: list[str], gap: list[int], character: str) -> bool:
    if character.isspace():
        return bool(gap) and characters[gap[-1]].isspace()
    return len(gap) >= _MAX_REPEATS and all(characters[index] == character for index in gap[-_MAX_REPEATS:])


def _shorten_gap(characters: list[str], gap: list[int]) -> list[int]:
    if len(gap) > MAX_GAP:
        gap = sorted({characters[index]: index for index in reversed(gap)}.values())
    return gap if len(gap) <= MAX_GAP else gap[: MAX_GAP // 2] + gap[-MAX_GAP // 2 :]


def _join_spelled_out(characters: list[str], origins: list[int]) -> None:
    """Remove the separators in spelled-out words ("s.c.a.m" → "scam"). Changes both lists in place."""
    runs: list[list[int]] = []
    for index in [start for start, end in _words(characters) if end - start == 1 and characters[start].isalpha()]:
        last = runs[-1] if runs and index - runs[-1][-1] == 2 else []
        if last and (len(last) == 1 or characters[index - 1] == characters[index - 3]):
            last.append(index)
        else:
            runs.append([*last[-1:], index])
    words = [run for run in runs if len(run) > 1 and len(run) >= _MIN_SPELLED_OUT + characters[run[0] + 1].isspace()]
    gaps = {index + 1 for run in words for index in run[:-1]}
    characters[:] = [character for index, character in enumerate(characters) if index not in gaps]
    origins[:] = [origin for index, origin in enumerate(origins) if index not in gaps]


def _fold_look_alikes(characters: list[str]) -> list[str]:
    """Replace look-alikes in words that contain Latin letters. Greek and Cyrillic words stay unchanged."""
    folded = list(characters)
    for start, end in _words(characters):
        if any("a" <= character <= "z" for character in characters[start:end]):
            folded[start:end] = [_LOOK_ALIKES.get(character, character) for character in characters[start:end]]
    return folded


def _fold_digits_in_words(characters: list[str]) -> list[str]:
    """Replace digits between the letters of a word ("gu4rant33d" → "guaranteed"). Numbers and units stay unchanged."""
    folded = list(characters)
    has_letter_after = _find_letters_after(characters)
    for index in range(1, len(characters) - 1):
        replacement = _DIGIT_LETTERS.get(characters[index])
        if replacement and _is_latin(folded[index - 1]) and has_letter_after[index]:
            folded[index] = replacement
    return folded


def _find_letters_after(characters: list[str]) -> list[bool]:
    """Return for each character whether a Latin letter follows, directly or after digits that stand for letters."""
    follows, result = False, [False] * len(characters)
    for index in range(len(characters) - 1, -1, -1):
        result[index] = follows
        follows = _is_latin(characters[index]) or (follows and characters[index] in _DIGIT_LETTERS)
    return result


def _is_latin(character: str) -> bool:
    return "a" <= character <= "z"


def _words(characters: list[str]) -> list[tuple[int, int]]:
    """Return the start and end of each run of letters and digits."""
    spans, start = [], None
    for index, character in enumerate([*characters, " "]):
        if character.isalnum() and start is None:
            start = index
        elif not character.isalnum() and start is not None:
            spans.append((start, index))
            start = None
    return spans
