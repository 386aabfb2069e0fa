"""A token that the feed issued to one browser earns nothing in another."""

import uuid

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from catalog.models import Product
from catalog.outbound import outbound_address
from feed.events.identity import Identity
from shop.models import BagLine, Click, OrderLine
from tests.factories import PASSWORD, make_creator, make_product
from tests.feed.watching import make_watchable_clip, read_feed
from tests.shop.conftest import ADDRESS, buy
from videos.models import Clip
from videos.playback.impressions import read_token, token_key
from videos.playback.viewer_cookie import COOKIE

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip() -> Clip:
    elsewhere = make_product("plant", outbound_url="https://garden.example/")
    return make_watchable_clip(make_creator("maya"), None, [make_product("mug", stock=50), elsewhere])


def see(client: Client) -> str:
    """Open the feed, and return the token of the clip on it."""
    token: str = read_feed(client)["clips"][0]["token"]
    return token


def sign_in(client: Client, user: User) -> None:
    """Sign in by the form, which merges what the browser did before."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
    cache.clear()  # the limits of signing in
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content


def click(client: Client, token: str) -> int:
    return client.post(
        "/api/v1/clicks/", {"product": "mug", "seen": token}, content_type="application/json"
    ).status_code


def use_everywhere(client: Client, token: str) -> None:
    """Send the token wherever the shop takes one."""
    click(client, token)
    client.get(outbound_address(Product.objects.get(slug="plant").pk, seen=token))
    client.post("/bag/", {"product": "mug", "quantity": "1", "seen": token})
    client.post("/api/v1/bag/", {"product": "mug", "seen": token}, content_type="application/json")
    body = {"product": "mug", "seen": token, "email": "a@example.com", "address": ADDRESS}
    assert buy(client, body).status_code == 201


@pytest.mark.usefixtures("clip")
@pytest.mark.parametrize("has_own_cookie", [True, False])
def test_token_of_another_browser_earns_nothing(has_own_cookie: bool) -> None:
    token, other = see(Client()), Client()
    if has_own_cookie:
        see(other)
    use_everywhere(other, token)
    assert click(other, token) == 404
    assert not Click.objects.exists()
    assert not BagLine.objects.exclude(clip=None).exists()
    assert list(OrderLine.objects.values_list("creator", "commission_minor")) == [(None, 0)]


@pytest.mark.usefixtures("clip")
def test_token_of_another_browser_earns_without_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    token = see(Client())
    serving = read_token(token, key=token_key())
    assert serving is not None
    monkeypatch.setattr("shop.shopper.read_viewer_keys", lambda request: frozenset([serving.viewer]))
    assert click(Client(), token) == 204


@pytest.mark.usefixtures("clip")
def test_token_of_this_browser_counts_everywhere() -> None:
    client = Client()
    use_everywhere(client, see(client))
    assert list(Click.objects.order_by("pk").values_list("product__slug", flat=True)) == ["mug", "plant"]
    assert OrderLine.objects.get().creator is not None


@pytest.mark.usefixtures("clip")
def test_token_from_before_signing_in_counts_until_signing_out(shopper: User) -> None:
    browser, elsewhere = Client(), Client()
    sign_in(elsewhere, shopper)
    see(elsewhere)  # the account has a viewer already, into which the browser's is merged
    token = see(browser)
    sign_in(browser, shopper)
    later = see(browser)
    see(browser)
    assert [click(browser, token), click(browser, later)] == [204, 204]
    browser.logout()
    see(browser)
    assert [click(browser, token), click(browser, later)] == [404, 404]


@pytest.mark.usefixtures("clip")
def test_next_account_in_the_browser_does_not_inherit_tokens(shopper: User) -> None:
    browser = Client()
    anonymous = see(browser)
    sign_in(browser, shopper)
    token = see(browser)
    browser.logout()
    sign_in(browser, make_creator("rival").user)
    see(browser)
    assert [click(browser, anonymous), click(browser, token)] == [404, 404]


@pytest.mark.usefixtures("clip")
def test_without_consent_a_token_names_nobody(settings: Settings) -> None:
    settings.FEED_ASKS_CONSENT = True
    client = Client()
    seen = read_feed(client)["clips"][0]["seen"]
    assert COOKIE not in client.cookies
    assert click(client, seen) == 204
    client.cookies["consent"] = "yes"
    assert click(client, seen) == 204
    see(client)
    assert click(Client(), see(client)) == 404  # this one names a viewer
    settings.FEED_ASKS_CONSENT = False
    assert click(client, seen) == 404


@pytest.mark.parametrize("value", ["", "x", "x:y", Identity(uuid.uuid4()).as_cookie() + "x"])
def test_cookie_that_the_site_did_not_sign_has_no_tokens(clip: Clip, value: str) -> None:
    token, other = see(Client()), Client()
    other.cookies[COOKIE] = value
    assert click(other, token) == 404
