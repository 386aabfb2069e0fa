"""Comparison of addresses as people write them: spelling, order of words and abbreviations do not matter.

Addresses are compared when it is needed. No hash or other copy of them is stored.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from shop.models.address import PostalAddress

ABBREVIATIONS = {
    "st": "street",
    "str": "strasse",
    "ave": "avenue",
    "av": "avenue",
    "rd": "road",
    "dr": "drive",
    "ln": "lane",
    "ct": "court",
    "pl": "place",
    "sq": "square",
    "ter": "terrace",
    "blvd": "boulevard",
    "hwy": "highway",
    "pkwy": "parkway",
    "bldg": "building",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
}
"""Source: USPS Publication 28, appendices B and C1, and German usage; only those that are common in addresses."""
UNIT_WORDS = frozenset(
    [
        "apartment",
        "apt",
        "app",
        "appt",
        "appartement",
        "appartment",
        "unit",
        "suite",
        "ste",
        "flat",
        "room",
        "rm",
        "wohnung",
        "whg",
        "piso",
        "puerta",
        "no",
        "nr",
        "דירה",
        "شقة",
        "شقه",
    ]
)
"""Words before the number of an apartment. They are left out, and start it in a line that has a street before it."""
NOT_IN_STREETS = frozenset({"no", "nr", "st", "app"})
"""Unit words that stand before the number of a house, or mean something else, in the line of the street."""


class AddressMatch(StrEnum):
    SAME_HOME = "same_home"
    UNIT_MISSING = "unit_missing"
    """The building is the same, and at least one address names no apartment."""


@dataclass(frozen=True)
class Home:
    """An address, brought into a form in which equal places are equal."""

    country_code: str
    postal_code: str
    place: tuple[str, ...]
    street: tuple[str, ...]
    numbers: tuple[str, ...]
    unit: tuple[str, ...]
    name: tuple[str, ...]


def read_home(address: PostalAddress) -> Home:
    """Return the comparable form of an address."""
    street, unit_in_street = _split_unit(_words(address.street))
    unit = tuple(word for word in _words(address.extra) if word not in UNIT_WORDS)
    letters = "".join(_words(address.postal_code))
    return Home(
        country_code=address.country_code,
        postal_code=letters[:5] if address.country_code == "US" else letters,
        place=tuple(_words(f"{address.region} {address.city} {address.district}")),
        street=tuple(sorted(_spell_out(word) for word in street if not word.isdigit())),
        numbers=tuple(word.lstrip("0") for word in street if word.isdigit()),
        unit=unit or unit_in_street,
        name=tuple(sorted(_words(address.name))),
    )


def compare_homes(home: Home, other: Home) -> AddressMatch | None:
    """Return how well two addresses match, or None if they are different places.

    Where either has no postal code, the region, city and district count. Without any number, a street alone is no
    match, unless the name is the same too.
    """
    if home.country_code != other.country_code or (home.street, home.numbers) != (other.street, other.numbers):
        return None
    if home.postal_code and other.postal_code:
        if home.postal_code != other.postal_code:
            return None
    elif home.place != other.place:
        return None
    has_number = bool(home.numbers) or (home.unit == other.unit and any(word.isdigit() for word in home.unit))
    if not (home.street or home.numbers) or not (has_number or home.name == other.name):
        return None
    if home.unit and other.unit:
        return AddressMatch.SAME_HOME if home.unit == other.unit else None
    return AddressMatch.UNIT_MISSING


def _words(text: str) -> list[str]:
    """Return the words and numbers in lower case, without accents, with digits in ASCII. “5b” is “5” and “b”."""
    spelled_out = text.replace("#", " apt ").replace("\N{NUMERO SIGN}", " no ")
    plain = unicodedata.normalize("NFKD", spelled_out).casefold()
    letters = (
        str(unicodedata.digit(letter)) if letter.isdecimal() else letter
        for letter in plain
        if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"
    )
    return re.findall(r"\d+|[^\W\d_]+", "".join(letters))


def _split_unit(words: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Separate the apartment from the words of a street: “Flat 3b, 12 High Street” has the apartment 3 b."""
    for place, word in enumerate(words[:-1]):
        if word not in UNIT_WORDS - NOT_IN_STREETS:
            continue
        after = words[place + 1 :]
        letters = [word for word in after[:2] if not word.isdigit()]
        size = 2 if len(after) > 1 and len(letters) == 1 and len(letters[0]) == 1 else 1
        rest = words[:place] + after[size:]
        if any(other.isdigit() for other in rest):
            return rest, tuple(after[:size])
    return words, ()


def _spell_out(word: str) -> str:
    if word.endswith("str") and len(word) > 5:  # “Torstr.”
        return f"{word}asse"
    return ABBREVIATIONS.get(word, word)
