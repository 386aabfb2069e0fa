"""A browser that still has the viewer cookie of an account shows nothing of it once the account has ended."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from feed.models import Viewer
from feedsite.account_erasure import erase_account
from tests.conftest import client_of
from tests.factories import NOW, make_category, make_product
from tests.feed.watching import make_watchable_clip, read_feed
from videos.playback.viewer_cookie import COOKIE, read_cookie

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(shopper: User) -> Client:
    """Return the browser of an adult who has liked a clip with wine."""
    shopper.confirm_adult(now=NOW)
    wine = make_category("Wine", is_age_restricted=True)
    make_watchable_clip(None, None, [make_product("merlot", category=wine), make_product("mug")], caption="Wine")
    make_watchable_clip(caption="Mugs")
    client = client_of(shopper)
    client.get("/")
    assert {clip["caption"] for clip in read_feed(client)["clips"]} == {"Wine", "Mugs"}
    return client


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def erase(user: User) -> None:
    erase_account(user=user, gives_up_pay=True)


@pytest.mark.parametrize("end", [deactivate, erase])
def test_feed_of_an_ended_account_is_that_of_a_new_viewer(
    device: Client, shopper: User, end: Callable[[User], None]
) -> None:
    key = read_cookie(device.cookies[COOKIE].value)[0]
    end(shopper)
    assert {clip["caption"] for clip in read_feed(device)["clips"]} == {"Mugs"}
    new_key, user_id, is_adult, *_former = read_cookie(device.cookies[COOKIE].value)
    assert (new_key != key, user_id, is_adult) == (True, "", "0")


def test_account_that_is_back_has_its_feed_back(device: Client, shopper: User) -> None:
    viewer = Viewer.objects.get(user=shopper)
    deactivate(shopper)
    read_feed(device)
    User.objects.filter(pk=shopper.pk).update(is_active=True)
    device.get("/")
    assert read_cookie(device.cookies[COOKIE].value)[:3] == [viewer.key.hex, str(shopper.pk), "1"]
    assert {clip["caption"] for clip in read_feed(device)["clips"]} == {"Wine", "Mugs"}


def test_erased_history_elsewhere_leaves_the_page_working(device: Client, shopper: User) -> None:
    """Its viewer is gone without the account: the next page begins a new one, as for somebody who is not known."""
    Viewer.objects.filter(user=shopper).delete()
    assert {clip["caption"] for clip in read_feed(device)["clips"]} == {"Mugs"}
    assert device.get("/").status_code == 200
    assert {clip["caption"] for clip in read_feed(device)["clips"]} == {"Wine", "Mugs"}
