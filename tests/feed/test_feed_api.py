"""The feed endpoint."""

from datetime import timedelta
from typing import Any, cast

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework import serializers

from accounts.models import User
from catalog.models import Product, ProductImage
from feed.page.schema import FeedPageSerializer
from tests.conftest import client_of
from tests.factories import NOW, make_category, make_draft, make_product, make_user, make_waiting_clip
from tests.feed.watching import make_watchable_clip, read_feed, send_events
from tests.photo_posts import make_published_post
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db


def test_page_contains_everything_that_a_player_needs(client: Client) -> None:
    cup, book = make_product("cup", price_minor=1999, stock=3), make_product("book", stock=100)
    clip = make_watchable_clip(None, None, [cup, book], caption="Two things", is_speechless=True)
    page = read_feed(client)
    assert page["cursor"] == ""
    (shown,) = page["clips"]
    assert shown["code"] == clip.code
    assert shown["url"] == f"/c/{clip.code}/"
    assert shown["caption"] == "Two things"
    assert shown["ad_label"] == "Ad · paid campaign"
    assert (shown["width_px"], shown["height_px"], shown["duration_ms"]) == (720, 1280, 8000)
    assert shown["poster"] == f"/media/{clip.source.media_folder}/poster.jpg"
    assert [rendition["url"].rsplit("/", 1)[1] for rendition in shown["renditions"]] == ["h264-360.mp4", "h264-720.mp4"]
    assert shown["captions"] == "" and shown["is_speechless"]
    assert shown["creator"]["url"] == f"/@{clip.creator.handle}/" and not shown["creator"]["is_followed"]
    assert [(tag["start_ms"], tag["end_ms"], tag["product"]["slug"]) for tag in shown["tags"]] == [
        (0, 2000, "cup"),
        (2000, 4000, "book"),
    ]
    assert shown["tags"][0]["product"]["price"] == {"amount_minor": 1999, "currency": "USD", "text": "$19.99"}
    assert shown["tags"][0]["product"]["is_in_stock"] and shown["tags"][0]["product"]["stock_left"] == 3
    assert shown["tags"][1]["product"]["stock_left"] is None
    assert shown["reasons"] and shown["token"]


def test_price_and_stock_are_live(client: Client) -> None:
    cup = make_product("cup", price_minor=1999)
    make_watchable_clip(None, None, [cup, make_product()])
    read_feed(client)
    Product.objects.filter(pk=cup.pk).update(price_minor=2999, stock=0)
    product = read_feed(client)["clips"][0]["tags"][0]["product"]
    assert product["price"]["amount_minor"] == 2999
    assert not product["is_in_stock"]


def field_names(serializer: serializers.BaseSerializer[Any]) -> Any:
    """Return the names of a serializer's fields in order, nested ones as lists."""
    if isinstance(serializer, serializers.ListSerializer):
        return field_names(serializer.child)
    if not isinstance(serializer, serializers.Serializer):
        return None
    return [
        (name, field_names(cast("serializers.BaseSerializer[Any]", field))) for name, field in serializer.fields.items()
    ]


def key_names(value: Any) -> Any:
    """Return the keys of a JSON value in order, as `field_names` does."""
    if isinstance(value, list):
        return key_names(value[0])
    if not isinstance(value, dict):
        return None
    return [(name, key_names(part)) for name, part in value.items()]


def test_cards_have_exactly_the_fields_of_the_schema(client: Client) -> None:
    cup = make_product("cup")
    ProductImage.objects.create(product=cup, position=0, alternative_text="A cup", stem="cup", width_px=9, height_px=9)
    make_watchable_clip(None, None, [cup, make_product("book")])
    make_published_post(products=[cup])
    page = read_feed(client)
    film, post = sorted(page["clips"], key=lambda card: str(card["medium"]))
    assert list(film) == list(post)
    assert key_names(page | {"clips": [film | {"photos": post["photos"]}]}) == field_names(FeedPageSerializer())


@pytest.mark.parametrize("signed_in", [False, True])
def test_page_takes_at_most_three_queries(
    client: Client, shopper: User, django_assert_max_num_queries: DjangoAssertNumQueries, signed_in: bool
) -> None:
    for _index in range(8):
        make_watchable_clip()
    viewer = client_of(shopper) if signed_in else client
    viewer.get("/")
    read_feed(viewer)
    with django_assert_max_num_queries(3):
        first = read_feed(viewer)
    with django_assert_max_num_queries(3):
        second = read_feed(viewer)
    assert len(first["clips"]) == len(second["clips"]) == 8


def test_an_unchanged_page_takes_one_query_and_differs_only_by_its_tokens(
    as_shopper: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _index in range(14):
        make_watchable_clip()
    as_shopper.get("/")
    first = read_feed(as_shopper)
    with django_assert_num_queries(1):
        second = read_feed(as_shopper)
    tokens = [{clip.pop("token") for clip in page["clips"]} for page in (first, second)]
    assert first == second
    assert len(tokens[0] | tokens[1]) == 16
    event = {"token": next(iter(tokens[1])), "kind": "impression"}
    assert send_events(as_shopper, event) == 1


def test_pages_follow_each_other_without_repeats(client: Client) -> None:
    codes = {make_watchable_clip(now=NOW + timedelta(minutes=index)).code for index in range(7)}
    seen: list[str] = []
    cursor = ""
    while True:
        page = read_feed(client, cursor=cursor, limit=3)
        seen += [clip["code"] for clip in page["clips"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert len(seen) == 7
    assert set(seen) == codes


@pytest.mark.parametrize("cursor", ["!!!", "YWJj", "%00", "é"])
def test_invalid_cursor_is_refused_with_a_sentence(client: Client, cursor: str) -> None:
    answer = client.get("/api/v1/feed/", {"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json() == {"cursor": ["This cursor is not valid. Start again without a cursor."]}


def test_limit_is_clamped_and_must_be_a_number(client: Client) -> None:
    make_watchable_clip()
    assert len(read_feed(client, limit=1000)["clips"]) == 1
    assert len(read_feed(client, limit=-5)["clips"]) == 1
    refused = client.get("/api/v1/feed/", {"limit": "many"})
    assert (refused.status_code, refused.json()) == (400, {"limit": ["Enter a whole number."]})


def test_only_published_clips_are_shown(client: Client) -> None:
    make_draft()
    waiting = make_waiting_clip()
    assert read_feed(client)["clips"] == []
    assert client.get(f"/c/{waiting.code}/").status_code == 404


def test_taken_down_clip_is_gone_from_the_next_page(client: Client) -> None:
    clip = make_watchable_clip()
    assert len(read_feed(client)["clips"]) == 1
    assert Clip.objects.move(clip.pk, ClipState.PUBLISHED, ClipState.REMOVED, now=timezone.now())
    assert read_feed(client)["clips"] == []
    assert client.get(f"/c/{clip.code}/").status_code == 404


def test_adult_clips_are_only_for_known_adults(client: Client) -> None:
    wine = make_product("wine", category=make_category("wine", is_age_restricted=True))
    clip = make_watchable_clip(None, None, [wine, make_product()])
    Clip.objects.filter(pk=clip.pk).update(is_age_restricted=True)
    assert read_feed(client)["clips"] == []
    adult = client_of(make_user(adult_confirmed_at=NOW))
    adult.get("/")
    assert len(read_feed(adult)["clips"]) == 1
    unknown = client_of(make_user())
    unknown.get("/")
    assert read_feed(unknown)["clips"] == []


def test_seen_clips_come_back_only_on_request(client: Client) -> None:
    clip = make_watchable_clip()
    send_events(client, {"token": read_feed(client)["clips"][0]["token"], "kind": "impression"})
    assert read_feed(client)["clips"] == []
    assert [shown["code"] for shown in read_feed(client, again="yes")["clips"]] == [clip.code]
    assert "You're all caught up" in client.get("/").content.decode()


def test_a_card_says_that_the_price_has_changed(client: Client) -> None:
    lamp = make_product("lamp", price_minor=1900)
    make_watchable_clip(products=[lamp, make_product("mug")])
    Product.objects.filter(pk=lamp.pk).update(price_minor=2700)
    (clip,) = client.get("/api/v1/feed/").json()["clips"]
    assert [tag["product"]["drift"] for tag in clip["tags"]] == ["filmed at $19.00, now $27.00", ""]
    assert "filmed at $19.00, now $27.00" in client.get("/?again=yes").content.decode()
