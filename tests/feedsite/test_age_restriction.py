"""Age-restricted products and clips are hidden from everyone but adults, on every page, as soon as they are marked."""

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
from tests.shop.conftest import token_of
from videos.models import Clip, ProductTag

pytestmark = pytest.mark.django_db
Request = Callable[[Client, Clip], HttpResponse]
WORDS = "Velvet Merlot"


def get(address: str) -> Request:
    return lambda client, clip: client.get(address.format(code=clip.code, handle=clip.creator.handle))


def post(address: str, **body: object) -> Request:
    return lambda client, clip: client.post(address.format(code=clip.code), body, content_type="application/json")


def media(client: Client, clip: Clip) -> HttpResponse:
    assert clip.source is not None
    name = f"{clip.source.media_folder}/age.mp4"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(b"0123456789"))
    return client.head(f"/media/{name}")


def click(client: Client, clip: Clip) -> HttpResponse:
    body = {"product": "merlot", "quantity": 1, "seen": token_of(clip, client)}
    return client.post("/api/v1/clicks/", body, content_type="application/json")


LIST_REQUESTS: dict[str, Request] = {
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
    "brand": get("/brands/north/"),
}
"""Pages that stay open but must not mention the restricted product."""
SINGLE_REQUESTS: dict[str, Request] = {
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
"""Requests that are refused."""
REFUSED = (400, 404)


@pytest.fixture
def clip() -> Clip:
    """Return a published clip that shows a wine and a mug; neither is restricted yet."""
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


def restrict_drinks(clip: Clip) -> None:
    """Restrict the parent of the wine's category with a plain UPDATE, after the clip was published."""
    Category.objects.filter(slug="drinks").update(is_age_restricted=True)
    clip.refresh_from_db()
    assert clip.is_age_restricted


def mentions_wine(answer: HttpResponse) -> bool:
    page = answer.content.decode()
    return any(words in page for words in ("Merlot", "merlot", "Wine cellar"))


@pytest.mark.parametrize("name", LIST_REQUESTS)
def test_lists_do_not_mention_it(name: str, clip: Clip, adult: User, shopper: User) -> None:
    restrict_drinks(clip)
    for client in (Client(), client_of(shopper)):
        client.get("/")  # a viewer with a cookie
        answer = LIST_REQUESTS[name](client, clip)
        assert answer.status_code == 200
        assert not mentions_wine(answer), name
    adult_client = client_of(adult)
    adult_client.get("/")
    again = "?again=yes" if name.startswith("feed") else ""
    assert mentions_wine(LIST_REQUESTS[name](adult_client, clip)) or mentions_wine(adult_client.get(f"/{again}"))


@pytest.mark.parametrize("name", SINGLE_REQUESTS)
def test_single_pages_and_actions_are_refused(name: str, clip: Clip, adult: User, shopper: User) -> None:
    before = SINGLE_REQUESTS[name](Client(), clip)
    restrict_drinks(clip)
    for client in (Client(), client_of(shopper)):
        answer = SINGLE_REQUESTS[name](client, clip)
        assert answer.status_code in REFUSED, name
    assert before.status_code not in REFUSED
    assert SINGLE_REQUESTS[name](client_of(adult), clip).status_code not in REFUSED


def test_an_adult_who_signs_out_no_longer_counts_as_one(clip: Clip, adult: User) -> None:
    restrict_drinks(clip)
    client = client_of(adult)
    client.get("/")
    assert mentions_wine(client.get("/api/v1/feed/?again=yes"))
    del client.cookies["sessionid"]
    assert not mentions_wine(client.get("/api/v1/feed/?again=yes"))


def test_a_clips_restriction_follows_tags_products_and_categories(clip: Clip) -> None:
    def is_restricted() -> bool:
        clip.refresh_from_db()
        return clip.is_age_restricted

    assert not is_restricted()
    Category.objects.filter(slug="wine").update(is_age_restricted=True)
    assert is_restricted()
    Product.objects.filter(slug="merlot").update(category=make_category("books"))
    assert not is_restricted()
    Product.objects.filter(slug="merlot").update(category=Category.objects.get(slug="wine"))
    assert is_restricted()
    clip.tags.filter(product__slug="merlot").delete()
    assert not is_restricted()


def test_a_clips_restriction_follows_a_tag_that_gets_another_product(clip: Clip) -> None:
    Category.objects.filter(slug="wine").update(is_age_restricted=True)
    other = make_product("plate")
    clip.tags.filter(product__slug="merlot").update(product=other)
    clip.refresh_from_db()
    assert not clip.is_age_restricted
    clip.tags.filter(product=other).update(product=Product.objects.get(slug="merlot"))
    clip.refresh_from_db()
    assert clip.is_age_restricted


def test_a_clips_restriction_follows_a_category_that_moves_below_a_restricted_one(clip: Clip) -> None:
    Category.objects.filter(slug="wine").update(parent=make_category("cellar", is_age_restricted=True))
    clip.refresh_from_db()
    assert clip.is_age_restricted
    assert Client().get(f"/c/{clip.code}/").status_code == 404


def restrict_category(clip: Clip) -> None:
    Category.objects.filter(slug="wine").update(is_age_restricted=True)


def move_category(clip: Clip) -> None:
    Category.objects.filter(slug="wine").update(parent=make_category("cellar", is_age_restricted=True))


def move_product(clip: Clip) -> None:
    adults = make_category("cellar", is_age_restricted=True)
    Product.objects.filter(slug="merlot").update(category=adults)


def add_tag(clip: Clip) -> None:
    wine = make_product("port", category=make_category("cellar", is_age_restricted=True))
    ProductTag.objects.create(clip=clip, product=wine, start_ms=0, end_ms=100)


def change_tag(clip: Clip) -> None:
    wine = make_product("port", category=make_category("cellar", is_age_restricted=True))
    clip.tags.filter(product__slug="merlot").update(product=wine)


@pytest.mark.parametrize(
    ("table", "trigger", "change"),
    [
        ("catalog_category", "videos_age_of_category", restrict_category),
        ("catalog_category", "videos_age_of_category", move_category),
        ("catalog_product", "videos_age_of_product", move_product),
        ("videos_producttag", "videos_age_of_new_tags", add_tag),
        ("videos_producttag", "videos_age_of_moved_tag", change_tag),
    ],
)
@pytest.mark.parametrize("is_on", [True, False])
def test_each_trigger_hides_the_clip_and_without_it_everyone_sees_it(
    clip: Clip, table: str, trigger: str, change: Callable[[Clip], None], is_on: bool
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if not is_on:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    change(clip)
    assert Client().get(f"/c/{clip.code}/").status_code == (404 if is_on else 200)
    assert (clip.code in Client().get("/api/v1/feed/?limit=20").content.decode()) is not is_on


def test_subcategories_of_a_restricted_category_are_restricted() -> None:
    drinks = make_category("drinks", is_age_restricted=True)
    assert Category.objects.create(slug="beer", name="Beer", parent=drinks, commission_rate_bps=1).pk
    assert Category.objects.get(slug="beer").is_age_restricted
    moved = make_category("glasses")
    Category.objects.filter(pk=moved.pk).update(parent=drinks)
    moved.refresh_from_db()
    assert moved.is_age_restricted
