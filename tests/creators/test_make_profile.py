"""Members: whoever has a confirmed address and is 16 or over makes a public profile, on a page or in the API."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from creators.models import Creator, Enrolment
from tests.conftest import client_of
from tests.creators.test_profile import picture
from tests.factories import make_campaign, make_creator, make_user

pytestmark = pytest.mark.django_db
PAGE = "/accounts/profile/"
API = "/api/v1/profile/"
TYPED = {"handle": "Sam.Reads", "display_name": "Sam", "bio": "Books.", "is_old_enough": "yes"}
SENT = {"handle": "sam.reads", "display_name": "Sam", "bio": "Books.", "is_16_or_over": True}


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def member(shopper: User) -> Client:
    """Return the client of a user with a confirmed address."""
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    return client_of(shopper)


def test_profile_is_made_with_a_picture_and_is_public_at_once(member: Client, shopper: User) -> None:
    assert "16 or over" in member.get(PAGE).content.decode()
    answer = member.post(PAGE, TYPED | {"picture": picture()})
    assert answer["Location"] == "/@sam.reads/"
    profile = Creator.objects.get()
    assert (profile.user, profile.display_name, profile.bio) == (shopper, "Sam", "Books.")
    assert default_storage.exists(f"{profile.avatar_stem}-128.webp")
    assert "Sam" in Client().get("/@sam.reads/").content.decode()
    assert member.get(PAGE)["Location"] == "/studio/profile/"
    assert not shopper.is_known_adult, "16 is enough for a profile."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"is_old_enough": "no"}, "You can still buy, like, save and follow."),
        ({"is_old_enough": ""}, "Say whether you are 16 or over."),
        ({"handle": "maya"}, "This handle is taken."),
        ({"handle": "support"}, "This handle is reserved."),
        ({"display_name": "!!!"}, "Enter a name with at least one letter."),
        ({"picture": SimpleUploadedFile("me.png", b"not a picture", "image/png")}, "Sam.Reads"),
    ],
)
def test_refused_profile_stores_nothing_and_keeps_what_was_typed(
    member: Client, creator: Creator, tmp_path: Any, changes: dict[str, Any], sentence: str
) -> None:
    answer = member.post(PAGE, TYPED | changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page and "Books." in page
    assert list(Creator.objects.all()) == [creator]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_profile_takes_a_confirmed_address(as_shopper: Client, client: Client) -> None:
    assert "Confirm your email address first." in as_shopper.get(PAGE).content.decode()
    assert as_shopper.post(PAGE, TYPED).status_code == 422
    refused = as_shopper.post(API, SENT, "application/json", headers={"Idempotency-Key": "k"})
    assert (refused.status_code, "Confirm your email address" in refused.json()["detail"]) == (422, True)
    assert client.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"
    assert client.post(API, SENT, "application/json").status_code in (401, 403)
    assert not Creator.objects.exists()


def test_api_makes_changes_and_shows_the_own_profile(member: Client, shopper: User) -> None:
    assert member.get(API).status_code == 404
    for changes, status, field in (
        ({"is_16_or_over": False}, 422, "detail"),
        ({"is_16_or_over": None}, 400, "is_16_or_over"),
        ({"handle": "admin"}, 400, "handle"),
        ({"display_name": "..."}, 400, "display_name"),
    ):
        answer = member.post(API, SENT | changes, "application/json")
        assert (answer.status_code, field in answer.json()) == (status, True), answer.content
        assert not Creator.objects.exists()
    made = [member.post(API, SENT, "application/json", headers={"Idempotency-Key": "k"}) for _time in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert member.post(API, SENT, "application/json", headers={"Idempotency-Key": "l"}).status_code == 409
    changed = member.patch(API, {"bio": "Maps.", "shows_likes": True}, "application/json").json()
    assert (changed["handle"], changed["bio"], changed["shows_likes"]) == ("sam.reads", "Maps.", True)
    make_creator("noor")
    assert member.patch(API, {"handle": "noor"}, "application/json").json()["handle"]
    assert Creator.objects.get(user=shopper).handle == "sam.reads"


def test_api_replaces_and_removes_the_picture(member: Client, django_capture_on_commit_callbacks: Any) -> None:
    member.post(API, SENT, "application/json")
    client_put = {"content_type": "multipart/form-data; boundary=x"}
    body = b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
    refused = member.put(f"{API}picture/", body + b"no\r\n--x--\r\n", **client_put)
    assert (refused.status_code, "picture" in refused.json()) == (422, True)
    answer = member.put(f"{API}picture/", body + picture().read() + b"\r\n--x--\r\n", **client_put)
    assert answer.status_code == 200 and answer.json()["avatar_url"]
    with django_capture_on_commit_callbacks(execute=True):
        assert member.delete(f"{API}picture/").status_code == 204
    assert Creator.objects.get().avatar_stem == ""


def test_member_becomes_a_creator_by_joining_a_campaign_once_known_to_be_adult(member: Client, shopper: User) -> None:
    member.post(API, SENT, "application/json")
    campaign = make_campaign("spring")
    join = {"terms_version": 1}
    refused = member.post("/api/v1/campaigns/spring/enrol/", join, "application/json")
    assert (refused.status_code, "18 or over" in refused.json()["detail"]) == (409, True)
    assert not Enrolment.objects.exists()
    assert member.post("/accounts/adult/").status_code == 302
    assert member.post("/api/v1/campaigns/spring/enrol/", join, "application/json").status_code == 200
    assert Enrolment.objects.get().campaign == campaign


def test_old_flow_still_makes_a_creator_who_counts_as_old_enough() -> None:
    client = client_of(user := make_user())
    form = {"handle": "kim", "display_name": "Kim", "bio": "", "confirms_adult": "on"}
    assert client.post("/studio/join/", form).status_code == 302
    user.refresh_from_db()
    assert user.is_known_adult and user.creator.handle == "kim"
    assert client.get(PAGE)["Location"] == "/studio/profile/"
