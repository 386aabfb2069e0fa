"""Blocks work both ways, mutes one way and unnoticed: in the feed, lists, search, profiles, follows and ratings."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.blocks import Block, Mute, hidden_from
from accounts.models import User
from creators.models import Creator
from feed.models import Viewer
from social.models import Follow, Rating
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_creator, make_user
from tests.feed.watching import make_watchable_clip, read_feed
from videos.models import Clip

pytestmark = pytest.mark.django_db


@pytest.fixture
def clips() -> tuple[Clip, Clip]:
    """Return a clip by maya, and one by zoe, on another product."""
    return make_watchable_clip(make_creator("maya"), caption="A kettle"), make_watchable_clip(
        make_creator("zoe"), caption="A lamp"
    )


def feed_of(client: Client) -> set[str]:
    client.get("/")
    return {clip["creator"]["handle"] for clip in read_feed(client)["clips"]}


def send(client: Client, handle: str, verb: str, method: str = "post") -> int:
    return int(getattr(client, method)(f"/api/v1/creators/{handle}/{verb}/").status_code)


def statuses(client: Client, clip: Clip) -> set[int]:
    """Return the statuses of every address at which a person and their clip are found."""
    handle, code = clip.creator.handle, clip.code
    pages = [f"/@{handle}/", f"/c/{code}/", f"/c/{code}/transcript/"]
    answers = [client.get(address) for address in (*pages, f"/api/v1/creators/{handle}/", f"/api/v1/clips/{code}/")]
    answers += [client.post(f"/api/v1/clips/{code}/like/"), client.post(f"/api/v1/creators/{handle}/follow/")]
    return {answer.status_code for answer in answers}


def listed(client: Client, clip: Clip) -> set[str]:
    """Return the names of the lists in which a clip, or its creator, is."""
    product = clip.products.get(pk=clip.products.first().pk)  # type: ignore[union-attr]
    addresses = {
        "search": f"/search/?q={clip.caption.split()[-1]}",
        "people": f"/search/?q={clip.creator.handle}",
        "product": f"/p/{product.slug}/",
        "following": "/following/",
        "saved": "/saved/",
    }
    pages = {name: client.get(address).content.decode() for name, address in addresses.items()}
    return {name for name, page in pages.items() if f"@{clip.creator.handle}" in page or clip.code in page}


def test_block_hides_each_from_the_other_until_it_is_undone(clips: tuple[Clip, Clip]) -> None:
    maya, zoe = clips
    as_maya, as_zoe = client_of(maya.creator.user), client_of(zoe.creator.user)
    for client, clip in ((as_maya, zoe), (as_zoe, maya)):
        assert send(client, clip.creator.handle, "follow") == 204
        assert client.post(f"/api/v1/clips/{clip.code}/save/").status_code == 204
        assert clip.creator.handle in feed_of(client)
        assert statuses(client, clip) == {200, 204}
    assert listed(as_maya, zoe) == {"search", "people", "product", "following", "saved"}
    assert [send(as_maya, "zoe", "block") for _time in range(2)] == [204, 204]
    assert not Follow.objects.exists() and Block.objects.count() == 1
    assert list(Viewer.objects.values_list("followed", flat=True)) == [[], []]
    for client, clip in ((as_maya, zoe), (as_zoe, maya)):
        assert statuses(client, clip) == {404}
        assert listed(client, clip) == set()
        assert clip.creator.handle not in feed_of(client)
    assert not Follow.objects.exists()
    assert as_maya.get("/api/v1/viewer/blocks/").json()["blocked"] == [
        {"handle": "zoe", "name": zoe.creator.display_name}
    ]
    assert as_zoe.get("/api/v1/viewer/blocks/").json() == {"blocked": [], "muted": []}
    assert send(as_zoe, "maya", "block", "delete") == 204, "It is not hers to undo."
    assert statuses(as_zoe, maya) == {404}
    assert send(as_maya, "zoe", "block", "delete") == 204
    assert "zoe" in feed_of(as_maya) and "maya" in feed_of(as_zoe)
    assert not Follow.objects.exists(), "Follows stay ended."


def test_mute_hides_one_way_and_changes_nothing_for_the_other(clips: tuple[Clip, Clip]) -> None:
    maya, zoe = clips
    as_maya, as_zoe = client_of(maya.creator.user), client_of(zoe.creator.user)
    for client, clip in ((as_maya, zoe), (as_zoe, maya)):
        send(client, clip.creator.handle, "follow")
    before = {
        address: as_zoe.get(address).content for address in ("/api/v1/creators/maya/", "/api/v1/viewer/creators/")
    }
    assert "zoe" in feed_of(as_maya)
    assert [send(as_maya, "zoe", "mute") for _time in range(2)] == [204, 204]
    assert "zoe" not in feed_of(as_maya) and "maya" in feed_of(as_zoe)
    assert Follow.objects.count() == 2 and Mute.objects.count() == 1
    assert {address: as_zoe.get(address).content for address in before} == before
    assert as_maya.get("/@zoe/").status_code == 200, "Whoever is muted can be visited."
    assert as_maya.get("/api/v1/viewer/clips/following/").json()["results"] == []
    assert as_maya.get("/api/v1/viewer/blocks/").json()["muted"] == [
        {"handle": "zoe", "name": zoe.creator.display_name}
    ]
    assert send(as_maya, "zoe", "mute", "delete") == 204
    assert "zoe" in feed_of(as_maya)


def test_nobody_blocks_or_mutes_themselves_and_visitors_nobody(creator: Creator, client: Client) -> None:
    for verb in ("block", "mute"):
        refused = client_of(creator.user).post(f"/api/v1/creators/{creator.handle}/{verb}/")
        assert (refused.status_code, "yourself" in refused.json()["detail"]) == (409, True)
        assert send(client, creator.handle, verb) in (401, 403)
        assert send(client_of(creator.user), "nobody.here", verb) == 404
    assert not Block.objects.exists() and not Mute.objects.exists()


def test_follows_of_a_visitor_are_not_adopted_through_a_block(
    client: Client, shopper: User, clips: tuple[Clip, Clip]
) -> None:
    maya, zoe = clips
    Block.objects.create(user=maya.creator.user, blocked_user=shopper, created_at=NOW)
    for clip in clips:
        assert send(client, clip.creator.handle, "follow") == 204
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": shopper.email, "password": PASSWORD})
    assert [follow.creator for follow in Follow.objects.all()] == [zoe.creator]
    assert Viewer.objects.get(user=shopper).followed == [zoe.creator_id]


def test_ratings_of_blocked_and_muted_people_are_left_out(shopper: User, clips: tuple[Clip, Clip]) -> None:
    product = clips[0].products.order_by("pk")[0]
    authors = [make_user() for _person in range(4)]
    for author in authors:
        Rating.objects.create(product=product, user=author, stars=4, words="Fine", created_at=NOW, changed_at=NOW)
    Block.objects.create(user=shopper, blocked_user=authors[0], created_at=NOW)
    Block.objects.create(user=authors[1], blocked_user=shopper, created_at=NOW)
    Mute.objects.create(user=shopper, muted_user=authors[2], created_at=NOW)
    Mute.objects.create(user=authors[3], muted_user=shopper, created_at=NOW)

    def count(client: Client) -> int:
        answer: dict[str, Any] = client.get(f"/api/v1/products/{product.slug}/ratings/").json()
        return len(answer["ratings"])

    assert (count(client_of(shopper)), count(Client())) == (1, 4)
    hidden = User.objects.filter(hidden_from(shopper.pk, "pk"))
    assert set(hidden) == set(authors[:3])
    assert set(User.objects.filter(hidden_from(shopper.pk, "pk", includes_muted=False))) == set(authors[:2])
    assert not User.objects.filter(hidden_from(None, "pk")).exists()


def test_deleted_account_leaves_no_blocks(shopper: User, clips: tuple[Clip, Clip]) -> None:
    maya, zoe = clips
    user = maya.creator.user
    Block.objects.create(user=user, blocked_user=shopper, created_at=NOW)
    Block.objects.create(user=zoe.creator.user, blocked_user=user, created_at=NOW)
    Mute.objects.create(user=user, muted_user=shopper, created_at=NOW)
    client = client_of(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    data = client.get("/accounts/data/").json()
    assert (len(data["blocks"]), len(data["mutes"])) == (1, 1)
    assert client.post("/accounts/leave/", {"gives_up_pay": "on"}).status_code == 302
    assert not Block.objects.exists() and not Mute.objects.exists()
