"""The feed learns: from the viewer's own events on the next page, from everyone's at the next training."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Product
from feed.events.recording import EventReport, record_events
from feed.models import ClipCount, EventKind, Viewer
from feed.page.cache import clear_caches
from feed.page.model_store import models_folder
from feed.ranking import save_model
from feed.training import count_clips, train_model
from tests.factories import make_category, make_creator, make_enrolment, make_product
from tests.feed.watching import make_watchable_clip, read_feed, send_events
from videos.models import Clip, FlagKind
from videos.playback.impressions import Serving, issue_token
from videos.review.flags import raise_flag
from videos.states import ClipState

pytestmark = pytest.mark.django_db


def clip_of(category: str) -> Clip:
    products = [make_product(category=make_category(category)) for _index in range(2)]
    return make_watchable_clip(None, make_enrolment(make_creator()), products, caption=f"About {category}")


def watch(viewer: uuid.UUID, clips: list[Clip]) -> None:
    """Record that a viewer watched clips to the end, one minute apart, an hour ago."""
    start = timezone.now() - timedelta(hours=1)
    for index, clip in enumerate(clips):
        served_at = start + timedelta(minutes=index)
        token = issue_token(Serving(viewer, clip.pk, served_at, 0, ""))
        reports = [EventReport(token, EventKind.IMPRESSION), EventReport(token, EventKind.WATCH, 8000)]
        record_events(reports, now=served_at + timedelta(seconds=30))


def test_like_changes_the_very_next_page(client: Client) -> None:
    clips = {kind: [clip_of(kind) for _index in range(4)] for kind in ("audio", "books", "fitness", "home")}
    read_feed(client)
    client.post(f"/api/v1/clips/{clips['books'][0].code}/like/")
    shown = read_feed(client)["clips"]
    codes = [reason["code"] for clip in shown for reason in clip["reasons"]]
    books = make_category("books").pk
    assert f"enjoyed:{books}" in codes
    assert "You enjoyed a clip from Books" in [reason["text"] for clip in shown for reason in clip["reasons"]]


def test_interest_leads_and_is_given_as_the_reason(client: Client) -> None:
    for kind in ("audio", "books", "fitness", "home"):
        for _index in range(3):
            clip_of(kind)
    read_feed(client)
    chosen = make_category("fitness")
    key = uuid.UUID(client.cookies["viewer"].value.split(".")[0])
    Viewer.objects.create(key=key, interests=[chosen.pk], created_at=timezone.now())
    first = read_feed(client)["clips"][0]
    assert first["caption"] == "About fitness"
    assert {"code": f"interest:{chosen.pk}", "text": "You picked Fitness"} in first["reasons"]
    for _time in range(4):
        client.post("/api/v1/feed/less/", {"reason": f"interest:{chosen.pk}"}, "application/json")
    reasons = [reason["code"] for clip in read_feed(client)["clips"] for reason in clip["reasons"]]
    assert f"interest:{chosen.pk}" not in reasons


def test_followed_creators_come_first_at_any_dial(client: Client) -> None:
    clips = [clip_of(f"kind-{index}") for index in range(6)]
    followed = clips[3].creator
    client.post(f"/api/v1/creators/{followed.handle}/follow/")
    Viewer.objects.update(dial=0)
    shown = read_feed(client)["clips"]
    assert shown[0]["creator"]["handle"] == followed.handle
    beyond = [clip["creator"]["handle"] for clip in shown if clip["reasons"][0]["code"] == "beyond_dial"]
    assert len(beyond) == 5 and followed.handle not in beyond


def test_people_who_watched_one_also_watched_the_other(client: Client) -> None:
    clips = [clip_of(f"kind-{index}") for index in range(12)]
    for _person in range(6):
        watch(uuid.uuid4(), [clips[0], clips[7]])
    for index in range(12):  # the others are a little more popular
        for _person in range(1 if index in (0, 7) else 9):
            watch(uuid.uuid4(), [clips[index]])
    now = timezone.now()
    count_clips(now=now)
    assert ClipCount.objects.get(pk=clips[7].pk).satisfied == 7
    train_model(now=now)
    clear_caches()
    read_feed(client)
    client.post(f"/api/v1/clips/{clips[0].code}/like/")
    shown = next(clip for clip in read_feed(client)["clips"] if clip["code"] == clips[7].code)
    reasons = [reason for reason in shown["reasons"] if reason["code"].endswith(f":{clips[0].pk}")]
    assert reasons[0]["text"] == "People who watched “About kind-0” liked this"


def test_skipped_clip_does_not_count_as_satisfied(client: Client) -> None:
    clip = clip_of("books")
    token = read_feed(client)["clips"][0]["token"]
    send_events(client, {"token": token, "kind": "impression"}, {"token": token, "kind": "watch", "value": 10})
    count_clips(now=timezone.now())
    count = ClipCount.objects.get(pk=clip.pk)
    assert (count.shown, count.satisfied) == (1, 0)


def test_clip_without_anything_to_buy_comes_later(client: Client) -> None:
    clips = [clip_of(f"kind-{index}") for index in range(3)]
    before = [clip["code"] for clip in read_feed(client)["clips"]]
    first = next(clip for clip in clips if clip.code == before[0])
    Product.objects.filter(tags__clip=first).update(stock=0)
    clear_caches()
    assert read_feed(client)["clips"][-1]["code"] == first.code


def test_drifted_and_reported_clips_come_later(client: Client) -> None:
    clips = [clip_of(f"kind-{index}") for index in range(3)]
    before = [clip["code"] for clip in read_feed(client)["clips"]]
    first = next(clip for clip in clips if clip.code == before[0])
    Clip.objects.filter(pk=first.pk).update(drifted_at=timezone.now())
    clear_caches()
    assert read_feed(client)["clips"][-1]["code"] == first.code
    Clip.objects.filter(pk=first.pk).update(drifted_at=None)
    second = next(clip for clip in clips if clip.code == before[1])
    raise_flag(clip_id=second.pk, kind=FlagKind.REPORTS, note="", weight=2, now=timezone.now())
    clear_caches()
    assert read_feed(client)["clips"][-1]["code"] == second.code


def test_copy_comes_later_while_the_original_is_published(client: Client) -> None:
    clips = [clip_of(f"kind-{index}") for index in range(3)]
    before = [clip["code"] for clip in read_feed(client)["clips"]]
    copy, original = (next(clip for clip in clips if clip.code == code) for code in before[:2])
    Clip.objects.filter(pk=copy.pk).update(copy_of=original)
    clear_caches()
    assert [clip["code"] for clip in read_feed(client)["clips"]][-1] == copy.code
    Clip.objects.move(original.pk, ClipState.PUBLISHED, ClipState.REMOVED, now=timezone.now())
    clear_caches()
    assert [clip["code"] for clip in read_feed(client)["clips"]] == [before[0], before[2]]


def test_a_model_of_another_version_is_ignored_until_the_next_training(client: Client) -> None:
    clip_of("books")
    model = train_model(now=timezone.now())
    (folder,) = models_folder().glob("[0-9]*")
    save_model(model, folder / "model.npz", version=0)
    clear_caches()
    assert len(read_feed(client)["clips"]) == 1
    train_model(now=timezone.now())
    clear_caches()
    assert len(read_feed(client)["clips"]) == 1
