"""Where a postcode or a town lies, by the table that `manage.py load_postcodes` fills. No other service is asked."""

from catalog.distance import Point
from catalog.models import Postcode

LONGEST_TYPED = 100


def normalize_code(typed: str) -> str:
    """Return a postcode as the table has it: capitals, without spaces and hyphens."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())[:20]


def find_point(typed: str, country_code: str) -> Point | None:
    """Return where a postcode or a town lies, or None if the table does not have it. Without a country, any counts.

    Of several towns with the name, it is the one with the lowest id; of a code with several places, likewise.
    """
    words = " ".join(typed.replace("\0", "").split())[:LONGEST_TYPED]
    if not words:
        return None
    places, code = Postcode.objects.order_by("pk"), normalize_code(words)
    if country_code:
        places = places.filter(country_code=country_code.upper())
    by_code = places.filter(code=code).first() if code else None
    place = by_code or places.filter(town__iexact=words).first()
    return place.point if place else None
