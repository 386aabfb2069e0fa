"""The API of clips: what the studio's pages do, over JSON."""

from typing import Any

import pytest
from django.test import Client

from creators.models import Creator, Slot
from tests.conftest import client_of
from tests.factories import (
    NOW,
    make_creator,
    make_draft,
    make_enrolment,
    make_product,
    make_published_clip,
    make_reason,
    make_waiting_clip,
)
from videos.models import Clip, DecisionAction
from videos.review.decisions import decide

pytestmark = pytest.mark.django_db


def send(client: Client, method: str, address: str, body: Any = None, **headers: str) -> Any:
    return getattr(client, method)(f"/api/v1/{address}", body or {}, content_type="application/json", headers=headers)


def body_for(creator: Creator) -> dict[str, Any]:
    tags = [{"product": make_product().slug, "start_ms": at, "end_ms": at + 500} for at in (0, 1000)]
    campaign = make_enrolment(creator).campaign.slug
    return {"caption": "Two things", "campaign": campaign, "is_speechless": True, "tags": tags}


def test_a_creator_can_create_change_and_list_a_draft(as_creator: Client, creator: Creator) -> None:
    created = send(as_creator, "post", "clips/", body_for(creator))
    assert (created.status_code, created.json()["state"], len(created.json()["tags"])) == (201, "draft", 2)
    code = created.json()["code"]
    changed = send(as_creator, "patch", f"clips/{code}/", {"caption": "Three things"})
    assert (changed.status_code, changed.json()["caption"], len(changed.json()["tags"])) == (200, "Three things", 2)
    assert as_creator.get("/api/v1/clips/").json()["results"][0]["code"] == code


def test_an_idempotency_key_creates_one_clip_and_refuses_another_body(as_creator: Client, creator: Creator) -> None:
    body = body_for(creator)
    first = send(as_creator, "post", "clips/", body, **{"Idempotency-Key": "k1"})
    again = send(as_creator, "post", "clips/", body, **{"Idempotency-Key": "k1"})
    other = send(as_creator, "post", "clips/", body | {"caption": "Other"}, **{"Idempotency-Key": "k1"})
    assert first.json()["code"] == again.json()["code"]
    assert (other.status_code, Clip.objects.count()) == (422, 1)


def test_submitting_an_incomplete_clip_lists_its_problems(as_creator: Client, creator: Creator) -> None:
    clip = make_draft(creator, products=[], caption="")
    answer = send(as_creator, "post", f"clips/{clip.code}/submit/")
    assert (answer.status_code, set(answer.json())) == (422, {"caption", "tags"})
    assert Slot.objects.count() == 0


def test_submitting_twice_is_a_conflict(as_creator: Client, creator: Creator) -> None:
    clip = make_draft(creator)
    assert send(as_creator, "post", f"clips/{clip.code}/submit/").json()["state"] == "in_review"
    assert send(as_creator, "post", f"clips/{clip.code}/submit/").status_code == 409
    assert Slot.objects.count() == 1


def test_withdrawing_releases_the_slot(as_creator: Client, creator: Creator) -> None:
    clip = make_waiting_clip(creator)
    assert send(as_creator, "post", f"clips/{clip.code}/withdraw/").json()["state"] == "draft"
    assert Slot.objects.get().state == "released"
    assert send(as_creator, "post", f"clips/{clip.code}/withdraw/").status_code == 409


def test_changing_a_published_clip_hides_it_until_it_is_approved(as_creator: Client, creator: Creator) -> None:
    clip = make_published_clip(creator=creator)
    assert Client().get(f"/api/v1/clips/{clip.code}/").status_code == 200
    changed = send(as_creator, "patch", f"clips/{clip.code}/", {"caption": "Now something else"})
    assert changed.json()["state"] == "in_review"
    assert Client().get(f"/api/v1/clips/{clip.code}/").status_code == 404


def test_a_rejection_is_shown_and_can_be_appealed_once(as_creator: Client, creator: Creator, moderator: Any) -> None:
    clip = make_waiting_clip(creator)
    decide(
        revision=clip.revisions.get(),
        moderator=moderator,
        action=DecisionAction.REJECT,
        reason=make_reason(),
        at_ms=1500,
        words="Look at the start.",
        now=NOW,
    )
    decision = as_creator.get(f"/api/v1/clips/{clip.code}/").json()["decision"]
    assert (decision["action"], decision["reason"], decision["at_ms"]) == ("reject", "A product is not shown.", 1500)
    assert send(as_creator, "post", f"clips/{clip.code}/appeal/", {"words": "It is."}).json()["state"] == "appealed"
    assert Slot.objects.active().count() == 1
    assert send(as_creator, "post", f"clips/{clip.code}/appeal/", {"words": "Again."}).status_code == 409


def test_the_status_has_queue_position_and_due_time(as_creator: Client, creator: Creator) -> None:
    enrolment = make_enrolment(creator)
    make_waiting_clip(enrolment=enrolment)
    second = make_waiting_clip(enrolment=enrolment)
    status = as_creator.get(f"/api/v1/clips/{second.code}/status/").json()
    assert (status["state"], status["position"], status["due_at"]) == ("in_review", 2, "2026-11-04T12:00:00Z")


def test_a_published_clip_has_its_ad_label_and_live_prices() -> None:
    lamp = make_product(price_minor=1234)
    clip = make_published_clip(products=[lamp, make_product()])
    lamp.price_minor = 999
    lamp.save()
    payload = Client().get(f"/api/v1/clips/{clip.code}/").json()
    assert payload["ad_label"] == "Ad · paid campaign"
    assert payload["tags"][0]["product"]["price"]["amount_minor"] == 999
    assert "state" not in payload


@pytest.mark.parametrize("method", ["get", "patch"])
def test_another_creators_draft_is_not_found(as_creator: Client, creator: Creator, method: str) -> None:
    other_draft = make_draft(make_creator("other"))
    assert send(as_creator, method, f"clips/{other_draft.code}/").status_code == 404
    for action in ("submit", "withdraw", "appeal"):
        assert send(as_creator, "post", f"clips/{other_draft.code}/{action}/").status_code == 404
    assert as_creator.get(f"/api/v1/clips/{other_draft.code}/status/").status_code == 404


def test_a_shopper_or_visitor_cannot_create_a_clip(as_shopper: Client) -> None:
    assert send(as_shopper, "post", "clips/", {"caption": "x"}).status_code == 403
    assert send(Client(), "post", "clips/", {"caption": "x"}).status_code == 403
    assert Clip.objects.count() == 0


def test_the_list_of_clips_takes_a_fixed_number_of_queries(
    creator: Creator, django_assert_max_num_queries: Any
) -> None:
    enrolment = make_enrolment(creator)
    for _number in range(3):
        make_waiting_clip(enrolment=enrolment)
    client = client_of(creator.user)
    with django_assert_max_num_queries(7):
        assert len(client.get("/api/v1/clips/").json()["results"]) == 3
