"""An agency's share is accepted and ended by the creator, in the studio."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from creators.models import Agency, Creator, Representation
from creators.representation import offer_representation
from tests.factories import make_creator

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(creator: Creator) -> Representation:
    agency = Agency.objects.create(slug="north", name="North Talent", notice_days=30)
    return offer_representation(agency=agency, creator=creator, share_bps=1500, now=timezone.now())


def test_a_creator_accepts_an_offer_and_ends_the_share_with_notice(as_creator: Client, offer: Representation) -> None:
    page = as_creator.get("/studio/agency/").content.decode()
    assert "North Talent" in page and "15% of what you earn" in page
    as_creator.post(f"/studio/agency/{offer.pk}/accept/")
    offer.refresh_from_db()
    assert offer.accepted_at is not None and offer.ends_at is None
    assert "Active" in as_creator.get("/studio/agency/").content.decode()
    for _index in range(3):
        as_creator.post(f"/studio/agency/{offer.pk}/end/")
    offer.refresh_from_db()
    assert offer.ends_at is not None and offer.notice_at is not None
    assert offer.ends_at - offer.notice_at == timedelta(days=30)
    assert "Ending" in as_creator.get("/studio/agency/").content.decode()


def test_another_creator_cannot_accept_or_end_a_share(
    as_stranger: Client, offer: Representation, stranger: object
) -> None:
    make_creator("rival", user=stranger)
    for action in ("accept", "end"):
        assert as_stranger.post(f"/studio/agency/{offer.pk}/{action}/").status_code == 404
    assert "North Talent" not in as_stranger.get("/studio/agency/").content.decode()
    offer.refresh_from_db()
    assert (offer.accepted_at, offer.notice_at) == (None, None)


def test_a_second_agency_is_refused_until_the_first_has_ended(
    as_creator: Client, creator: Creator, offer: Representation
) -> None:
    as_creator.post(f"/studio/agency/{offer.pk}/accept/")
    other = Agency.objects.create(slug="south", name="South Talent")
    second = offer_representation(agency=other, creator=creator, share_bps=500, now=timezone.now())
    answer = as_creator.post(f"/studio/agency/{second.pk}/accept/", follow=True)
    assert "End the share of your current agency first." in answer.content.decode()
    second.refresh_from_db()
    assert second.accepted_at is None


def test_an_offer_is_accepted_and_ended_once_over_json(as_creator: Client, offer: Representation) -> None:
    [representation] = as_creator.get("/api/v1/agency/").json()
    names = ("agency", "share_bps", "notice_days", "accepted_at")
    assert [representation[name] for name in names] == ["North Talent", 1500, 30, None]
    address = f"/api/v1/agency/{offer.pk}"
    assert as_creator.post(f"{address}/end/").status_code == 409
    assert as_creator.post(f"{address}/accept/").json()["accepted_at"] is not None
    assert [as_creator.post(f"{address}/accept/").status_code for _index in range(3)] == [409] * 3
    ended = as_creator.post(f"{address}/end/").json()
    assert [as_creator.post(f"{address}/end/").status_code for _index in range(3)] == [409] * 3
    offer.refresh_from_db()
    assert offer.notice_at is not None and offer.ends_at == offer.notice_at + timedelta(days=30)
    assert ended["ends_at"].startswith(f"{offer.ends_at:%Y-%m-%d}")


def test_another_creator_cannot_accept_or_end_a_share_over_json(
    client: Client, as_stranger: Client, offer: Representation, stranger: object
) -> None:
    assert client.get("/api/v1/agency/").status_code == as_stranger.get("/api/v1/agency/").status_code == 403
    make_creator("rival", user=stranger)
    for action in ("accept", "end"):
        assert as_stranger.post(f"/api/v1/agency/{offer.pk}/{action}/").status_code == 404
    assert as_stranger.get("/api/v1/agency/").json() == []
    offer.refresh_from_db()
    assert (offer.accepted_at, offer.notice_at) == (None, None)
