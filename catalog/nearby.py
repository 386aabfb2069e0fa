"""Products near a place: of sellers that offer pickup within some kilometres, the nearest first.

The place is typed, or comes from the browser's location. Neither is stored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext as _

from catalog.distance import Point
from catalog.models import PickupPlace, ProductQuerySet
from catalog.postcodes import find_point

RADII_KM = (5, 10, 25, 50, 100)
DEFAULT_RADIUS_KM = 25
MAX_SELLERS = 200
"""The nearest of them, if there are more."""
_COORDINATES = re.compile(r"(-?\d{1,2}(?:\.\d{1,6})?),(-?\d{1,3}(?:\.\d{1,6})?)", re.ASCII)


class PlaceUnknown(Exception):
    """A place that cannot be found. The message says what to type instead."""


@dataclass(frozen=True)
class Vicinity:
    """A place, and how far from it shoppers would go."""

    centre: Point
    radius_km: int

    def find_sellers(self) -> dict[int, int]:
        """Return the distance in metres to the nearest pickup place of each seller, by id: the nearest seller first."""
        places: Any = PickupPlace.objects.offered().near(self.centre, self.radius_km * 1000)
        distances: dict[int, int] = {}
        for seller, distance_m in places.values_list("merchant_id", "distance_m"):
            distances.setdefault(seller, round(distance_m))
        return dict(list(distances.items())[:MAX_SELLERS])


def filter_near(products: ProductQuerySet, distances: Mapping[int, int]) -> ProductQuerySet:
    """Return products that can be picked up from sellers at these distances in metres, each with its `distance_m`."""
    cases = [When(merchant=seller, then=Value(distance_m)) for seller, distance_m in distances.items()]
    offered = products.filter(can_be_picked_up=True, merchant__in=distances)
    return offered.annotate(distance_m=Case(*cases, output_field=IntegerField()))


def read_vicinity(values: Mapping[str, Any]) -> Vicinity | None:
    """Return the vicinity of `at`, such as "53.35,-6.26", or of `near`, a postcode or town; None if both are empty.

    `radius` is in kilometres. Raises PlaceUnknown.
    """
    coordinates, words = values.get("at", "").strip(), values.get("near", "").replace("\0", "").strip()
    if not (coordinates or words):
        return None
    radius = values.get("radius", "").strip()
    radius_km = int(radius) if radius.isascii() and radius.isdecimal() and len(radius) < 4 else DEFAULT_RADIUS_KM
    point = find_point(words, settings.SHOP_COUNTRY) if words else _read_coordinates(coordinates)
    if point is None:
        place = {"place": words or coordinates}
        raise PlaceUnknown(_("We don't know where “%(place)s” is. Type a postcode or the name of a town.") % place)
    return Vicinity(point, min(max(radius_km, 1), max(RADII_KM)))


def _read_coordinates(text: str) -> Point | None:
    match = _COORDINATES.fullmatch(text)
    if match is None:
        return None
    point = Point(float(match[1]), float(match[2]))
    return point if -90 <= point.latitude <= 90 and -180 <= point.longitude <= 180 else None
