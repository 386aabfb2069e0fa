"""The feed as a page: readable and usable without JavaScript."""

import json
import re

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.factories import make_product
from tests.feed.watching import make_watchable_clip

pytestmark = pytest.mark.django_db


def test_page_is_a_list_that_works_without_javascript(client: Client) -> None:
    clip = make_watchable_clip(None, None, [make_product("cup"), make_product("book")], caption="Two <b>things</b>")
    html = client.get("/").content.decode()
    assert "Two &lt;b&gt;things&lt;/b&gt;" in html
    assert f'href="/c/{clip.code}/"' in html
    assert f'href="/@{clip.creator.handle}/"' in html
    assert 'href="/p/cup/?seen=' in html
    assert "$19.99" in html
    assert "Ad · paid campaign" in html
    assert '<form class="shop-card__form" method="post" action="/bag/">' in html
    assert "<noscript>" in html and "<video" in html


def test_question_about_personalizing_comes_before_the_clips(client: Client, settings: Settings) -> None:
    settings.FEED_ASKS_CONSENT = True
    make_watchable_clip()
    html = client.get("/").content.decode()
    assert html.index('class="consent"') < html.index('data-code="')


def test_sold_out_product_cannot_be_bought_from_the_list(client: Client) -> None:
    make_watchable_clip(None, None, [make_product("cup", stock=0), make_product("book", stock=0)])
    html = client.get("/").content.decode()
    assert "Sold out" in html
    assert "shop-card__form" not in html


def test_page_contains_the_data_of_its_first_clips(client: Client) -> None:
    clip = make_watchable_clip()
    html = client.get("/").content.decode()
    script = re.search(r'<script id="feed-clips" type="application/json">(.*?)</script>', html)
    assert script is not None
    assert json.loads(script[1])[0]["code"] == clip.code


def test_page_has_no_inline_script_or_style(client: Client) -> None:
    make_watchable_clip()
    answer = client.get("/")
    html = answer.content.decode()
    assert " style=" not in html and "<style" not in html
    assert not re.search(r"<script(?![^>]*(src=|application/json))", html)
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_empty_feed_says_what_to_do(client: Client) -> None:
    html = client.get("/").content.decode()
    assert "Nothing to watch yet" in html
    assert 'href="/search/"' in html


def test_share_page_opens_with_its_clip_and_has_a_preview(client: Client) -> None:
    clip = make_watchable_clip(caption="The one")
    make_watchable_clip(caption="Another")
    html = client.get(f"/c/{clip.code}/").content.decode()
    first, second = re.findall(r'data-part="caption"[^>]*>\s*([^<]*?)\s*<', html)[:2]
    assert (first, second) == ("The one", "Another")
    assert '<meta property="og:title" content="The one">' in html
    assert f"http://127.0.0.1:8000/c/{clip.code}/preview.jpg" in html
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/c/{clip.code}/">' in html


def test_share_page_describes_its_clip_to_players_and_search_engines(client: Client) -> None:
    clip = make_watchable_clip(caption="</script>One & only")
    html = client.get(f"/c/{clip.code}/").content.decode()
    site = "http://127.0.0.1:8000"
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    video = json.loads(script)
    assert (video["@type"], video["name"], video["duration"]) == ("VideoObject", "</script>One & only", "PT8S")
    assert video["uploadDate"].startswith("2026-11-02T12:00:00")
    assert video["embedUrl"] == f"{site}/embed/{clip.code}/"
    assert f'<meta name="twitter:player" content="{site}/embed/{clip.code}/">' in html
    assert video["contentUrl"] == f"{site}/media/{clip.source.media_folder}/h264-360.mp4"
    assert f'<meta name="twitter:player:stream" content="{video["contentUrl"]}">' in html
    assert "Ad · paid campaign" in video["description"]


def test_page_in_arabic_is_right_to_left(client: Client) -> None:
    make_watchable_clip()
    html = client.get("/", headers={"Accept-Language": "ar"}).content.decode()
    assert 'dir="rtl"' in html


def test_site_can_be_installed(client: Client) -> None:
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["display"] == "standalone"
    assert manifest["start_url"] == "/"


def test_offline_page_is_the_same_for_everyone_and_cached_by_the_worker(client: Client, as_shopper: Client) -> None:
    assert "You're offline" in client.get("/offline/").content.decode()
    assert "data-offline-kept" in as_shopper.get("/offline/").content.decode()
    worker = client.get("/worker.js")
    assert worker.headers["Content-Type"] == "text/javascript"
    script = worker.content.decode()
    files = re.findall(r'"([^"]+)"', script.split("FILES = ")[1].split(";")[0])
    assert files[0] == "/offline/"
    assert all(f'"{file}"' in client.get("/offline/").content.decode() for file in files[1:5])
    assert 'data-worker="/worker.js"' in client.get("/").content.decode()
