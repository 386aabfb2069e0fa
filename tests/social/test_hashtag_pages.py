"""Pages and API of hashtags: posts in order, following, suggestions, and who does not see what."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.blocks import Block, Mute
from accounts.models import User
from creators.models import Creator
from feed.lists import PAGE_SIZE
from feedsite.personal_data import collect_data
from social.hashtags.follows import set_hashtag_follow
from social.marks import set_follow
from social.models import HashtagFollow
from tests.conftest import client_of
from tests.factories import NOW, make_category, make_creator, make_product, make_published_clip, make_user
from videos.models import Clip, Hashtag

pytestmark = pytest.mark.django_db


def codes_of(client: Client, tag: str) -> list[str]:
    """Return the codes of the posts with a hashtag, page after page."""
    codes, after = [], ""
    while True:
        page = client.get(f"/api/v1/tags/{quote(tag)}/", {"after": after}).json()
        codes += [clip["code"] for clip in page["results"]]
        if not (after := page["after"]):
            return codes


def following_codes(client: Client) -> list[str]:
    return [clip["code"] for clip in client.get("/api/v1/viewer/clips/following/").json()["results"]]


def press(client: Client, tag: str, change: str) -> Any:
    return client.post(f"/tags/{quote(tag)}/follow/", {"change": change})


@pytest.fixture
def clips() -> list[Clip]:
    """Three posts with the hashtag, oldest first."""
    creator = make_creator("maya")
    return [make_published_clip(creator, caption=f"Number {number} #Tea") for number in range(3)]


def test_posts_are_shown_newest_first_under_every_spelling(client: Client, clips: list[Clip]) -> None:
    newest = [clip.code for clip in reversed(clips)]
    assert codes_of(client, "tea") == codes_of(client, "TEA") == codes_of(client, "#ｔｅａ") == newest
    page = client.get("/tags/tea/").content.decode()
    assert "<bdi>#Tea</bdi>" in page and "3 posts" in page and "noindex" not in page
    assert [page.index(code) for code in newest] == sorted(page.index(code) for code in newest)
    assert "/tags/tea/" in client.get("/sitemap-hashtags.xml").content.decode()


@pytest.mark.parametrize("spelling", ["Tea", "TEA", "%54ea", "%23tea", "%EF%BD%94ea"])
def test_other_spellings_lead_to_one_address(client: Client, clips: list[Clip], spelling: str) -> None:
    answer = client.get(f"/tags/{spelling}/?after=1.1")
    assert (answer.status_code, answer["Location"]) == (301, "/tags/tea/?after=1.1")


@pytest.mark.parametrize("spelling", ["other", "tea%20time", "1", "%00", "x" * 300, "%F0%9F%91%8D"])
def test_what_nobody_has_used_is_not_there(client: Client, clips: list[Clip], spelling: str) -> None:
    assert client.get(f"/tags/{spelling}/").status_code == 404
    assert client.get(f"/api/v1/tags/{spelling}/").status_code == 404


def test_pages_follow_each_other_in_constant_queries(client: Client) -> None:
    creator = make_creator()
    make_published_clip(creator, caption="#tea")
    with CaptureQueriesContext(connection) as few:
        client.get("/tags/tea/")
    codes = [make_published_clip(creator, caption="#tea").code for _clip in range(PAGE_SIZE + 1)]
    with CaptureQueriesContext(connection) as many:
        page = client.get("/tags/tea/")
    assert len(many) <= len(few)
    assert "?after=" in page.content.decode()
    listed = codes_of(client, "tea")
    assert len(listed) == len(set(listed)) == PAGE_SIZE + 2
    assert set(codes) < set(listed)


def test_hidden_removed_adult_blocked_and_muted_posts_are_left_out(
    shopper: User, as_shopper: Client, clips: list[Clip]
) -> None:
    wines = [make_product(category=make_category("wine", is_age_restricted=True)) for _wine in range(2)]
    adult = make_published_clip(caption="#tea", products=wines)
    Clip.objects.filter(pk=clips[0].pk).update(state="removed")
    assert adult.code not in codes_of(Client(), "tea")
    assert clips[0].code not in codes_of(as_shopper, "tea")
    muted, blocked, blocker = (make_published_clip(caption="#tea") for _number in range(3))
    assert {muted.code, blocked.code, blocker.code} < set(codes_of(as_shopper, "tea"))
    Mute.objects.create(user=shopper, muted_user=muted.creator.user, created_at=NOW)
    Block.objects.create(user=shopper, blocked_user=blocked.creator.user, created_at=NOW)
    Block.objects.create(user=blocker.creator.user, blocked_user=shopper, created_at=NOW)
    assert codes_of(as_shopper, "tea") == [clips[2].code, clips[1].code]
    assert {muted.code, blocked.code, blocker.code} < set(codes_of(Client(), "tea"))


def test_empty_page_is_not_indexed(client: Client, clips: list[Clip]) -> None:
    Clip.objects.update(state="removed")
    page = client.get("/tags/tea/")
    assert page.status_code == 200
    assert '<meta name="robots" content="noindex">' in page.content.decode() and "No posts yet" in page.content.decode()
    assert "/tags/tea/" not in client.get("/sitemap-hashtags.xml").content.decode()


def test_blocked_hashtag_is_gone_everywhere_and_its_posts_stay(
    client: Client, shopper: User, as_shopper: Client, clips: list[Clip]
) -> None:
    set_hashtag_follow(user=shopper, hashtag=Hashtag.objects.get(), is_on=True, now=NOW)
    assert len(following_codes(as_shopper)) == 3
    Hashtag.objects.update(block_reason="Spam.")
    assert client.get("/tags/tea/").status_code == client.get("/api/v1/tags/tea/").status_code == 404
    assert client.get("/api/v1/tags/", {"q": "te"}).json() == []
    assert "/tags/tea/" not in client.get("/sitemap-hashtags.xml").content.decode()
    assert "/tags/tea/" not in client.get("/search/", {"q": "tea"}).content.decode()
    assert following_codes(as_shopper) == [] == as_shopper.get("/api/v1/viewer/tags/").json()
    assert press(as_shopper, "tea", "unfollow").status_code == 404
    assert HashtagFollow.objects.count() == 1
    assert client.get(f"/api/v1/clips/{clips[0].code}/").status_code == 200


def test_hashtag_is_followed_without_scripts(client: Client, as_shopper: Client, clips: list[Clip]) -> None:
    assert "Sign in to follow" in client.get("/tags/tea/").content.decode()
    assert press(client, "tea", "follow")["Location"].startswith("/accounts/login/")
    assert not HashtagFollow.objects.exists()
    assert 'value="follow"' in as_shopper.get("/tags/tea/").content.decode()
    for _press in range(2):
        assert press(as_shopper, "tea", "follow")["Location"] == "/tags/tea/"
    assert HashtagFollow.objects.count() == 1
    assert 'value="unfollow"' in as_shopper.get("/tags/tea/").content.decode()
    page = as_shopper.get("/following/").content.decode()
    assert "Hashtags you follow" in page and "#Tea" in page and clips[0].code in page
    assert as_shopper.get("/tags/tea/follow/").status_code == 405
    press(as_shopper, "tea", "unfollow")
    assert not HashtagFollow.objects.exists()


def test_following_shows_each_post_once(shopper: User, as_shopper: Client, clips: list[Clip]) -> None:
    both = make_published_clip(caption="#tea and #cake")
    cake = make_published_clip(caption="#cake")
    make_published_clip(caption="#coffee")
    set_follow(user=shopper, creator=clips[0].creator, is_on=True, now=NOW)
    for tag in ("tea", "cake"):
        assert as_shopper.post(f"/api/v1/tags/{tag}/follow/").status_code == 204
    expected = [cake, both, *reversed(clips)]
    assert following_codes(as_shopper) == [clip.code for clip in expected]
    Mute.objects.create(user=shopper, muted_user=both.creator.user, created_at=NOW)
    Block.objects.create(user=cake.creator.user, blocked_user=shopper, created_at=NOW)
    assert following_codes(as_shopper) == [clip.code for clip in reversed(clips)]
    assert as_shopper.delete("/api/v1/tags/tea/follow/").status_code == 204
    assert [tag["key"] for tag in as_shopper.get("/api/v1/viewer/tags/").json()] == ["cake"]
    assert collect_data(shopper)["hashtag_follows"][0]["hashtag_name"] == "cake"


def test_more_hashtags_than_the_limit_are_refused_with_a_sentence(
    shopper: User, as_shopper: Client, clips: list[Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HashtagFollow, "MAX_PER_USER", 1)
    other = Hashtag.objects.create(key="other", name="other")
    set_hashtag_follow(user=shopper, hashtag=other, is_on=True, now=NOW)
    answer = as_shopper.post("/api/v1/tags/tea/follow/")
    assert (answer.status_code, "Unfollow one first" in answer.json()["detail"]) == (422, True)
    assert (
        "Unfollow one first" in as_shopper.post("/tags/tea/follow/", {"change": "follow"}, follow=True).content.decode()
    )
    assert HashtagFollow.objects.get().hashtag == other


def test_hashtags_are_suggested_by_their_beginning(client: Client, clips: list[Clip]) -> None:
    make_published_clip(caption="#teapot")
    Hashtag.objects.create(key="teacup", name="teacup")
    suggested = client.get("/api/v1/tags/", {"q": "#TE"}).json()
    assert [(tag["name"], tag["post_count"]) for tag in suggested] == [("Tea", 3), ("teapot", 1)]
    assert client.get("/api/v1/tags/", {"q": "%_\0"}).json() == []
    assert client.get("/api/v1/tags/").json()[0]["key"] == "tea"


def test_people_are_suggested_whom_one_follows_first(shopper: User, as_shopper: Client, client: Client) -> None:
    people = {name: make_creator(f"ma{name}", display_name=f"Ma {name}") for name in "abcdef"}
    make_creator("other", display_name="Other")
    set_follow(user=shopper, creator=people["c"], is_on=True, now=NOW)
    Block.objects.create(user=people["a"].user, blocked_user=shopper, created_at=NOW)
    Block.objects.create(user=shopper, blocked_user=people["b"].user, created_at=NOW)
    Mute.objects.create(user=shopper, muted_user=people["d"].user, created_at=NOW)
    Creator.objects.filter(pk=people["e"].pk).update(is_hidden=True)
    suggested = as_shopper.get("/api/v1/mentions/", {"q": "@MA"}).json()
    assert [(person["handle"], person["is_followed"]) for person in suggested] == [("mac", True), ("maf", False)]
    assert [person["handle"] for person in as_shopper.get("/api/v1/mentions/", {"q": "ma F"}).json()] == ["maf"]
    assert client.get("/api/v1/mentions/", {"q": "ma"}).status_code == 403


@pytest.mark.parametrize("address", ["/api/v1/tags/?q=t", "/api/v1/mentions/?q=m"])
def test_too_many_suggestions_are_refused_with_a_sentence(
    as_shopper: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("feedsite.limits.ClientThrottle.allow_request", lambda *_arguments: False)
    monkeypatch.setattr("feedsite.limits.ClientThrottle.wait", lambda _throttle: 5)
    answer = as_shopper.get(address)
    assert (answer.status_code, bool(answer.json()["detail"])) == (429, True)


def test_search_finds_hashtags(client: Client, clips: list[Clip]) -> None:
    for words in ("tea", "#TEA", "green tea", "te"):
        assert 'href="/tags/tea/"' in client.get("/search/", {"q": words}).content.decode(), words
    for words in ("t", "coffee", ""):
        assert 'href="/tags/tea/"' not in client.get("/search/", {"q": words}).content.decode(), words


def test_visitors_follow_nothing(client: Client, clips: list[Clip]) -> None:
    assert client.post("/api/v1/tags/tea/follow/").status_code == 403
    assert client.get("/api/v1/viewer/tags/").status_code == 403
    assert client_of(make_user()).post("/api/v1/tags/none/follow/").status_code == 404
    assert not HashtagFollow.objects.exists()
