"""Descriptions of posts for other sites, as oEmbed 1.0 has them, and which addresses name a post here."""

import json
import re
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from catalog.models import Category
from tests.factories import make_creator
from tests.feed.watching import make_watchable_clip
from tests.photo_posts import let_everybody_post, make_published_post
from videos.models import Clip

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


def describe(client: Client, address: str, **query: Any) -> Any:
    return client.get("/oembed/", {"url": address, **query})


def test_film_is_described_as_a_video(client: Client) -> None:
    clip = make_watchable_clip(make_creator("maya", display_name="Maya"), caption='Tea "for" <two>')
    answer = describe(client, f"{SITE}/c/{clip.code}/")
    described = answer.json()
    assert answer["Content-Type"] == "application/json" and answer["Access-Control-Allow-Origin"] == "*"
    html = described.pop("html")
    assert described == {
        "version": "1.0",
        "type": "video",
        "title": 'Tea "for" <two>',
        "author_name": "Maya",
        "author_url": f"{SITE}/@maya/",
        "provider_name": described["provider_name"],
        "provider_url": f"{SITE}/",
        "cache_age": 3600,
        "width": 400,
        "height": 720,
        "thumbnail_url": f"{SITE}/c/{clip.code}/preview.jpg",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }
    assert html.startswith(
        f'<iframe src="{SITE}/embed/{clip.code}/" title="Tea &quot;for&quot; &lt;two&gt;" width="400"'
    )


def test_photos_are_described_as_rich(client: Client) -> None:
    let_everybody_post()
    clip = make_published_post()
    assert describe(client, f"{SITE}/c/{clip.code}/").json()["type"] == "rich"


def test_xml_says_the_same_as_json(client: Client) -> None:
    clip = make_watchable_clip(caption="Tea & <two>")
    address = f"{SITE}/c/{clip.code}/"
    answer = describe(client, address, format="xml")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
    said = {child.tag: child.text for child in root}
    assert root.tag == "oembed"
    assert said == {name: str(value) for name, value in describe(client, address).json().items()}


def test_sizes_stay_within_what_is_asked_for(client: Client) -> None:
    clip = make_watchable_clip()
    described = describe(client, f"{SITE}/c/{clip.code}/", maxwidth=320, maxheight=500).json()
    assert (described["width"], described["height"]) == (320, 500)
    assert 'width="320" height="500"' in described["html"]
    assert "thumbnail_url" not in described, "The picture would be larger."
    described = describe(client, f"{SITE}/c/{clip.code}/", maxwidth=4000).json()
    assert (described["width"], described["height"]) == (400, 720)
    for wrong in ("0", "-1", "x", "1e3", "٣", "9" * 30):
        assert describe(client, f"{SITE}/c/{clip.code}/", maxwidth=wrong).status_code == 400


def test_other_spellings_of_our_address_are_ours(client: Client) -> None:
    clip = make_watchable_clip()
    code = clip.code
    spellings = (
        *(f"{SITE}/c/{code}", f"{SITE}/c/{code}/?via=abc&x=1", f"{SITE}/c/{code}/#comments", f" {SITE}/c/{code}/ "),
        *(f"https://127.0.0.1:8000/c/{code}/", f"HTTP://127.0.0.1:8000/c/{code}/", f"http://testserver/c/{code}/"),
        *(f"https://testserver:443/c/{code}/", f"http://TESTSERVER./c/{code}/", f"{SITE}/embed/{code}/"),
        *(f"{SITE}/c/{code}/share/", f"{SITE}/c/{code}/player/", f"{SITE}/%63/{code}/"),
    )
    for address in spellings:
        assert describe(client, address).status_code == 200, address


def test_foreign_addresses_and_other_pages_are_not_found(client: Client) -> None:
    code = make_watchable_clip().code
    foreign = (
        *(f"http://evil.example/c/{code}/", f"http://127.0.0.1:8001/c/{code}/", f"//127.0.0.1:8000/c/{code}/"),
        *(f"http://127.0.0.1:8000@evil.example/c/{code}/", f"ftp://127.0.0.1:8000/c/{code}/", f"/c/{code}/"),
        *(f"{SITE}/", f"{SITE}/c/nothing/", f"{SITE}/c/{code}/comments/", f"{SITE}/admin/", "http://[", "http://a:x/"),
        *(f"http://{'a' * 300}.example/c/{code}/", f"http://xn--\u00e9/c/{code}/", "javascript:alert(1)"),
    )
    for address in foreign:
        assert describe(client, address).status_code == 404, address


def test_statuses_for_wrong_questions_and_hidden_posts(client: Client) -> None:
    clip = make_watchable_clip()
    address = f"{SITE}/c/{clip.code}/"
    assert client.get("/oembed/").status_code == 400
    assert describe(client, address, format="yaml").status_code == 501
    assert client.post("/oembed/", {"url": address}).status_code == 405
    Category.objects.update(is_age_restricted=True)
    assert describe(client, address).status_code == 401
    Category.objects.update(is_age_restricted=False)
    for state in ("removed", "in_review"):
        Clip.objects.update(state=state)
        refused = describe(client, address)
        assert refused.status_code == 404
        assert clip.caption not in refused.content.decode()


def test_page_of_a_post_says_where_its_description_is(client: Client) -> None:
    clip = make_watchable_clip()
    html = client.get(f"/c/{clip.code}/").content.decode()
    links = dict(re.findall(r'<link rel="alternate" type="(\S+?)" href="(\S+?)"', html))
    assert set(links) == {"application/json+oembed", "text/xml+oembed"}
    answer = client.get(unescape(links["application/json+oembed"]).removeprefix(SITE))
    assert json.loads(answer.content)["title"] == clip.caption
    assert client.get(unescape(links["text/xml+oembed"]).removeprefix(SITE)).status_code == 200
