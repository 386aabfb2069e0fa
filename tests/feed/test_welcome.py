"""Interests, the commerce dial, "less of this", starting over."""

import pytest
from django.test import Client

from feed.models import Viewer
from tests.factories import make_category, make_product
from tests.feed.watching import make_watchable_clip, read_feed

pytestmark = pytest.mark.django_db


@pytest.fixture
def interests() -> list[int]:
    return [make_product(category=make_category(f"kind-{index}")).category_id for index in range(7)]


def test_five_interests_and_the_dial_are_saved(client: Client, interests: list[int]) -> None:
    assert "Kind 3" in client.get("/welcome/").content.decode()
    response = client.post("/welcome/", {"interests": interests[:5], "dial": "4"})
    assert response.status_code == 302 and response.headers["Location"] == "/"
    viewer = Viewer.objects.get()
    assert sorted(viewer.interests) == sorted(interests[:5])
    assert viewer.dial == 4


def test_fewer_than_five_are_refused_and_stay_checked(client: Client, interests: list[int]) -> None:
    response = client.post("/welcome/", {"interests": interests[:2], "dial": "8"})
    assert response.status_code == 200
    html = response.content.decode()
    assert "Choose at least 5 interests, or none to skip this step." in html
    assert html.count("checked") == 3
    assert not Viewer.objects.exists()


def test_interests_can_be_skipped(client: Client, interests: list[int]) -> None:
    assert client.post("/welcome/", {"dial": "8"}).status_code == 302
    assert Viewer.objects.get().interests == []


def test_less_of_a_reason_multiplies(client: Client) -> None:
    make_watchable_clip()
    read_feed(client)
    for _time in range(2):
        response = client.post("/api/v1/feed/less/", {"reason": "interest:3"}, "application/json")
        assert response.status_code == 202
    assert Viewer.objects.get().reason_factors == {"interest:3": 0.0625}


def test_invalid_reason_is_refused(client: Client) -> None:
    assert client.post("/api/v1/feed/less/", {"reason": "'; --"}, "application/json").status_code == 400
    assert not Viewer.objects.exists()


def test_starting_over_resets_the_ranking_but_not_likes(client: Client, interests: list[int]) -> None:
    clip = make_watchable_clip()
    client.post("/welcome/", {"interests": interests[:5], "dial": "8"})
    client.post(f"/api/v1/clips/{clip.code}/like/")
    assert client.post("/welcome/forget/", {"what": "ranking"}).status_code == 302
    viewer = Viewer.objects.get()
    assert viewer.interests == [] and viewer.liked == [clip.pk] and viewer.started_over_at
