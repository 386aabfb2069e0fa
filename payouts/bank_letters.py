"""Names in the letters that banks accept. Pure: no Django.

Accents are dropped, and letters such as ß are written out. Other scripts are not transliterated: the bank compares the
name with the one that it has itself, and only its owner knows how that is written.

Source: EPC132-08 and EPC217-08 (SEPA requirements for an extended character set), for the characters.
"""

import re
import unicodedata

from text_unidecode import unidecode

REFUSED_LETTERS = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


def is_bank_name(name: str) -> bool:
    """Return whether a bank accepts the name: it has a letter, all are Latin, and none is invisible or a symbol."""
    plain = unicodedata.normalize("NFKC", name)
    return (
        any(letter.isalpha() for letter in plain)
        and all(map(_is_representable, plain))
        and not any(map(_is_symbol, plain))
    )


def write_bank_text(text: str, length: int) -> str:
    """Return the text in the letters that banks accept, at most `length` of them. “-” stands for none."""
    plain = unicodedata.normalize("NFKC", text)
    latin = "".join(unidecode(letter) if _is_representable(letter) else " " for letter in plain)
    return " ".join(REFUSED_LETTERS.sub(" ", latin).split())[:length].strip() or "-"


def _is_symbol(letter: str) -> bool:
    """Return whether it is an emoji, a currency or the like. A grave accent that stands for an apostrophe is none."""
    return unicodedata.category(letter)[0] == "S" and letter not in "+`"


def _is_representable(letter: str) -> bool:
    kind = unicodedata.category(letter)
    if kind[0] == "C" or kind in ("Zl", "Zp"):
        return False
    if kind[0] not in "LMN":
        return True
    return letter.isascii() or unicodedata.name(letter, "").startswith(("LATIN ", "COMBINING ", "MODIFIER LETTER "))
