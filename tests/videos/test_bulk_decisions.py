"""Decisions on many clips of the desk at once: they ask first, and can be undone."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Slot
from tests.conftest import client_of, make_staff
from tests.factories import make_reason, make_waiting_clip
from videos.models import Clip, Decision

pytestmark = pytest.mark.django_db
DESK = "/admin/videos/clip/desk/"


@pytest.fixture
def clips() -> list[Clip]:
    return [make_waiting_clip(caption=caption) for caption in ("A lamp & a chair", "Two mugs", "Three books")]


def body(clips: list[Clip], **fields: Any) -> dict[str, Any]:
    return {"revision": [clip.revisions.get().pk for clip in clips]} | fields


def send(client: Client, clips: list[Clip], **fields: Any) -> Any:
    return client.post(f"{DESK}bulk/?show=new", body(clips, **fields), follow=True)


def states() -> list[tuple[str, str]]:
    slots = dict(Slot.objects.values_list("clip_code", "state"))
    return [(state, slots[code]) for code, state in Clip.objects.order_by("pk").values_list("code", "state")]


def test_approvals_are_asked_about_with_titles_and_pay(as_moderator: Client, clips: list[Clip]) -> None:
    page = send(as_moderator, clips, action="approve").content.decode()
    assert "3 clips are selected." in page and "$75.00 is paid for them." in page
    assert "A lamp &amp; a chair" in page and "Two mugs" in page and 'value="Approve"' in page
    assert states() == [("in_review", "held")] * 3
    page = send(as_moderator, clips, action="approve", confirmed="yes").content.decode()
    assert "3 clips decided." in page
    assert states() == [("published", "earned")] * 3


def test_rejections_name_the_reason_and_the_released_slots(as_moderator: Client, clips: list[Clip]) -> None:
    page = send(as_moderator, clips[:1], action="reject", reason=make_reason().pk).content.decode()
    assert "Rejected: A product is not shown." in page and "1 slot is released: $25.00 is not paid." in page
    assert states() == [("in_review", "held")] * 3


@pytest.mark.parametrize("fields", [{}, {"action": ""}, {"action": "reject"}, {"action": "remove"}])
def test_nothing_is_preset_and_the_selection_survives_a_refusal(
    as_moderator: Client, clips: list[Clip], fields: dict[str, str]
) -> None:
    assert '<option value="" selected>Choose a decision</option>' in as_moderator.get(DESK).content.decode()
    answer = send(as_moderator, clips, **fields, confirmed="yes")
    assert answer.status_code == 422
    assert answer.content.decode().count('name="revision"') == 3
    assert 'name="confirmed"' not in answer.content.decode()
    assert not Decision.objects.exists()


def test_all_decisions_are_undone_from_the_message(as_moderator: Client, clips: list[Clip]) -> None:
    page = send(as_moderator, clips, action="approve", confirmed="yes").content.decode()
    undo = f"{DESK}undo/{Decision.objects.earliest('pk').pk}/"
    assert f'<a href="{undo}">Undo</a>' in page
    assert f'href="{undo}">Undo</a>' in as_moderator.get("/admin/videos/decision/").content.decode()
    page = as_moderator.get(undo).content.decode()
    assert "Undo your decision “Approved” on 3 clips?" in page and "Two mugs" in page
    assert states() == [("published", "earned")] * 3
    assert "3 decisions undone." in as_moderator.post(undo, follow=True).content.decode()
    assert states() == [("in_review", "held")] * 3


def test_a_decision_cannot_be_undone_later_or_by_others(as_moderator: Client, clips: list[Clip]) -> None:
    send(as_moderator, clips, action="approve", confirmed="yes")
    undo = f"{DESK}undo/{Decision.objects.earliest('pk').pk}/"
    other = client_of(make_staff("other@example.com", "videos"))
    for page in (other.get(undo, follow=True), other.post(undo, follow=True)):
        assert "Only the moderator who made a decision can undo it." in page.content.decode()
    assert "/desk/undo/" not in other.get("/admin/videos/decision/").content.decode()
    Decision.objects.update(decided_at=timezone.now() - timedelta(seconds=31))
    for page in (as_moderator.get(undo, follow=True), as_moderator.post(undo, follow=True)):
        assert "that time has passed" in page.content.decode()
    assert "/desk/undo/" not in as_moderator.get("/admin/videos/decision/").content.decode()
    assert states() == [("published", "earned")] * 3


def test_single_decision_without_scripts_offers_undo(as_moderator: Client, moderator: User, clips: list[Clip]) -> None:
    data = {"revision": clips[0].revisions.get().pk, "action": "approve"}
    page = as_moderator.post(f"{DESK}{clips[0].code}/decide/", data, follow=True).content.decode()
    undo = f"{DESK}undo/{Decision.objects.get(moderator=moderator).pk}/"
    assert f'<a href="{undo}">Undo</a>' in page
    assert f"<bdi>{clips[0].code}</bdi>" in as_moderator.get(undo).content.decode()
    as_moderator.post(undo)
    assert states() == [("in_review", "held")] * 3
