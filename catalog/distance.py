"""Distances on the globe. Pure: no Django.

Source: the haversine formula, on a sphere with the mean radius of the Earth (IUGG: 6,371,008.8 m).
"""

from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin

EARTH_RADIUS_M = 6_371_008.8
_MARGIN_DEGREES = 1e-6
"""How much larger a box is than its circle, so that rounding loses no place on its edge."""


@dataclass(frozen=True)
class Point:
    """A place in degrees: latitude from -90 to 90, longitude from -180 to 180."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Box:
    """A range of latitudes and of longitudes. It never crosses the antimeridian."""

    south: float
    north: float
    west: float
    east: float


def bounding_boxes(centre: Point, radius_m: float) -> list[Box]:
    """Return one or two boxes that contain each point within the radius.

    They are two where the circle crosses the antimeridian. A circle around a pole has all longitudes.
    """
    angle = degrees(radius_m / EARTH_RADIUS_M) + _MARGIN_DEGREES
    south, north = centre.latitude - angle, centre.latitude + angle
    if south <= -90 or north >= 90:
        return [Box(max(south, -90), min(north, 90), -180, 180)]
    width = degrees(asin(min(1, sin(radians(angle)) / cos(radians(centre.latitude))))) + _MARGIN_DEGREES
    west, east = centre.longitude - width, centre.longitude + width
    if west < -180:
        return [Box(south, north, west + 360, 180), Box(south, north, -180, east)]
    if east > 180:
        return [Box(south, north, west, 180), Box(south, north, -180, east - 360)]
    return [Box(south, north, west, east)]
