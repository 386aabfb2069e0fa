"""Becoming a creator and joining campaigns, on the pages and over JSON."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from creators.campaigns import publish_terms
from creators.models import Campaign, Creator, Enrolment, Terms
from tests.factories import make_campaign, make_category, make_creator, make_reason
from videos.models import Reason

pytestmark = pytest.mark.django_db
JOIN = {"handle": "Maya.films", "display_name": "Maya", "bio": "", "confirms_adult": "on"}


def test_a_user_becomes_a_creator_and_the_age_is_stored(as_shopper: Client, shopper: User) -> None:
    assert as_shopper.post("/studio/join/", JOIN)["Location"] == "/studio/campaigns/"
    shopper.refresh_from_db()
    assert (shopper.creator.handle, shopper.is_known_adult) == ("maya.films", True)


def test_a_user_who_does_not_confirm_to_be_18_does_not_become_a_creator(as_shopper: Client, shopper: User) -> None:
    answer = as_shopper.post("/studio/join/", JOIN | {"confirms_adult": ""})
    assert "Creators must be 18 or over." in answer.content.decode()
    shopper.refresh_from_db()
    assert (Creator.objects.count(), shopper.adult_confirmed_at) == (0, None)


@pytest.mark.parametrize("handle", ["MAYA.films", "a", "with space", "x" * 31, "né"])
def test_a_taken_or_invalid_handle_is_refused_and_the_form_keeps_its_values(as_shopper: Client, handle: str) -> None:
    make_creator("maya.films")
    answer = as_shopper.post("/studio/join/", JOIN | {"handle": handle, "bio": "I film lamps"})
    assert answer.status_code == 422
    assert "I film lamps" in answer.content.decode()
    assert Creator.objects.count() == 1


def test_the_page_says_before_filming_what_is_accepted(as_creator: Client, settings: Any) -> None:
    make_category("books", name="Books")
    make_category("music", name="Music", name_translations={"ar": "موسيقى"})
    Campaign.objects.filter(pk=make_campaign("autumn", kinds=["review"]).pk).update(category_slugs=["books", "music"])
    settings.UPLOAD_MAX_BYTES, settings.UPLOAD_LIMITS = 40_000_000, {"max_duration_ms": 60_000}
    reason = make_reason("blurred")
    page = " ".join(as_creator.get("/studio/campaigns/").content.decode().split())
    for words in (
        "Books and Music",
        "up to 60 seconds, in a file of at most 40 MB",
        reason.text_in("en"),
        "Kinds of clip: ",
    ):
        assert words in page, words
    assert "Review." in page and "Gift guide" not in page
    arabic = as_creator.get("/studio/campaigns/", headers={"accept-language": "ar"}).content.decode()
    assert "Books وموسيقى" in arabic
    Reason.objects.update(is_active=False)
    assert reason.text_in("en") not in as_creator.get("/studio/campaigns/").content.decode()


def test_the_page_shows_fee_caps_and_products_before_filming(as_creator: Client, creator: Creator) -> None:
    make_campaign("autumn")
    page = as_creator.get("/studio/campaigns/").content.decode()
    for words in (
        "$25.00",
        "We pay for at most 500 clips from you, and 35,000 clips from all creators.",
        "at least 2 products",
    ):
        assert words in page


def test_joining_twice_accepts_the_version_that_was_shown_once(as_creator: Client, creator: Creator) -> None:
    campaign = make_campaign("autumn")
    as_creator.post("/studio/campaigns/autumn/enrol/", {"terms_version": "1"})
    as_creator.post("/studio/campaigns/autumn/enrol/", {"terms_version": "1"})
    assert Enrolment.objects.get().terms == campaign.terms


def test_terms_that_have_changed_since_are_not_accepted(as_creator: Client, creator: Creator) -> None:
    campaign = make_campaign("autumn")
    assert campaign.terms is not None
    publish_terms(
        terms=Terms(
            campaign=campaign,
            fee_minor=1000,
            currency="USD",
            clips_per_creator=1,
            opens_at=campaign.terms.opens_at,
        )
    )
    for version in ("1", "", "9" * 5000):
        as_creator.post("/studio/campaigns/autumn/enrol/", {"terms_version": version})
    assert Enrolment.objects.count() == 0


def test_a_campaign_by_invitation_is_hidden_from_other_creators(as_creator: Client, creator: Creator) -> None:
    campaign = make_campaign("secret")
    Campaign.objects.update(is_by_invitation=True)
    assert as_creator.post("/studio/campaigns/secret/enrol/", {"terms_version": "1"}).status_code == 404
    assert as_creator.get("/api/v1/campaigns/").json()["results"] == []
    campaign.invited.add(creator)
    assert as_creator.get("/api/v1/campaigns/").json()["results"][0]["slug"] == "secret"


def test_a_creator_joins_over_json(as_creator: Client, creator: Creator) -> None:
    make_campaign("autumn")
    stale = as_creator.post("/api/v1/campaigns/autumn/enrol/", {"terms_version": 7}, content_type="application/json")
    assert (stale.status_code, Enrolment.objects.count()) == (409, 0)
    joined = as_creator.post("/api/v1/campaigns/autumn/enrol/", {"terms_version": 1}, content_type="application/json")
    assert joined.json() | {"accepted_at": ""} == {
        "terms_version": 1,
        "accepted_at": "",
        "clips_cap": 500,
        "earned_count": 0,
        "held_count": 0,
        "free_count": 500,
        "waiting": [],
    }
    campaign = as_creator.get("/api/v1/campaigns/").json()["results"][0]
    assert (campaign["terms"]["fee_minor"], campaign["enrolment"]["free_count"]) == (2500, 500)


def test_a_storefront_is_public_at_one_address() -> None:
    make_creator("maya", display_name="Maya Films")
    assert "Maya Films" in Client().get("/@maya/").content.decode()
    assert Client().get("/@Maya/")["Location"] == "/@maya/"
    assert Client().get("/@nobody/").status_code == 404
    assert Client().get("/api/v1/creators/maya/").json()["display_name"] == "Maya Films"
