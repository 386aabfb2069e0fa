"""The order of names in lists that people read, such as countries. Pure: no Django."""

import unicodedata

ARABIC_ARTICLE = "ال"


def sort_key(name: str) -> str:
    """Return a name without the Arabic article, accents, hamzas and capitals, as dictionaries and atlases order it."""
    decomposed = unicodedata.normalize("NFKD", name.removeprefix(ARABIC_ARTICLE))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
