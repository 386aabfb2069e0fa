"""What a viewer has saved, liked, watched, followed and hidden is found on pages and in the API, and can be undone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from feed.models import Viewer
from social.models import Hidden, Save
from tests.conftest import client_of
from tests.factories import make_category, make_creator, make_enrolment, make_product
from tests.feed.watching import make_watchable_clip, read_feed, send_events
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db


def codes_in(client: Client, kind: str, **query: Any) -> list[str]:
    answer = client.get(f"/api/v1/viewer/clips/{kind}/", query)
    assert answer.status_code == 200
    return [clip["code"] for clip in answer.json()["results"]]


def change(client: Client, what: str, subject: str) -> None:
    answer = client.post("/saved/change/", {"change": what, "subject": subject})
    assert answer.status_code == 302


@pytest.mark.parametrize("is_signed_in", [False, True])
@pytest.mark.parametrize(("verb", "kind", "path"), [("save", "saved", "/saved/"), ("like", "liked", "/saved/liked/")])
def test_marked_clips_are_listed_newest_first_and_can_be_taken_off(
    client: Client, shopper: User, verb: str, kind: str, path: str, is_signed_in: bool
) -> None:
    browser = client_of(shopper) if is_signed_in else client
    clips = [make_watchable_clip(caption=f"Number {number}") for number in range(3)]
    for clip in clips:
        assert browser.post(f"/api/v1/clips/{clip.code}/{verb}/").status_code == 204
    Clip.objects.filter(pk=clips[1].pk).update(state="removed")
    assert codes_in(browser, kind) == [clips[2].code, clips[0].code]
    html = browser.get(path).content.decode()
    assert html.index("Number 2") < html.index("Number 0") and "Number 1" not in html
    assert client_of(shopper).get(path).content.decode().count("Number") == (
        html.count("Number") if is_signed_in else 0
    )
    change(browser, verb, clips[2].code)
    assert codes_in(browser, kind) == [clips[0].code]
    if verb == "save" and is_signed_in:
        assert set(Save.objects.values_list("clip", flat=True)) == {clips[0].pk, clips[1].pk}


def test_watched_clips_are_listed_in_pages(client: Client) -> None:
    for _clip in range(26):
        make_watchable_clip()
    cursor = ""
    for _page in range(4):
        page = read_feed(client, cursor=cursor)
        cursor = page["cursor"]
        send_events(client, *[{"token": one["token"], "kind": "watch", "value": 4000} for one in page["clips"]])
    # Nothing has been watched for longer than since the page was served.
    Clip.objects.update(drifted_at=None)
    first = client.get("/api/v1/viewer/clips/watched/").json()
    assert len(first["results"]) == 24 and first["after"]
    rest = codes_in(client, "watched", after=first["after"])
    assert len({clip["code"] for clip in first["results"]} | set(rest)) == 26
    assert f"?after={first['after']}" in client.get("/saved/watched/").content.decode()
    Clip.objects.filter(code=first["results"][-1]["code"]).update(state=ClipState.REMOVED)
    assert codes_in(client, "watched", after=first["after"]) == rest, "The list goes on after a clip that is gone."


def test_next_page_keeps_its_place_when_the_last_clip_has_left_the_list(client: Client) -> None:
    friend, other = make_enrolment(make_creator("friend")), make_enrolment(make_creator("other"))
    clips = [make_watchable_clip(None, other if place == 6 else friend) for place in range(30)]
    for clip in clips:
        client.post(f"/api/v1/clips/{clip.code}/save/")
        client.post(f"/api/v1/clips/{clip.code}/like/")
    for handle in ("friend", "other"):
        change(client, "follow", handle)
    leave: dict[str, Callable[[Clip], object]] = {
        "saved": lambda clip: change(client, "save", clip.code),
        "liked": lambda clip: client.delete(f"/api/v1/clips/{clip.code}/like/"),
        "following": lambda _clip: change(client, "unfollow", "other"),
    }
    for kind, remove in leave.items():
        page = client.get(f"/api/v1/viewer/clips/{kind}/").json()
        assert page["results"][-1]["code"] == clips[6].code
        remove(clips[6])
        rest = [clip.code for clip in reversed(clips[:6])]
        assert codes_in(client, kind, after=page["after"]) == rest
        for broken in ("x", ".", "x.", ".-1", "x.²", f"x.{'9' * 5000}"):
            assert codes_in(client, kind, after=broken)[0] == clips[29].code, "It begins again."


def test_following_page_suggests_creators_and_shows_the_clips_of_followed_ones(client: Client) -> None:
    friend, other = make_creator("friend"), make_creator("other")
    for creator in (friend, other):
        make_watchable_clip(None, make_enrolment(creator), caption=f"By {creator.handle}")
    html = client.get("/following/").content.decode()
    assert "You don't follow anyone yet" in html
    assert 'value="friend"' in html and 'value="other"' in html
    change(client, "follow", "friend")
    html = client.get("/following/").content.decode()
    assert "By friend" in html and "By other" not in html
    assert 'value="other"' not in html, "Creators are suggested to those who follow none."
    assert [one["handle"] for one in client.get("/api/v1/viewer/creators/").json()] == ["friend"]
    assert len(codes_in(client, "following")) == 1
    change(client, "unfollow", "friend")
    assert codes_in(client, "following") == []


def test_less_is_listed_with_hidden_clips_and_creators_and_each_can_be_undone(shopper: User) -> None:
    browser = client_of(shopper)
    category = make_category("fitness")
    clip = make_watchable_clip(None, None, [make_product(category=category), make_product(category=category)])
    creator = make_creator("loud")
    loud = make_watchable_clip(None, make_enrolment(creator), caption="Very loud")
    read_feed(browser)
    browser.post("/api/v1/feed/less/", {"reason": f"category:{category.pk}"}, "application/json")
    browser.post(f"/api/v1/clips/{clip.code}/not-interested/")
    for _time in range(2):
        assert browser.post("/api/v1/creators/loud/hide/").status_code == 204
    assert [one["code"] for one in read_feed(browser)["clips"]] == []
    less = browser.get("/api/v1/viewer/less/").json()
    assert [reason["text"] for reason in less["reasons"]] == ["Clips from Fitness"]
    assert [one["handle"] for one in less["creators"]] == ["loud"]
    assert codes_in(browser, "hidden") == [clip.code]
    html = browser.get("/saved/less/").content.decode()
    assert "Clips from Fitness" in html and clip.caption in html and 'value="loud"' in html
    change(browser, "reason", f"category:{category.pk}")
    change(browser, "not-interested", clip.code)
    change(browser, "show", "loud")
    viewer = Viewer.objects.get(user=shopper)
    assert (viewer.reason_factors, viewer.hidden, viewer.hidden_creators) == ({}, [], [])
    assert not Hidden.objects.exists()
    assert {one["code"] for one in read_feed(browser)["clips"]} == {clip.code, loud.code}
    assert "Nothing here" in browser.get("/saved/less/").content.decode()


def test_less_can_be_undone_in_the_api(client: Client) -> None:
    make_watchable_clip()
    read_feed(client)
    client.post("/api/v1/feed/less/", {"reason": "popular"}, "application/json")
    assert client.delete("/api/v1/viewer/less/?reason=popular").status_code == 204
    assert client.get("/api/v1/viewer/less/").json() == {"reasons": [], "creators": []}


@pytest.mark.parametrize(
    ("what", "subject"), [("", ""), ("erase", "friend"), ("save", "nothing"), ("follow", "nobody"), ("show", "")]
)
def test_unknown_changes_are_refused(client: Client, what: str, subject: str) -> None:
    assert client.post("/saved/change/", {"change": what, "subject": subject}).status_code == 404
    assert not Viewer.objects.exists()


def test_page_after_a_choice_goes_on_after_the_clips_that_were_shown(client: Client) -> None:
    for _clip in range(20):
        make_watchable_clip()
    first = [clip["code"] for clip in read_feed(client)["clips"]]
    page = read_feed(client, shown=",".join(first[:3]))
    codes = [clip["code"] for clip in page["clips"]]
    assert len(codes) == 8 and not set(codes) & set(first[:3])
    assert not {clip["code"] for clip in read_feed(client, cursor=page["cursor"])["clips"]} & set(codes)
    assert len(read_feed(client, shown="nothing,,'")["clips"]) == 8


def test_header_counts_what_is_in_the_bag(client: Client) -> None:
    product = make_product("cup", stock=9)
    assert "data-bag-count hidden" in client.get("/").content.decode()
    client.post("/bag/", {"product": product.slug, "quantity": 3, "then": "bag"})
    assert "data-bag-count>3<" in client.get("/search/").content.decode()
