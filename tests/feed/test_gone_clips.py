"""Clips that disappear while they are on a cached ranked list: the page is filled up with other clips at once."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from feed.page.snapshot import current_snapshot, refresh_snapshot
from tests.factories import make_category, make_creator, make_draft, make_enrolment, make_product
from tests.feed.watching import make_watchable_clip, read_feed
from videos.models import Clip, Source

pytestmark = pytest.mark.django_db(transaction=True)


def take_down(codes: list[str]) -> None:
    Clip.objects.filter(code__in=codes).update(state="removed", state_changed_at=timezone.now())


def delete(codes: list[str]) -> None:
    """Delete clips without a trace. Nothing on the site does so, because decisions protect their clips."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM videos_clip WHERE code = ANY(%s)", [codes])
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture
def clips(transactional_db: None) -> list[Clip]:
    """Return thirty clips of three creators in three categories."""
    enrolments = [make_enrolment(make_creator()) for _index in range(3)]
    products = [make_product(category=make_category(f"category-{number % 3}")) for number in range(6)]
    pairs = [[products[number % 6], products[(number + 1) % 6]] for number in range(30)]
    return [
        make_watchable_clip(None, enrolments[number % 3], pair, caption=f"Clip {number}")
        for number, pair in enumerate(pairs)
    ]


def first_codes(client: Client) -> list[str]:
    """Return the codes of the first two pages."""
    codes: list[str] = []
    cursor = ""
    while len(codes) < 16:
        page = read_feed(client, cursor=cursor)
        codes += [clip["code"] for clip in page["clips"]]
        cursor = page["cursor"]
    return codes


@pytest.mark.parametrize("remove", [take_down, delete])
def test_page_is_full_although_the_first_clips_are_gone(
    client: Client, clips: list[Clip], remove: Callable[[list[str]], None]
) -> None:
    client.get("/")
    remove(first_codes(client))
    remaining = set(Clip.objects.published().values_list("code", flat=True))
    shown = {clip["code"] for clip in read_feed(client)["clips"]}
    assert len(shown) == 8
    assert shown <= remaining
    assert len(read_feed(Client())["clips"]) == 8


def test_clip_without_anything_to_play_is_replaced_by_the_next(client: Client, clips: list[Clip]) -> None:
    client.get("/")
    first = first_codes(client)[0]
    Source.objects.filter(pk=Clip.objects.get(code=first).source_id).update(outputs={})
    Clip.objects.filter(code=first).update(updated_at=timezone.now())
    shown = {clip["code"] for clip in read_feed(client)["clips"]}
    assert len(shown) == 8
    assert first not in shown


def test_changes_to_unpublished_clips_leave_the_snapshot_as_it_is(client: Client, clips: list[Clip]) -> None:
    read_feed(client)
    snapshot = current_snapshot()
    Clip.objects.filter(pk=make_draft().pk).update(updated_at=timezone.now())
    assert refresh_snapshot([clips[0].pk]) is snapshot
    take_down([clips[0].code])
    changed = refresh_snapshot([clips[0].pk])
    assert changed is not snapshot
    assert clips[0].pk not in changed.ids
    assert len(changed) == 29
