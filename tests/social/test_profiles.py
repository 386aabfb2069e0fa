"""Profile pages: followers and following with counts and lists, public likes, and buttons that work without scripts."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.blocks import Block, Mute
from accounts.models import User
from creators.models import Creator
from social.marks import set_follow
from social.models import Follow, FollowCount, Like
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_enrolment, make_user
from tests.feed.watching import make_watchable_clip

pytestmark = pytest.mark.django_db


def press(client: Client, handle: str, change: str) -> Any:
    return client.post(f"/@{handle}/change/", {"change": change}, follow=True)


def handles_in(client: Client, address: str) -> list[str]:
    """Return the handles of a list in the API, page after page."""
    handles, after = [], ""
    while True:
        page = client.get(address, {"after": after}).json()
        handles += [profile["handle"] for profile in page["results"]]
        if not (after := page["after"]):
            return handles


def test_follow_button_works_without_scripts_and_is_counted(
    as_shopper: Client, shopper: User, creator: Creator
) -> None:
    page = as_shopper.get("/@maya/").content.decode()
    assert "0 followers" in page and 'value="follow"' in page and 'value="unfollow"' not in page
    page = press(as_shopper, "maya", "follow").content.decode()
    assert "1 follower<" in page.replace("\n", "") or "1 follower" in page
    assert 'value="unfollow"' in page
    assert Follow.objects.get().user == shopper
    profile = as_shopper.get("/api/v1/creators/maya/").json()
    assert (profile["follower_count"], profile["is_followed"]) == (1, True)
    assert not Client().get("/api/v1/creators/maya/").json()["is_followed"]
    press(as_shopper, "maya", "unfollow")
    assert not Follow.objects.exists()
    assert FollowCount.objects.get(creator=creator).followers == 0


def test_visitor_follows_without_scripts_and_may_do_nothing_else(client: Client, creator: Creator) -> None:
    client.get("/")
    assert 'value="unfollow"' in press(client, "maya", "follow").content.decode()
    for change in ("block", "mute", "unblock", "unmute"):
        answer = client.post("/@maya/change/", {"change": change})
        assert answer.headers["Location"].startswith("/accounts/login/")
    assert not Block.objects.exists() and not Mute.objects.exists() and not Follow.objects.exists()
    assert client.get("/@maya/change/").status_code == 405
    assert client.post("/@nobody.here/change/", {"change": "follow"}).status_code == 404


def test_lists_of_followers_and_followed_have_pages_and_leave_out_the_hidden(creator: Creator) -> None:
    fans = [make_creator(f"fan.{number:02}") for number in range(30)]
    for fan in fans:
        set_follow(user=fan.user, creator=creator, is_on=True, now=NOW)
    set_follow(user=make_user(), creator=creator, is_on=True, now=NOW)
    hidden, blocked = fans[3], fans[4]
    User.objects.filter(pk=hidden.user_id).update(is_active=False)
    reader = make_user()
    Block.objects.create(user=blocked.user, blocked_user=reader, created_at=NOW)
    Mute.objects.create(user=reader, muted_user=fans[5].user, created_at=NOW)
    newest_first = [fan.handle for fan in reversed(fans) if fan != hidden]
    address = "/api/v1/creators/maya/followers/"
    assert handles_in(Client(), address) == newest_first
    assert handles_in(client_of(reader), address) == [handle for handle in newest_first if handle != blocked.handle]
    assert handles_in(Client(), "/api/v1/creators/fan.07/following/") == ["maya"]
    first = Client().get("/@maya/followers/").content.decode()
    assert first.count("/@fan.") == 24 and "More people" in first
    assert "31 followers" in Client().get("/@maya/").content.decode(), "Those without a profile count."
    assert "@maya" in Client().get("/@fan.07/following/").content.decode()
    for broken in ("x", "-1", "9" * 30, "²"):
        assert Client().get("/@maya/followers/", {"after": broken}).status_code == 200


def test_block_button_asks_nobody_else_and_is_undone_in_the_account(as_creator: Client, creator: Creator) -> None:
    zoe = make_creator("zoe")
    page = press(as_creator, "zoe", "block")
    assert page.request["PATH_INFO"] == "/accounts/blocked/" and "@zoe" in page.content.decode()
    assert as_creator.get("/@zoe/").status_code == 404 == client_of(zoe.user).get("/@maya/").status_code
    for address in ("followers", "following", "likes"):
        assert as_creator.get(f"/@zoe/{address}/").status_code == 404
        assert as_creator.get(f"/api/v1/creators/zoe/{address}/").status_code == 404
    assert "@maya" not in client_of(zoe.user).get("/accounts/blocked/").content.decode()
    assert "You have blocked nobody." in press(as_creator, "zoe", "unblock").content.decode()
    assert as_creator.get("/@zoe/").status_code == 200
    assert 'value="unmute"' in press(as_creator, "zoe", "mute").content.decode()
    assert "@zoe" in as_creator.get("/accounts/blocked/").content.decode()
    assert "You can&#x27;t block yourself." in press(as_creator, "maya", "block").content.decode()
    assert press(as_creator, "zoe", "adore").status_code == 404
    assert not Block.objects.exists()


def test_likes_are_public_only_if_their_owner_wants_it(as_creator: Client, creator: Creator) -> None:
    clips = [make_watchable_clip(None, make_enrolment(make_creator())) for _clip in range(2)]
    for clip in clips:
        Like.objects.create(user=creator.user, clip=clip, created_at=NOW)
    assert Client().get("/@maya/likes/").status_code == 404 == Client().get("/api/v1/creators/maya/likes/").status_code
    assert "/@maya/likes/" not in Client().get("/@maya/").content.decode()
    typed = {"handle": "maya", "display_name": creator.display_name, "bio": "", "shows_likes": "on"}
    assert as_creator.post("/studio/profile/", typed).status_code == 302
    assert "/@maya/likes/" in Client().get("/@maya/").content.decode()
    assert clips[0].code in Client().get("/@maya/likes/").content.decode()
    liked = Client().get("/api/v1/creators/maya/likes/").json()["results"]
    assert [clip["code"] for clip in liked] == [clips[1].code, clips[0].code]
    Block.objects.create(user=clips[1].creator.user, blocked_user=(reader := make_user()), created_at=NOW)
    assert len(client_of(reader).get("/api/v1/creators/maya/likes/").json()["results"]) == 1


def test_only_whoever_joined_a_campaign_is_called_a_creator(creator: Creator) -> None:
    assert "This creator is paid" not in Client().get("/@maya/").content.decode()
    make_enrolment(creator)
    assert "This creator is paid" in Client().get("/@maya/").content.decode()


def test_follows_are_counted_whoever_writes_them_and_a_wrong_count_is_found(creator: Creator, capsys: Any) -> None:
    fans = [make_user() for _fan in range(3)]
    Follow.objects.bulk_create(Follow(user=fan, creator=creator, created_at=NOW) for fan in fans)
    assert FollowCount.objects.get(creator=creator).followers == 3
    fans[0].delete()
    assert FollowCount.objects.get(creator=creator).followers == 2
    call_command("verify_follows")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE social_followcount SET followers = 7")
    Block.objects.create(user=creator.user, blocked_user=fans[1], created_at=NOW)
    with pytest.raises(CommandError, match="2 discrepancies"):
        call_command("verify_follows")
    assert "@maya: 7 followers are noted, 2 are there." in capsys.readouterr().out
