"""Search for products that can be picked up near a place, on the page and in the API."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from catalog.models import Postcode, Product
from tests.catalog.test_distance import make_place
from tests.factories import make_merchant, make_product

pytestmark = pytest.mark.django_db
GEONAMES = "US\t60601\tChicago\tIllinois\tIL\tCook\t031\t\t\t41.8858\t-87.6181\t4\n"


@pytest.fixture
def shops() -> None:
    """Three sellers: in Chicago, in Evanston 18 km away, and in New York. Each sells a lamp."""
    Postcode.objects.create(country_code="US", code="60601", town="Chicago", latitude=41.8858, longitude=-87.6181)
    for slug, place in {"chicago": (41.88, -87.63), "evanston": (42.05, -87.69), "york": (40.71, -74.0)}.items():
        merchant = make_merchant(slug)
        make_product(f"{slug}-lamp", merchant=merchant, name=f"Lamp {slug}")
        make_place(*place, merchant=merchant, name=slug)


def names(client: Client, **filters: str) -> list[str]:
    return [row["slug"] for row in client.get("/api/v1/products/", filters).json()["results"]]


@pytest.mark.usefixtures("shops")
@pytest.mark.parametrize("place", [{"near": "60601"}, {"near": "chicago"}, {"at": "41.89,-87.62"}])
def test_products_near_a_place_are_found_the_nearest_first(client: Client, place: dict[str, str]) -> None:
    make_product("unplaced")
    assert names(client, **place) == ["chicago-lamp", "evanston-lamp"]
    assert names(client, **place, radius="5") == ["chicago-lamp"]
    page = client.get("/search/", place).content.decode()
    assert page.index("Lamp chicago") < page.index("Lamp evanston") and "Lamp york" not in page
    page = client.get("/search/", place | {"q": "lamp"}).content.decode()
    assert page.index("Lamp chicago") < page.index("Lamp evanston") and "Lamp york" not in page


@pytest.mark.usefixtures("shops")
def test_pages_of_the_api_go_on_at_the_distance(client: Client) -> None:
    make_product("second-lamp", merchant=Product.objects.get(slug="chicago-lamp").merchant)
    url, found = "/api/v1/products/?near=60601&limit=1", []
    while url:
        answer = client.get(url).json()
        found += [row["slug"] for row in answer["results"]]
        url = answer["next"]
    assert found == ["second-lamp", "chicago-lamp", "evanston-lamp"]
    assert client.get("/api/v1/products/?near=60601&cursor=cD1hYmM%3D").status_code == 404


@pytest.mark.usefixtures("shops")
def test_what_cannot_be_picked_up_is_not_near(client: Client) -> None:
    Product.objects.filter(slug="chicago-lamp").update(can_be_picked_up=False)
    assert names(client, near="60601") == ["evanston-lamp"]


@pytest.mark.parametrize(
    "place", [{"near": "Atlantis"}, {"at": "91,0"}, {"at": "x"}, {"at": "1,181"}, {"near": "\0"} | {"at": "nan,0"}]
)
def test_unknown_place_finds_nothing_and_says_so(client: Client, place: dict[str, str]) -> None:
    make_product("lamp")
    answer = client.get("/api/v1/products/", place)
    assert (answer.status_code, list(answer.json())) == (400, ["near"])
    page = client.get("/search/", place).content.decode()
    assert "Type a postcode or the name of a town." in page and "Lamp" not in page


def test_postcodes_are_loaded_and_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "US.txt"
    for text in (GEONAMES, GEONAMES.replace("41.8858", "41.5")):
        file.write_text(text)
        call_command("load_postcodes", file, stdout=StringIO())
    assert list(Postcode.objects.values_list("code", "town", "latitude")) == [("60601", "Chicago", 41.5)]
    for text in ("a line\n", GEONAMES.replace("41.8858", "941")):
        file.write_text(GEONAMES.replace("60601", "60602") + text)
        with pytest.raises(CommandError, match="Line 2"):
            call_command("load_postcodes", file, stdout=StringIO())
    assert Postcode.objects.count() == 1
