"""Collections: saved clips under a name, private until they are shared, on pages and in the API, within limits."""

import json
import unicodedata
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django import Settings

from accounts.history import read_history_line
from accounts.models import User
from creators.models import Creator
from social import clip_collections
from social.models import CollectedClip, Collection, Save
from tests.conftest import client_of, make_staff
from tests.factories import PASSWORD
from tests.feed.watching import make_watchable_clip
from videos.models import Clip

pytestmark = pytest.mark.django_db
OWN = "/api/v1/viewer/collections/"


def make(client: Client, name: str, *clips: Clip) -> str:
    """Create a collection with these clips through the API, and return its code."""
    answer = client.post(OWN, {"name": name}, "application/json")
    assert answer.status_code == 201, answer.content
    code: str = answer.json()["code"]
    for clip in clips:
        assert client.put(f"{OWN}{code}/clips/{clip.code}/").status_code == 204
    return code


def share(client: Client, code: str, *, is_shared: bool = True) -> str:
    answer = client.patch(f"{OWN}{code}/", {"is_shared": is_shared}, "application/json")
    assert answer.status_code == 200
    url: str = answer.json()["shared_url"]
    return url


def codes_at(client: Client, address: str) -> list[str]:
    listed: list[dict[str, Any]] = client.get(address).json()["results"]
    return [clip["code"] for clip in listed]


def test_a_collection_is_created_filled_renamed_and_deleted_in_the_api(as_shopper: Client, shopper: User) -> None:
    first, second = make_watchable_clip(), make_watchable_clip()
    code = make(as_shopper, "  Kitchen\u202e ", first, second, first)
    listed = as_shopper.get(f"{OWN}?clip={first.code}").json()
    assert [(one["name"], one["clip_count"], one["has_clip"], one["shared_url"]) for one in listed] == [
        ("Kitchen", 2, True, "")
    ]
    assert codes_at(as_shopper, f"{OWN}{code}/") == [second.code, first.code]
    assert set(Save.objects.owned_by(shopper).values_list("clip", flat=True)) == {first.pk, second.pk}
    assert [clip["code"] for clip in as_shopper.get("/api/v1/viewer/clips/saved/").json()["results"]]
    for _time in range(2):
        assert as_shopper.delete(f"{OWN}{code}/clips/{first.code}/").status_code == 204
    assert codes_at(as_shopper, f"{OWN}{code}/") == [second.code]
    assert Save.objects.count() == 2, "A clip that is removed stays saved."
    assert as_shopper.patch(f"{OWN}{code}/", {"name": "Baking"}, "application/json").json()["name"] == "Baking"
    assert as_shopper.delete(f"{OWN}{code}/").status_code == 204
    assert not Collection.objects.exists() and Save.objects.count() == 2


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "\u202e", "kitchen", "KITCHEN", "---"])
def test_a_name_that_is_refused_is_explained_at_its_field_and_kept(as_shopper: Client, name: str) -> None:
    code, other = make(as_shopper, "Kitchen"), make(as_shopper, "Other")
    for answer in (
        as_shopper.post(OWN, {"name": name}, "application/json"),
        as_shopper.patch(f"{OWN}{other}/", {"name": name}, "application/json"),
    ):
        assert answer.status_code == 400 and list(answer.json()) == ["name"]
    clip = make_watchable_clip()
    for address, values in (
        ("/saved/collections/", {}),
        (f"/saved/collections/{other}/", {"change": "rename"}),
        (f"/saved/collections/choose/{clip.code}/", {"in": [other]}),
    ):
        answer = as_shopper.post(address, {**values, "name": name})
        if "choose" in address and not name.strip():
            assert answer.status_code == 302, "No new collection is asked for."
            as_shopper.delete(f"{OWN}{other}/clips/{clip.code}/")
            continue
        html = answer.content.decode()
        assert answer.status_code == 422 and "field__error" in html
        assert f'value="{name}"' in html
    assert set(Collection.objects.values_list("code", "name")) == {(code, "Kitchen"), (other, "Other")}
    assert not CollectedClip.objects.exists()


@pytest.mark.parametrize(
    "name", ["Me", "Help", "Press", "Min\u0430", "\u05d0\u05b7" * 30, "e\u0301" * 30, "100 \U0001f381"]
)
def test_any_name_that_can_be_read_suits_a_private_collection(as_shopper: Client, name: str) -> None:
    make(as_shopper, name)
    assert as_shopper.post("/saved/collections/", {"name": f"My {name}"[:60]}).status_code == 302
    assert {one.name for one in Collection.objects.all()} == {
        unicodedata.normalize("NFC", text) for text in (name, f"My {name}"[:60])
    }


def test_a_name_that_grows_too_long_when_it_is_stored_is_refused(as_shopper: Client) -> None:
    code, name = make(as_shopper, "Kitchen"), "\ufb2c" * 60  # normalized, each of these letters is three characters
    answers = [
        as_shopper.post(OWN, {"name": name}, "application/json"),
        as_shopper.patch(f"{OWN}{code}/", {"name": name}, "application/json"),
        as_shopper.post("/saved/collections/", {"name": name}),
        as_shopper.post(f"/saved/collections/{code}/", {"change": "rename", "name": name}),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 422, 422]
    assert all("at most 60" in answer.content.decode() for answer in answers)
    assert Collection.objects.get().name == "Kitchen"


def test_the_same_name_and_clip_belong_to_each_user_alone(as_shopper: Client, stranger: User) -> None:
    clip = make_watchable_clip()
    code, as_stranger = make(as_shopper, "Kitchen", clip), client_of(stranger)
    make(as_stranger, "Kitchen")
    assert len(as_stranger.get(OWN).json()) == 1
    address = f"{OWN}{code}/"
    for answer in (
        as_stranger.get(address),
        as_stranger.patch(address, {"is_shared": True}, "application/json"),
        as_stranger.delete(address),
        as_stranger.put(f"{address}clips/{clip.code}/"),
        as_stranger.delete(f"{address}clips/{clip.code}/"),
        as_stranger.get(f"/saved/collections/{code}/"),
        as_stranger.post(f"/saved/collections/{code}/", {"change": "delete"}),
        as_shopper.post(f"/saved/collections/{code}/", {"change": "burn"}),
        as_shopper.get(f"/collections/{code}/"),
    ):
        assert answer.status_code == 404
    as_stranger.post(f"/saved/collections/choose/{clip.code}/", {"before": [code]})
    assert Client().get(f"/saved/collections/{code}/").status_code == 302
    assert Client().get(address).status_code == 403
    assert Collection.objects.get(code=code).share_code is None
    assert CollectedClip.objects.filter(collection__code=code).count() == 1


def test_a_shared_collection_is_open_until_it_is_closed_or_its_owner_is_gone(
    as_shopper: Client, client: Client, shopper: User, settings: Settings
) -> None:
    clip = make_watchable_clip(caption="A pan for life")
    code = make(as_shopper, "Kitchen", clip)
    page = f"/saved/collections/{code}/"
    assert "Only you can see this collection." in as_shopper.get(page).content.decode()
    assert as_shopper.post(page, {"change": "share"}).status_code == 302
    first = Collection.objects.get().shared_url
    assert f'value="{settings.SITE_URL}{first}"' in as_shopper.get(page).content.decode()
    answer = client.get(first)
    html = answer.content.decode()
    assert "Kitchen" in html and "A pan for life" in html and shopper.email not in html
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert first not in client.get("/sitemap.xml").content.decode()
    assert client.get(f"/api/v1{first}").json()["name"] == "Kitchen"
    as_shopper.post(page, {"change": "close"})
    assert client.get(first).status_code == client.get(f"/api/v1{first}").status_code == 404
    second = share(as_shopper, code)
    assert second != first, "An old link stays closed."
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    assert share(as_shopper, code) == second
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    assert client.get(second).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        lambda clip: Clip.objects.filter(pk=clip.pk).update(state="removed"),
        lambda clip: Clip.objects.filter(pk=clip.pk).update(is_hidden=True),
        lambda clip: Clip.objects.filter(pk=clip.pk).update(is_age_restricted=True),
    ],
)
def test_clips_that_are_not_public_vanish_and_come_back(as_shopper: Client, client: Client, change: Any) -> None:
    gone, stays = make_watchable_clip(caption="A lamp that glows"), make_watchable_clip()
    code = make(as_shopper, "Kitchen", gone, stays)
    shared = share(as_shopper, code)
    change(gone)
    for browser, address in ((as_shopper, f"{OWN}{code}/"), (client, f"/api/v1{shared}")):
        assert codes_at(browser, address) == [stays.code]
    for browser, address in ((as_shopper, f"/saved/collections/{code}/"), (client, shared)):
        assert "A lamp that glows" not in browser.get(address).content.decode()
    page = f"/saved/collections/{code}/"
    assert f'name="clip" value="{gone.code}"' in as_shopper.get(page).content.decode()
    assert gone.code not in client.get(shared).content.decode()
    assert as_shopper.get(f"{OWN}{code}/").json()["unavailable"] == [gone.code]
    assert as_shopper.put(f"{OWN}{make(as_shopper, 'Other')}/clips/{gone.code}/").status_code == 404
    Clip.objects.filter(pk=gone.pk).update(state="published", is_hidden=False, is_age_restricted=False)
    assert codes_at(client, f"/api/v1{shared}") == [stays.code, gone.code]
    change(gone)
    as_shopper.post(page, {"change": "remove", "clip": gone.code})
    html = as_shopper.get(page).content.decode()
    assert "Not available" not in html and gone.code not in html
    assert as_shopper.delete(f"{OWN}{code}/clips/{stays.code}/").status_code == 204
    assert not CollectedClip.objects.exists() and Save.objects.count() == 2


def test_a_clip_that_is_no_longer_saved_leaves_the_collections_of_this_user(as_shopper: Client, stranger: User) -> None:
    clip = make_watchable_clip()
    make(as_shopper, "Kitchen", clip)
    theirs = make(client_of(stranger), "Kitchen", clip)
    as_shopper.post(f"/api/v1/clips/{clip.code}/like/")
    as_shopper.delete(f"/api/v1/clips/{clip.code}/like/")
    assert CollectedClip.objects.count() == 2
    removal = {"change": "save", "subject": clip.code}
    question = as_shopper.post("/saved/change/", removal)
    html = question.content.decode()
    assert question.status_code == 200 and "Kitchen" in html and 'name="is_confirmed"' in html
    assert (CollectedClip.objects.count(), Save.objects.count()) == (2, 2), "Asking changes nothing."
    assert as_shopper.post("/saved/change/", {**removal, "is_confirmed": "yes"}).status_code == 302
    assert CollectedClip.objects.get().collection.code == theirs


def test_collections_of_a_clip_are_chosen_on_a_page_without_undoing_what_changed_meanwhile(as_shopper: Client) -> None:
    clip = make_watchable_clip()
    into, out, meanwhile = (make(as_shopper, name) for name in ("Into", "Out", "Meanwhile"))
    as_shopper.put(f"{OWN}{out}/clips/{clip.code}/")
    address = f"/saved/collections/choose/{clip.code}/"
    html = as_shopper.get(address).content.decode()
    assert f'name="before" value="{out}"' in html and html.count("checked") == 1
    assert address in as_shopper.get("/saved/").content.decode()
    assert address in as_shopper.get("/").content.decode()
    as_shopper.put(f"{OWN}{meanwhile}/clips/{clip.code}/")
    answer = as_shopper.post(address, {"before": [out], "in": [into, "nothing"], "name": "Brand new"})
    assert answer.status_code == 302
    inside = Collection.objects.filter(clips__clip=clip).values_list("name", flat=True)
    assert set(inside) == {"Into", "Meanwhile", "Brand new"}
    page = as_shopper.get(answer.headers["Location"]).content.decode()
    assert "Brand new" in page and "1 clip" in page and "0 clips" in page


def test_there_are_at_most_so_many_collections_and_clips(as_shopper: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip_collections, "MOST_COLLECTIONS", 2)
    monkeypatch.setattr(clip_collections, "MOST_CLIPS", 1)
    first, second = make_watchable_clip(), make_watchable_clip()
    code = make(as_shopper, "Kitchen", first)
    make(as_shopper, "Other")
    answer = as_shopper.post(OWN, {"name": "Third"}, "application/json")
    assert answer.status_code == 409 and "at most 2 collections" in answer.json()["detail"]
    assert "at most 2 collections" in as_shopper.post("/saved/collections/", {"name": "Third"}).content.decode()
    assert as_shopper.put(f"{OWN}{code}/clips/{second.code}/").status_code == 409
    answer = as_shopper.post(f"/saved/collections/choose/{second.code}/", {"in": [code]})
    assert answer.status_code == 422 and "at most 1 clips" in answer.content.decode()
    assert as_shopper.put(f"{OWN}{code}/clips/{first.code}/").status_code == 204
    assert (Collection.objects.count(), CollectedClip.objects.get().clip, Save.objects.count()) == (2, first, 1)


def test_collections_are_in_the_download_and_go_with_the_account(
    as_shopper: Client, client: Client, creator: Creator
) -> None:
    clip = make_watchable_clip()
    shared = share(as_shopper, make(as_shopper, "Kitchen", clip))
    as_shopper.post("/accounts/reauthenticate/", {"password": PASSWORD})
    data = json.loads(as_shopper.get("/accounts/data/").content)
    assert [one["name"] for one in data["collections"]] == ["Kitchen"]
    assert [(one["collection_name"], one["clip_code"]) for one in data["collected_clips"]] == [("Kitchen", clip.code)]
    assert as_shopper.post("/accounts/leave/").status_code == 302
    assert not Collection.objects.exists() and client.get(shared).status_code == 404


def test_staff_see_shared_collections_only_and_close_them_with_a_reason(
    as_shopper: Client, client: Client, moderator: User
) -> None:
    make(as_shopper, "A private wish")
    shared = share(as_shopper, make(as_shopper, "Rude words"))
    staff, address = client_of(make_staff("desk@example.com", "social")), "/admin/social/collection/"
    assert client_of(moderator).get(address).status_code == 403, "This one may only review clips."
    html = staff.get(address).content.decode()
    assert "Rude words" in html and shared in html and "A private wish" not in html
    action = {"action": "close_sharing", "_selected_action": list(Collection.objects.values_list("pk", flat=True))}
    page = staff.post(address, action)
    seen = {"confirmed": "yes", "seen": page.context["question"].digest}
    assert staff.post(address, action | seen).status_code == 422, "A reason is asked for."
    assert client.get(shared).status_code == 200
    assert staff.post(address, action | seen | {"reason": "Insults somebody."}).status_code == 302
    assert client.get(shared).status_code == 404 and Collection.objects.count() == 2
    entry = LogEntry.objects.get(content_type__model="collection")
    assert (entry.object_repr, read_history_line(entry.change_message)) == (
        "Rude words",
        "Closed sharing: Insults somebody.",
    )
