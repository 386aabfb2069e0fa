"""What is only for adults is hidden from everybody not known to be one: at every door, the moment it is marked."""

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from catalog.models import Category, Product
from tests.conftest import client_of
from tests.factories import NOW, make_category, make_product, make_user
from tests.feed.watching import make_watchable_clip
from tests.shop.conftest import seen
from videos.models import Clip, ProductTag

pytestmark = pytest.mark.django_db
Door = Callable[[Client, Clip], HttpResponse]
WORDS = "Velvet Merlot"


def get(address: str) -> Door:
    return lambda client, clip: client.get(address.format(code=clip.code, handle=clip.creator.handle))


def post(address: str, **body: object) -> Door:
    return lambda client, clip: client.post(address.format(code=clip.code), body, content_type="application/json")


def media(client: Client, clip: Clip) -> HttpResponse:
    assert clip.source is not None
    name = f"{clip.source.media_folder}/age.mp4"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(b"0123456789"))
    return client.head(f"/media/{name}")


def click(client: Client, clip: Clip) -> HttpResponse:
    body = {"product": "merlot", "quantity": 1, "seen": seen(clip)}
    return client.post("/api/v1/clicks/", body, content_type="application/json")


LISTS: dict[str, Door] = {
    "feed": get("/"),
    "feed again": get("/?again=yes"),
    "feed API": get("/api/v1/feed/?limit=20"),
    "search by words": get("/search/?q=velvet"),
    "search by category": get("/search/?category=wine"),
    "search without words": get("/search/"),
    "welcome": get("/welcome/"),
    "products API": get("/api/v1/products/?q=velvet"),
    "products of a category API": get("/api/v1/products/?category=wine"),
    "categories API": get("/api/v1/categories/"),
    "storefront": get("/@{handle}/"),
    "page of the other product": get("/p/mug/"),
}
"""Pages that stay open, but must not tell of it."""
SINGLES: dict[str, Door] = {
    "clip": get("/c/{code}/"),
    "clip API": get("/api/v1/clips/{code}/"),
    "captions": get("/c/{code}/captions.vtt"),
    "media": media,
    "product": get("/p/merlot/"),
    "product API": get("/api/v1/products/merlot/"),
    "like": post("/api/v1/clips/{code}/like/"),
    "save": post("/api/v1/clips/{code}/save/"),
    "report": post("/api/v1/clips/{code}/report/", reason="other"),
    "bag API": post("/api/v1/bag/", product="merlot", quantity=1),
    "click": click,
}
"""Doors that are shut."""
SHUT = (400, 404)


@pytest.fixture
def clip() -> Clip:
    """Return a published clip that shows a wine and a mug; nothing in it is marked yet."""
    cellar = make_category("wine", name="Wine cellar", parent=make_category("drinks"))
    wine = make_product("merlot", name=WORDS, category=cellar)
    mug = make_product("mug")
    captions = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello\n"
    return make_watchable_clip(
        products=[wine, mug], caption="Velvet Merlot at dusk", captions_vtt=captions, is_speechless=False
    )


@pytest.fixture
def adult() -> User:
    return make_user(adult_confirmed_at=NOW)


def mark(clip: Clip) -> None:
    """Mark the category above the wine's, after the clip went live, with a plain UPDATE."""
    Category.objects.filter(slug="drinks").update(is_age_restricted=True)
    clip.refresh_from_db()
    assert clip.is_age_restricted


def tells(answer: HttpResponse) -> bool:
    page = answer.content.decode()
    return any(words in page for words in ("Merlot", "merlot", "Wine cellar"))


@pytest.mark.parametrize("name", LISTS)
def test_lists_do_not_tell_of_it(name: str, clip: Clip, adult: User, shopper: User) -> None:
    mark(clip)
    for client in (Client(), client_of(shopper)):
        client.get("/")  # a viewer with a cookie
        answer = LISTS[name](client, clip)
        assert answer.status_code == 200
        assert not tells(answer), name
    known = client_of(adult)
    known.get("/")
    again = "?again=yes" if name.startswith("feed") else ""
    assert tells(LISTS[name](known, clip)) or tells(known.get(f"/{again}"))


@pytest.mark.parametrize("name", SINGLES)
def test_doors_are_shut(name: str, clip: Clip, adult: User, shopper: User) -> None:
    before = SINGLES[name](Client(), clip)
    mark(clip)
    for client in (Client(), client_of(shopper)):
        answer = SINGLES[name](client, clip)
        assert answer.status_code in SHUT, name
    assert before.status_code not in SHUT
    assert SINGLES[name](client_of(adult), clip).status_code not in SHUT


def test_who_signs_out_is_not_known_to_be_an_adult_any_more(clip: Clip, adult: User) -> None:
    mark(clip)
    client = client_of(adult)
    client.get("/")
    assert tells(client.get("/api/v1/feed/?again=yes"))
    del client.cookies["sessionid"]
    assert not tells(client.get("/api/v1/feed/?again=yes"))


def test_the_mark_follows_tags_products_and_categories(clip: Clip) -> None:
    def is_marked() -> bool:
        clip.refresh_from_db()
        return clip.is_age_restricted

    assert not is_marked()
    Category.objects.filter(slug="wine").update(is_age_restricted=True)
    assert is_marked()
    Product.objects.filter(slug="merlot").update(category=make_category("books"))
    assert not is_marked()
    Product.objects.filter(slug="merlot").update(category=Category.objects.get(slug="wine"))
    assert is_marked()
    clip.tags.filter(product__slug="merlot").delete()
    assert not is_marked()


def test_the_mark_follows_a_tag_that_gets_another_product(clip: Clip) -> None:
    Category.objects.filter(slug="wine").update(is_age_restricted=True)
    other = make_product("plate")
    clip.tags.filter(product__slug="merlot").update(product=other)
    clip.refresh_from_db()
    assert not clip.is_age_restricted
    clip.tags.filter(product=other).update(product=Product.objects.get(slug="merlot"))
    clip.refresh_from_db()
    assert clip.is_age_restricted


def test_the_mark_follows_a_category_that_moves_below_one_for_adults(clip: Clip) -> None:
    Category.objects.filter(slug="wine").update(parent=make_category("cellar", is_age_restricted=True))
    clip.refresh_from_db()
    assert clip.is_age_restricted
    assert Client().get(f"/c/{clip.code}/").status_code == 404


def restrict(clip: Clip) -> None:
    Category.objects.filter(slug="wine").update(is_age_restricted=True)


def move_category(clip: Clip) -> None:
    Category.objects.filter(slug="wine").update(parent=make_category("cellar", is_age_restricted=True))


def move_product(clip: Clip) -> None:
    adults = make_category("cellar", is_age_restricted=True)
    Product.objects.filter(slug="merlot").update(category=adults)


def tag_anew(clip: Clip) -> None:
    wine = make_product("port", category=make_category("cellar", is_age_restricted=True))
    ProductTag.objects.create(clip=clip, product=wine, start_ms=0, end_ms=100)


def change_tag(clip: Clip) -> None:
    wine = make_product("port", category=make_category("cellar", is_age_restricted=True))
    clip.tags.filter(product__slug="merlot").update(product=wine)


@pytest.mark.parametrize(
    ("table", "trigger", "change"),
    [
        ("catalog_category", "videos_age_of_category", restrict),
        ("catalog_category", "videos_age_of_category", move_category),
        ("catalog_product", "videos_age_of_product", move_product),
        ("videos_producttag", "videos_age_of_new_tags", tag_anew),
        ("videos_producttag", "videos_age_of_moved_tag", change_tag),
    ],
)
@pytest.mark.parametrize("is_on", [True, False])
def test_each_trigger_shuts_the_door_and_without_it_everybody_sees_the_clip(
    clip: Clip, table: str, trigger: str, change: Callable[[Clip], None], is_on: bool
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if not is_on:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    change(clip)
    assert Client().get(f"/c/{clip.code}/").status_code == (404 if is_on else 200)
    assert (clip.code in Client().get("/api/v1/feed/?limit=20").content.decode()) is not is_on


def test_what_lies_inside_a_category_for_adults_is_for_adults() -> None:
    drinks = make_category("drinks", is_age_restricted=True)
    assert Category.objects.create(slug="beer", name="Beer", parent=drinks, commission_rate_bps=1).pk
    assert Category.objects.get(slug="beer").is_age_restricted
    moved = make_category("glasses")
    Category.objects.filter(pk=moved.pk).update(parent=drinks)
    moved.refresh_from_db()
    assert moved.is_age_restricted
