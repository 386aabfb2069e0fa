"""Keys of rows as they arrive in addresses and forms: text that need not be a number."""

LARGEST_KEY = 2**63 - 1
SLUG_LENGTH = 80
"""Of the longest slug of a product, campaign or category."""


def parse_key(text: object) -> int:
    """Return the number, or 0, which no row has, if the text is not ASCII digits or larger than a key can be."""
    digits = str(text)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
        return 0
    number = int(digits)
    return number if number <= LARGEST_KEY else 0


def parse_keys(texts: object) -> list[int]:
    """Return the keys among the values of a field, without those that are none."""
    parts = texts if isinstance(texts, (list, tuple)) else [texts]
    return [key for key in map(parse_key, parts) if key]
