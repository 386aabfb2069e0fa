"""The commerce dial: labels state facts, clips without ads fill the feed, and the dial never ends it."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import Product
from creators.models import Creator, Terms
from feed.models import Dial, Viewer
from tests.factories import NOW, make_category, make_creator, make_enrolment, make_product
from tests.feed.watching import make_watchable_clip, read_feed
from videos.models import Clip

pytestmark = pytest.mark.django_db

PAID, COMMISSION = "Ad · paid campaign", "Ad · earns commission"
SPONSORED, GIFTED = "Ad · sponsored", "Ad · gifted products"


def make_clip(
    *, is_paid: bool = False, rate_bps: int = 0, creator: Creator | None = None, declaration: str = "", **product: Any
) -> Clip:
    """Publish a clip whose creator earns a fee, a commission, or nothing, and declared this."""
    category = make_category(commission_rate_bps=rate_bps)
    enrolment = make_enrolment(creator or make_creator())
    clip = make_watchable_clip(None, enrolment, [make_product(category=category, **product) for _pair in range(2)])
    if not is_paid:
        Terms.objects.filter(pk=enrolment.terms_id).update(fee_minor=0)
    Clip.objects.filter(pk=clip.pk).update(declaration=declaration)
    return clip


def set_dial(client: Client, dial: Dial) -> None:
    read_feed(client)
    key = client.cookies["viewer"].value.split(".")[0]
    Viewer.objects.update_or_create(key=key, defaults={"dial": dial, "created_at": NOW})


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        ({"is_paid": True, "rate_bps": 450}, PAID),
        ({"is_paid": True}, PAID),
        ({"rate_bps": 450}, COMMISSION),
        ({"rate_bps": 450, "outbound_url": "https://shop.example/it"}, ""),
        ({}, ""),
        ({"declaration": "gifted"}, GIFTED),
        ({"declaration": "sponsored", "rate_bps": 450}, SPONSORED),
        ({"declaration": "sponsored", "is_paid": True}, PAID),
    ],
    ids=["paid", "paid-only", "commission", "sold-elsewhere", "nothing", "gifted", "sponsored", "paid-sponsored"],
)
def test_label_says_what_the_creator_earns_wherever_the_clip_is_shown(
    client: Client, facts: dict[str, Any], label: str
) -> None:
    clip = make_clip(**facts)
    (card,) = read_feed(client)["clips"]
    product = Product.objects.filter(tags__clip=clip).first()
    assert product is not None
    assert card["ad_label"] == label
    assert client.get(f"/api/v1/clips/{clip.code}/").json()["ad_label"] == label
    pages = [f"/c/{clip.code}/", f"/embed/{clip.code}/", f"/@{clip.creator.handle}/", f"/p/{product.slug}/"]
    pages.append(f"/search/?q={clip.creator.handle}&creator={clip.creator.handle}")
    for page in pages:
        html = client.get(page).content.decode()
        shown = [one for one in (PAID, SPONSORED, GIFTED, COMMISSION) if one in html]
        assert shown == ([label] if label else []), page


def test_clips_without_ads_fill_every_page_while_there_are_any(client: Client) -> None:
    for _clip in range(30):
        make_clip()
    for _clip in range(60):  # newer, so that they rank first
        make_clip(is_paid=True)
    set_dial(client, Dial.QUARTER)
    cursor, labels = "", list[bool]()
    for _page in range(4):
        page = read_feed(client, cursor=cursor)
        cursor, notice = page["cursor"], page["notice"]
        labels += [bool(clip["ad_label"]) for clip in page["clips"]]
        assert notice == ""
    assert len(labels) == 32
    assert max(sum(labels[at : at + 8]) for at in range(25)) <= 2


@pytest.mark.parametrize(
    ("dial", "words", "link"),
    [
        (Dial.HALF, "too few clips without ads", '<a href="/welcome/">Your settings</a>'),
        (Dial.FOLLOWED, "You don't follow anyone yet", '<a href="/following/">People you could follow</a>'),
    ],
)
def test_dial_does_not_end_the_feed(client: Client, dial: Dial, words: str, link: str) -> None:
    for _clip in range(20):
        make_clip(is_paid=True)
    set_dial(client, dial)
    page = read_feed(client)
    assert len(page["clips"]) == 8 and page["cursor"]
    assert words in page["notice"]
    reasons = [clip["reasons"][0]["text"] for clip in page["clips"]]
    assert reasons.count("There are no more clips without ads right now") == 8 - dial
    html = " ".join(client.get("/").content.decode().replace("&#x27;", "'").split())
    assert words in html and link.replace("<a ", "") in html
    assert len(read_feed(client, cursor=page["cursor"])["clips"]) == 8


def test_followed_creators_come_first_when_only_they_may_sell(client: Client) -> None:
    friend = make_creator()
    for _clip in range(12):
        make_clip(is_paid=True)
        make_clip(is_paid=True, creator=friend)
    set_dial(client, Dial.FOLLOWED)
    client.post(f"/api/v1/creators/{friend.handle}/follow/")
    page = read_feed(client)
    assert {clip["creator"]["handle"] for clip in page["clips"]} == {friend.handle}
    assert page["notice"] == ""


def test_declared_gifts_and_sponsors_count_as_ads(client: Client) -> None:
    for number in range(24):
        make_clip(declaration=("gifted", "sponsored", "")[number % 3])
    set_dial(client, Dial.QUARTER)
    labels = [clip["ad_label"] for clip in read_feed(client)["clips"]]
    assert len(labels) == 8 and sum(bool(label) for label in labels) <= 2
