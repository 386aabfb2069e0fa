"""Photo posts in the feed, on their pages and wherever clips are listed."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from feed.models import ClipCount, Event, EventKind
from feed.page.snapshot import PHOTOS_MS, read_snapshot
from feed.training import count_clips, train_model
from tests.factories import make_product
from tests.feed.watching import make_watchable_clip, read_feed, send_events
from tests.photo_posts import make_published_post
from videos.models import Clip

pytestmark = pytest.mark.django_db


def card_of(client: Client, clip: Clip) -> dict[str, Any]:
    cards: dict[str, dict[str, Any]] = {card["code"]: card for card in read_feed(client)["clips"]}
    return cards[clip.code]


def test_a_card_has_the_photos_and_the_places_of_products(client: Client) -> None:
    clip = make_published_post(products=[make_product("mug"), make_product("tray")], caption="My morning")
    card = card_of(client, clip)
    first, second = clip.photos.order_by("position")
    assert (card["medium"], card["duration_ms"], card["renditions"], card["ad_label"]) == ("photos", 0, [], "")
    assert [photo["id"] for photo in card["photos"]] == [first.pk, second.pk]
    photo = card["photos"][0]
    assert (photo["text"], photo["url"]) == ("A mug on a table", first.address(1080))
    assert photo["avif"].split(", ")[0] == f"{first.address(320, 'avif')} 320w"
    assert [(tag["photo"], tag["x"], tag["y"], tag["start_ms"]) for tag in card["tags"]] == [
        (first.pk, 0.25, 0.5, None),
        (first.pk, 0.5, 0.5, None),
    ]


def test_a_film_has_no_photos(client: Client) -> None:
    card = card_of(client, make_watchable_clip())
    assert (card["medium"], card["photos"], card["tags"][0]["photo"]) == ("film", [], None)


def test_the_list_without_scripts_shows_the_photos_and_products(client: Client) -> None:
    clip = make_published_post(products=[make_product("mug")])
    html = client.get("/").content.decode()
    for photo in clip.photos.all():
        assert photo.address(320, "avif") in html
    assert 'alt="A mug on a table"' in html and 'href="/p/mug/?seen=' in html
    assert "<video" not in html and " style=" not in html


def test_the_page_of_a_post_has_a_preview_and_structured_data(client: Client) -> None:
    clip = make_published_post(caption="My morning")
    html = client.get(f"/c/{clip.code}/").content.decode()
    assert re.search(rf'<meta property="og:image" content="https?://[^/"]+/c/{clip.code}/preview.jpg">', html)
    assert 'content="summary_large_image"' in html and "og:video" not in html
    script = re.search(r'<script[^>]*type="application/ld\+json"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert script is not None
    data = json.loads(script[1])
    assert (data["@type"], data["headline"], len(data["image"])) == ("SocialMediaPosting", "My morning", 2)


@pytest.mark.parametrize("page", ["/search/?q=morning", "/@{handle}/", "/p/mug/", "/sitemap-clips.xml"])
def test_posts_are_listed_with_their_first_photo(client: Client, page: str) -> None:
    clip = make_published_post(products=[make_product("mug")], caption="My morning")
    answer = client.get(page.format(handle=clip.creator.handle))
    html = b"".join(answer).decode() if answer.streaming else answer.content.decode()
    assert f"/c/{clip.code}/" in html
    assert "sitemap" in page or clip.photos.earliest("position").address(640) in html


def test_the_player_and_the_words_of_a_post(client: Client) -> None:
    clip = make_published_post(products=[make_product("mug")])
    player, words = (
        client.get(path).content.decode() for path in (f"/embed/{clip.code}/", f"/c/{clip.code}/transcript/")
    )
    assert clip.photos.earliest("position").address(640) in player and "<video" not in player
    assert "A mug on a table" in words and "Photo 1" in words


def test_a_view_of_photos_satisfies_after_most_of_their_length(client: Client) -> None:
    clips = [make_published_post() for _number in range(2)]
    make_watchable_clip()
    cards = {card["code"]: card for card in read_feed(client)["clips"]}
    past = timezone.now() - timedelta(seconds=30)
    for clip, value in zip(clips, (PHOTOS_MS * 4 // 5, 2000), strict=True):
        assert send_events(client, {"token": cards[clip.code]["token"], "kind": "impression"}) == 1
        Event.objects.create(
            viewer=Event.objects.filter(clip_id=clip.pk).values_list("viewer", flat=True)[0],
            served_at=past,
            clip_id=clip.pk,
            kind=EventKind.WATCH,
            subject_id=0,
            value=value,
            loops=0,
            position=0,
            reasons="",
            at=timezone.now(),
        )
    snapshot, _goals = read_snapshot()
    assert snapshot.duration_ms[snapshot.rows_of([clip.pk for clip in clips])].tolist() == [PHOTOS_MS, PHOTOS_MS]
    count_clips(now=timezone.now())

    counts = dict(ClipCount.objects.values_list("clip", "satisfied"))
    assert [counts[clip.pk] for clip in clips] == [1, 0]
    train_model(now=timezone.now())
    assert len(read_feed(Client())["clips"]) == 3


def test_a_post_outside_campaigns_is_not_commercial() -> None:
    unpaid, declared = make_published_post(), make_published_post(declaration="gifted")
    snapshot, _goals = read_snapshot()
    assert snapshot.is_commercial[snapshot.rows_of([unpaid.pk, declared.pk])].tolist() == [False, True]
