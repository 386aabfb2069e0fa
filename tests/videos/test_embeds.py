"""The page of a post that other sites frame: only it may be framed, it shows the products, and it knows nobody."""

import pytest
from django.test import Client

from catalog.models import Category
from tests.conftest import client_of
from tests.factories import NOW, make_product, make_user
from tests.feed.watching import make_watchable_clip
from tests.photo_posts import let_everybody_post, make_published_post
from videos.models import Clip

pytestmark = pytest.mark.django_db


def test_embed_shows_the_post_and_its_products_which_open_in_the_shop(client: Client) -> None:
    clip = make_watchable_clip(
        None, None, [make_product("cup"), make_product("book", stock=0)], caption="Tea & <b>me</b>"
    )
    page = client.get(f"/embed/{clip.code}/")
    html = page.content.decode()
    assert page.status_code == 200
    assert "Tea &amp; &lt;b&gt;me&lt;/b&gt;" in html and "Ad · paid campaign" in html and "<video controls" in html
    assert '<a href="/p/cup/" target="_blank" rel="noopener">' in html
    assert html.count("$19.99") == 2 and html.count("Sold out") == 1
    assert "<form" not in html and " style=" not in html and "<script" not in html


def test_embed_of_photos_shows_them(client: Client) -> None:
    let_everybody_post()
    clip = make_published_post()
    html = client.get(f"/embed/{clip.code}/").content.decode()
    assert html.count('<span class="photo">') == clip.photos.count() > 0
    assert "<video" not in html


def test_only_embeds_may_be_framed(client: Client) -> None:
    clip = make_watchable_clip()
    for address in (f"/embed/{clip.code}/", "/embed/nothing/"):
        page = client.get(address)
        assert "X-Frame-Options" not in page.headers
        assert "frame-ancestors *" in page["Content-Security-Policy"]
        assert "unsafe" not in page["Content-Security-Policy"]
    pages = ["/", f"/c/{clip.code}/", f"/c/{clip.code}/share/", f"/c/{clip.code}/comments/", "/accounts/login/"]
    for address in (*pages, "/admin/login/", "/oembed/", "/embed/", "/bag/", f"/@{clip.creator.handle}/"):
        page = client.get(address)
        assert page["X-Frame-Options"] == "DENY", address
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"], address


def test_embed_neither_sets_nor_reads_cookies() -> None:
    clip = make_watchable_clip()
    client = client_of(make_user(adult_confirmed_at=NOW))
    client.get("/")
    client.cookies["django_language"] = "ar"
    known, unknown = client.get(f"/embed/{clip.code}/"), Client().get(f"/embed/{clip.code}/")
    assert known.content == unknown.content
    assert "Cookie" not in known.get("Vary", "")
    for page in (known, unknown, client.get("/embed/nothing/"), client.get("/oembed/")):
        assert not page.cookies
    Category.objects.update(is_age_restricted=True)
    assert client.get(f"/c/{clip.code}/").status_code == 200
    assert client.get(f"/embed/{clip.code}/").status_code == 404, "An adult's session opens nothing here."


@pytest.mark.parametrize(
    ("state", "status"),
    [("removed", 410), ("in_review", 410), ("published", 200)],
)
def test_embed_of_a_post_that_was_taken_down_says_so_politely(client: Client, state: str, status: int) -> None:
    clip = make_watchable_clip(caption="Velvet Merlot")
    Clip.objects.update(state=state)
    page = client.get(f"/embed/{clip.code}/")
    assert page.status_code == status
    assert page["Cache-Control"] == "private, no-cache"
    assert ("Velvet Merlot" in page.content.decode()) == (status == 200)


def test_embed_of_a_post_that_was_never_public_does_not_exist(client: Client) -> None:
    clip = make_watchable_clip()
    Clip.objects.update(state="in_review", published_at=None)
    for code in (clip.code, "nothing"):
        page = client.get(f"/embed/{code}/")
        assert page.status_code == 404
        assert "This post isn't available" in page.content.decode()
        assert clip.caption not in page.content.decode()


def test_page_is_in_the_reader_s_language_and_direction(client: Client) -> None:
    clip = make_watchable_clip()
    assert 'dir="rtl"' in client.get(f"/embed/{clip.code}/", headers={"Accept-Language": "ar"}).content.decode()


def test_former_address_of_the_player_leads_to_the_embed(client: Client) -> None:
    clip = make_watchable_clip()
    answer = client.get(f"/c/{clip.code}/player/")
    assert (answer.status_code, answer["Location"]) == (302, f"/embed/{clip.code}/")
