"""robots.txt, favicon.ico, the sitemap and the API's documentation."""

import io
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve
from PIL import Image
from pytest_django import Settings

from feedsite import sitemaps
from tests.factories import NOW, make_category, make_creator, make_product
from tests.feed.watching import make_watchable_clip
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(client: Client, url: str) -> list[str]:
    response = client.get(url)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/xml")
    root = ElementTree.fromstring(response.content)  # noqa: S314  # our own answer
    return [str(node.text) for node in root.iter(f"{NAMESPACE}loc")]


def all_locations(client: Client) -> list[str]:
    """Return every address of the sitemap, following its index as a crawler does."""
    sections = [address.split("testserver", 1)[1] for address in locations(client, "/sitemap.xml")]
    return [address for section in sections for address in locations(client, section)]


def test_crawlers_find_the_sitemap_and_are_kept_from_private_pages(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://shop.example.org"
    response = client.get("/robots.txt")
    lines = response.content.decode().splitlines()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[0] == "User-agent: *" and "Sitemap: https://shop.example.org/sitemap.xml" in lines
    prefixes = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")]
    assert {"/admin/", "/checkout/", "/accounts/"} <= set(prefixes)
    assert not any("/p/mug/".startswith(prefix) or "/c/abc/".startswith(prefix) for prefix in prefixes)


def test_the_favicon_is_an_icon(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert response.headers["Content-Type"] == "image/x-icon"
    with Image.open(io.BytesIO(response.content)) as icon:
        assert icon.format == "ICO" and (32, 32) in icon.info["sizes"]
    assert client.post("/favicon.ico").status_code == 405


def test_the_sitemap_lists_what_anyone_may_see_and_nothing_else(client: Client) -> None:
    shown = make_product("mug")
    make_product("gone", is_active=False)
    adults = make_product("knife", category=make_category("blades", is_age_restricted=True))
    lamp = make_product("lamp")
    clip = make_watchable_clip(products=[shown, lamp])
    hidden = [make_watchable_clip(products=[shown, lamp]) for _state in ("in review", "removed", "rejected")]
    for row, state in zip(hidden, (ClipState.IN_REVIEW, ClipState.REMOVED, ClipState.REJECTED), strict=True):
        Clip.objects.filter(pk=row.pk).update(state=state)
    for_adults = make_watchable_clip(products=[adults, shown])
    make_creator("idle")
    addresses = all_locations(client)
    paths = {re.sub(r"^https?://[^/]+", "", address) for address in addresses}
    assert {"/p/mug/", "/p/lamp/", f"/c/{clip.code}/", f"/@{clip.creator.handle}/", "/", "/legal/imprint/"} <= paths
    for row in (*hidden, for_adults):
        assert f"/c/{row.code}/" not in paths and f"/@{row.creator.handle}/" not in paths
    assert not {"/p/gone/", "/p/knife/", "/@idle/"} & paths
    assert len(addresses) == len(paths)
    for path in paths:
        assert client.get(path).status_code == 200


def test_a_take_down_leaves_the_sitemap_at_once(client: Client) -> None:
    clip = make_watchable_clip()
    assert any(clip.code in address for address in all_locations(client))
    Clip.objects.move(clip.pk, ClipState.PUBLISHED, ClipState.REMOVED, now=NOW + timedelta(days=1))
    assert not any(clip.code in address for address in all_locations(client))


def test_a_large_catalogue_is_split_into_pages_at_constant_cost(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps.PublicRows, "limit", 2)
    for number in range(5):
        make_product(f"mug-{number}")
    index = locations(client, "/sitemap.xml")
    assert [address.split("testserver")[1] for address in index if "products" in address] == [
        "/sitemap-products.xml",
        "/sitemap-products.xml?p=2",
        "/sitemap-products.xml?p=3",
    ]
    pages = [locations(client, f"/sitemap-products.xml?p={page}") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 1] and len({*pages[0], *pages[1], *pages[2]}) == 5
    assert client.get("/sitemap-products.xml?p=4").status_code == 404
    assert client.get("/sitemap-orders.xml").status_code == 404
    with CaptureQueriesContext(connection) as queries:
        client.get("/sitemap.xml")
    assert len(queries) <= 12, "Two for each section of rows."


def test_addresses_are_those_of_the_public_site(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://shop.example.org"
    make_product("mug")
    assert locations(client, "/sitemap-products.xml")[0].endswith("://shop.example.org/p/mug/")


def test_the_api_documentation_loads_nothing_from_elsewhere_and_no_inline_script(client: Client) -> None:
    response = client.get("/api/v1/docs/")
    page = response.content.decode()
    nonce = response.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
    sources = re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', page)
    assert len(sources) >= 4 and all(source.startswith("/") and not source.startswith("//") for source in sources)
    assert page.count("<script") == page.count(f'nonce="{nonce}"') == 3
    assert "<style" not in page and "<script>" not in page
    script = client.get("/api/v1/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript") and b"SwaggerUIBundle" in script.content


def test_no_address_of_the_sitemap_leads_nowhere() -> None:
    for name in ("robots.txt", "favicon.ico", "sitemap.xml"):
        resolve(f"/{name}")
    with pytest.raises(Resolver404):
        resolve("/sitemap.txt")
