"""Footage that was paid for is not paid again, whatever its clip, its file or its creator became since."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from creators.models import Creator, Slot
from payouts.fraud import place_holds
from payouts.models import Hold
from tests.conftest import client_of
from tests.factories import (
    PASSWORD,
    approve,
    make_creator,
    make_draft,
    make_published_clip,
    make_source,
    make_waiting_clip,
)
from videos.models import Clip, Source
from videos.studio.erasure import erase_files
from videos.studio.submission import submit_clip

pytestmark = pytest.mark.django_db
DESK = "/admin/videos/clip/desk/"
PRINT = "a1b2c3d4e5f60718" * 4
NEAR = "a1b2c3d4e5f6071f" * 4


@pytest.fixture
def paid(creator: Creator) -> Clip:
    return make_published_clip(creator)


def withdraw(client: Client, clip: Clip) -> None:
    """Bring a paid clip back to a draft, in which its file can be replaced."""
    assert client.patch(f"/api/v1/clips/{clip.code}/", {"caption": "New"}, "application/json").status_code == 200
    assert client.post(f"/api/v1/clips/{clip.code}/withdraw/").status_code < 300
    clip.refresh_from_db()
    assert clip.state == "draft"


def approve_at_desk(client: Client, clip: Clip) -> Any:
    revision = clip.revisions.latest("number")
    body = {"revision": revision.pk, "action": "approve"}
    return client.post(f"{DESK}{clip.code}/decide/", body, headers={"Accept": "application/json"})


def copy_file(source: Source | None, clip: Clip) -> None:
    """Give the clip's file the bytes of another one."""
    assert source is not None
    Source.objects.filter(pk=clip.source_id).update(sha256=source.sha256)


def test_footage_stays_paid_for_after_its_clip_got_another_file(paid: Clip, as_moderator: Client) -> None:
    footage = paid.source
    withdraw(client_of(paid.creator.user), paid)
    paid.attach_source(make_source(paid.creator))
    again = make_draft(paid.creator, paid.enrolment)
    copy_file(footage, again)
    again = submit_clip(clip_id=again.pk, now=timezone.now())
    page = as_moderator.get(f"{DESK}{again.code}/").content.decode()
    assert f"{DESK}{paid.code}/" in page and "has another file today" in page
    answer = approve_at_desk(as_moderator, again)
    assert answer.status_code == 409 and paid.code in answer.json()["detail"]
    again.refresh_from_db()
    assert (again.state, again.decisions.count(), Slot.objects.earned().count()) == ("in_review", 0, 1)


def test_other_footage_of_the_same_creator_is_paid(paid: Clip, as_moderator: Client) -> None:
    withdraw(client_of(paid.creator.user), paid)
    other = submit_clip(clip_id=make_draft(paid.creator, paid.enrolment).pk, now=timezone.now())
    assert approve_at_desk(as_moderator, other).status_code == 200
    assert Slot.objects.earned().count() == 2


def test_footage_that_was_never_approved_is_not_paid_for(paid: Clip, as_moderator: Client) -> None:
    withdraw(client_of(paid.creator.user), paid)
    unseen = make_source(paid.creator)
    paid.attach_source(unseen)
    submit_clip(clip_id=paid.pk, now=timezone.now())
    honest = make_waiting_clip(make_creator("lou"))
    copy_file(unseen, honest)
    assert approve_at_desk(as_moderator, honest).status_code == 200
    assert approve_at_desk(as_moderator, paid).status_code == 409


def test_re_encoded_footage_of_an_erased_creator_stays_paid_for(paid: Clip, as_moderator: Client) -> None:
    Source.objects.filter(pk=paid.source_id).update(outputs={"renditions": [{"name": "720.mp4"}], "fingerprint": PRINT})
    unpaid = make_source(paid.creator)
    Source.objects.filter(pk=unpaid.pk).update(outputs={"fingerprint": PRINT})
    client = client_of(paid.creator.user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/accounts/leave/", {"gives_up_pay": "on"}).status_code == 302
    erase_files()
    assert Source.objects.get(pk=paid.source_id).outputs == {"fingerprint": PRINT}
    assert Source.objects.get(pk=unpaid.pk).outputs == {}
    copy = make_waiting_clip(make_creator("new"))
    Source.objects.filter(pk=copy.source_id).update(outputs={"fingerprint": NEAR})
    assert paid.code in as_moderator.get(f"{DESK}{copy.code}/").content.decode()
    assert approve_at_desk(as_moderator, copy).status_code == 409
    assert Slot.objects.earned().count() == 1


def test_second_fee_for_footage_is_held_after_its_first_clip_got_another_file(paid: Clip) -> None:
    again = make_published_clip(make_creator("copy"))
    copy_file(paid.source, again)
    withdraw(client_of(paid.creator.user), paid)
    paid.attach_source(make_source(paid.creator))
    place_holds(now=timezone.now())
    assert list(Hold.objects.values_list("kind", "subject")) == [("duplicate_clip", again.code)]


@pytest.mark.parametrize("is_submitted", [False, True])
def test_unpaid_clip_with_the_same_file_holds_nobodys_pay(creator: Creator, is_submitted: bool) -> None:
    """A rival's draft or submission, or the creator's own first attempt, may be older than the paid clip."""
    make_clip = make_waiting_clip if is_submitted else make_draft
    earlier = [make_clip(make_creator("rival")), make_clip(creator)]
    paid = make_published_clip(creator)
    for clip in earlier:
        copy_file(paid.source, clip)
    assert place_holds(now=timezone.now()) == 0
    assert not Hold.objects.exists()


def test_withdrawing_a_paid_clip_says_that_its_fee_stays(paid: Clip) -> None:
    client = client_of(paid.creator.user)
    client.patch(f"/api/v1/clips/{paid.code}/", {"caption": "New"}, "application/json")
    page = client.post(f"/studio/clips/{paid.code}/withdraw/", follow=True).content.decode()
    assert "Its fee stays yours" in page and "slot was released" not in page
    assert Slot.objects.get().state == "earned"
    assert approve(submit_clip(clip_id=paid.pk, now=timezone.now())).state == "published"
    assert Slot.objects.get().state == "earned"
