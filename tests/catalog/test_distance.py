"""Boxes around a place contain its circle, also at the antimeridian and at the poles."""

import pytest

from catalog.distance import Box, Point, bounding_boxes
from catalog.models import PickupPlace
from tests.factories import make_merchant

HOME = Point(53.3498, -6.2603)


def make_place(latitude: float, longitude: float, **fields: object) -> PickupPlace:
    values = {"name": "Shop", "address": "1 Mill Lane\nDublin", "latitude": latitude, "longitude": longitude} | fields
    return PickupPlace.objects.create(**values)


def test_box_of_the_equator_is_as_wide_as_high() -> None:
    (box,) = bounding_boxes(Point(0, 0), 111_195)
    assert (round(box.south, 2), round(box.north, 2), round(box.west, 2), round(box.east, 2)) == (-1, 1, -1, 1)


@pytest.mark.parametrize("longitude", [179.9, -179.9])
def test_circle_across_the_antimeridian_has_two_boxes(longitude: float) -> None:
    western, eastern = sorted(bounding_boxes(Point(0, longitude), 50_000), key=lambda box: box.west)
    assert (western.west, eastern.east) == (-180, 180)
    assert western.east < -179 and eastern.west > 179


@pytest.mark.parametrize(("latitude", "south", "north"), [(89.9, 89, 90), (-89.9, -90, -89)])
def test_circle_around_a_pole_has_all_longitudes(latitude: float, south: float, north: float) -> None:
    (box,) = bounding_boxes(Point(latitude, 20), 50_000)
    assert (box.west, box.east) == (-180, 180)
    assert Box(round(box.south), round(box.north), box.west, box.east) == Box(south, north, -180, 180)


@pytest.mark.django_db
def test_nearest_places_come_first_and_then_those_with_the_lowest_id() -> None:
    far = make_place(53.40, -6.26)
    first, second = make_place(53.35, -6.26), make_place(53.35, -6.26)
    make_place(54.60, -5.93)
    near = PickupPlace.objects.near(HOME, 10_000)
    assert [place.pk for place in near] == [first.pk, second.pk, far.pk]
    assert [round(distance) for distance in near.values_list("distance_m", flat=True)] == [30, 30, 5582]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("here", "there", "metres"),
    [
        (Point(0, 179.95), (0, -179.95), 11_120),
        (Point(-17.8, -179.99), (-17.8, 179.99), 2_117),
        (Point(89.99, 0), (89.99, 180), 2_224),
        (Point(-90, 0), (-89.99, 77), 1_112),
    ],
)
def test_places_are_near_across_the_antimeridian_and_the_poles(
    here: Point, there: tuple[float, float], metres: int
) -> None:
    make_place(*there)
    assert [round(m) for m in PickupPlace.objects.near(here, 20_000).values_list("distance_m", flat=True)] == [metres]


@pytest.mark.django_db
def test_only_places_that_approved_merchants_offer_are_offered() -> None:
    make_place(0, 0, is_offered=False)
    make_place(0, 0, merchant=make_merchant(state="suspended"))
    offered = make_place(0, 0)
    assert list(PickupPlace.objects.offered()) == [offered]
