"""Interests, who is asked for them, the commerce dial, "less of this", starting over."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from catalog.models import Category, Product, ProductImage
from feed.models import Viewer
from tests.factories import PASSWORD, make_category, make_product
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


def offer(client: Client) -> dict[str, Any]:
    answer = client.get("/api/v1/viewer/interests/")
    assert answer.status_code == 200
    offered: dict[str, Any] = answer.json()
    return offered


def choose(client: Client, *slugs: str, **others: Any) -> tuple[int, Any]:
    body = {"interests": slugs, **others}
    answer = client.put("/api/v1/viewer/interests/", body, "application/json")
    return answer.status_code, answer.json()


def test_interests_have_pictures_and_names_in_the_viewers_language(client: Client, interests: list[int]) -> None:
    Category.objects.filter(slug="kind-2").update(name_translations={"ar": "مطبخ"})
    ProductImage.objects.create(
        product=Product.objects.get(category__slug="kind-2"), stem="products/pan", width_px=9, height_px=9
    )
    offered = client.get("/api/v1/viewer/interests/", headers={"Accept-Language": "ar"}).json()
    assert (offered["is_asked"], offered["minimum"], offered["dial"]) == (False, 5, 8)
    shown = {one["slug"]: one for one in offered["interests"]}
    assert shown["kind-2"]["name"] == "مطبخ" and shown["kind-2"]["picture"].endswith("products/pan-320.webp")
    assert shown["kind-1"]["picture"] == "" and len(shown) == 7
    html = client.get("/welcome/").content.decode()
    assert html.count("products/pan-320.webp") == html.count("interest--pictured") == 1


def test_interests_and_the_dial_are_chosen_in_the_api(client: Client, interests: list[int]) -> None:
    status, chosen = choose(client, *(f"kind-{index}" for index in range(1, 6)), dial=4)
    assert status == 200 and chosen["is_asked"] and chosen["dial"] == 4
    assert [one["slug"] for one in chosen["interests"] if one["is_chosen"]] == [
        f"kind-{index}" for index in range(1, 6)
    ]
    assert sorted(Viewer.objects.get().interests) == sorted(interests[1:6])
    assert choose(client)[1]["dial"] == 4, "A dial that is left out stays."


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"interests": ["kind-1"]}, "interests"),
        ({"interests": [f"kind-{index}" for index in range(4)] + ["nothing"]}, "interests"),
        ({"interests": ["a"] * 201}, "interests"),
        ({"interests": [], "dial": 7}, "dial"),
        ({}, "interests"),
    ],
)
def test_choice_that_is_refused_changes_nothing(
    client: Client, interests: list[int], body: dict[str, Any], field: str
) -> None:
    answer = client.put("/api/v1/viewer/interests/", body, "application/json")
    assert answer.status_code == 400 and list(answer.json()) == [field]
    assert not Viewer.objects.exists()


def test_new_viewers_are_asked_until_they_choose_or_skip(client: Client, interests: list[int]) -> None:
    clip = make_watchable_clip()
    assert "data-welcome" in client.get("/").content.decode()
    assert "data-welcome" not in client.get(f"/c/{clip.code}/").content.decode(), "A shared clip comes first."
    assert "data-welcome" in client.get("/").content.decode()
    assert client.post("/welcome/", {"skip": "yes", "interests": interests[:2]}).status_code == 302
    viewer = Viewer.objects.get()
    assert viewer.welcomed_at and viewer.interests == []
    assert "data-welcome" not in client.get("/").content.decode()
    assert offer(client)["is_asked"]
    del client.cookies["welcomed"]  # another browser
    assert "data-welcome" in client.get("/").content.decode()
    assert offer(client)["is_asked"] and "data-welcome" not in client.get("/").content.decode()


def test_closing_the_sheet_keeps_what_was_chosen_elsewhere(client: Client, interests: list[int]) -> None:
    slugs = [f"kind-{index}" for index in range(5)]
    choose(client, *slugs, dial=4)
    answer = client.post("/api/v1/viewer/interests/")
    assert answer.status_code == 200 and answer.json()["is_asked"]
    viewer = Viewer.objects.get()
    assert (sorted(viewer.interests), viewer.dial) == (sorted(interests[:5]), 4)
    other = Client()
    assert other.post("/api/v1/viewer/interests/").json()["is_asked"] and other.cookies["welcomed"].value == "yes"
    assert "data-welcome" not in other.get("/").content.decode()


def test_categories_that_went_off_sale_meanwhile_are_left_out(client: Client, interests: list[int]) -> None:
    Product.objects.filter(category__slug="kind-6").update(is_active=False)
    gone, left = interests[6], interests[:5]
    assert choose(client, *(f"kind-{index}" for index in range(7) if index))[0] == 200
    assert sorted(Viewer.objects.get().interests) == sorted(interests[1:6])
    assert client.post("/welcome/", {"interests": [*left, gone, "0", "x"], "dial": "8"}).status_code == 302
    assert sorted(Viewer.objects.get().interests) == sorted(left)
    assert choose(client, "kind-6")[0] == choose(client, *["nothing"] * 5)[0] == 400
    assert client.post("/welcome/", {"interests": [gone] * 5, "dial": "8"}).status_code == 200
    assert sorted(Viewer.objects.get().interests) == sorted(left), "A choice of which nothing is left is no skipping."


def test_next_viewer_of_a_browser_is_asked_again(
    client: Client, shopper: User, stranger: User, interests: list[int]
) -> None:
    def is_asked(browser: Client) -> bool:
        return "data-welcome" in browser.get("/").content.decode()

    client.post("/welcome/", {"skip": "yes"})
    for what in ("everything", "ranking"):
        assert not is_asked(client)
        client.post("/welcome/forget/", {"what": what})
        assert client.cookies["welcomed"].value == "" and is_asked(client)
        client.post("/welcome/", {"skip": "yes"})
    client.force_login(shopper)
    assert not is_asked(client), "The visitor has become this user."
    client.post("/accounts/logout/")
    assert is_asked(client) and client.cookies["welcomed"].value == ""
    client.post("/welcome/", {"skip": "yes"})
    client.force_login(stranger)
    client.get("/")
    client.post("/welcome/", {"skip": "yes"})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/accounts/leave/").status_code == 302
    assert is_asked(client) and client.cookies["welcomed"].value == ""


def test_nobody_is_asked_before_consent(client: Client, interests: list[int], settings: Settings) -> None:
    settings.FEED_ASKS_CONSENT = True
    assert "data-welcome" not in client.get("/").content.decode()
    assert choose(client, *(f"kind-{index}" for index in range(5)))[0] == 409
    client.post("/welcome/", {"skip": "yes"})
    assert set(client.cookies) <= {"csrftoken"} and not Viewer.objects.exists()
    client.post("/welcome/consent/", {"answer": "yes"})
    assert "data-welcome" in client.get("/").content.decode()
    choose(client)
    assert client.cookies["welcomed"].value == "yes"
    client.post("/welcome/consent/", {"answer": "no"})
    assert client.cookies["welcomed"].value == ""


def test_signing_up_leads_to_the_choice_of_interests(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"
    form = {"email": "new@example.com", "password1": "Abc-4711-xyz", "password2": "Abc-4711-xyz"}
    assert client.post("/accounts/signup/", form).headers["Location"] == "/welcome/"
    form["email"] = "other@example.com"
    answer = Client().post("/accounts/signup/?next=/bag/", {**form, "next": "/bag/"})
    assert answer.headers["Location"] == "/bag/"
