"""Devices that people share: nothing of one person stays for the next."""

from html import unescape

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from feed.models import Viewer
from shop.models import Order
from social.models import Follow
from tests.conftest import client_of
from tests.factories import PASSWORD, make_product, make_user
from tests.feed.watching import make_watchable_clip
from tests.shop.conftest import ADDRESS, buy

pytestmark = pytest.mark.django_db
EMAIL = "guest@example.com"


@pytest.fixture
def device() -> Client:
    """Return a browser in which a guest has just placed an order."""
    make_product("mug", stock=5)
    device = Client()
    buy(device, {"product": "mug", "email": EMAIL, "address": ADDRESS})
    return device


@pytest.fixture
def order(device: Client) -> Order:
    return Order.objects.get()


def sign_in(device: Client, email: str = "next@example.com") -> User:
    user = User.objects.filter(email=email).first() or make_user(email)
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    device.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert device.session["_auth_user_id"] == str(user.pk)
    return user


def test_order_of_a_guest_is_closed_to_the_next_account(device: Client, order: Order) -> None:
    path, api = f"/orders/{order.code}/", f"/api/v1/orders/{order.code}/"
    assert device.get(path).status_code == device.get(api).status_code == 200
    sign_in(device)
    answer = device.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/orders/find/?code={order.code}")
    page = unescape(device.get(answer.headers["Location"]).content.decode())
    assert "This order was placed without an account. Open it with its email address." in page
    assert f'value="{order.code}"' in page and EMAIL not in page
    assert device.get(api).status_code == 404
    assert device.get("/api/v1/orders/").json()["results"] == []
    assert order.code not in device.get("/orders/").content.decode()
    for action in ("pay", "cancel", "return", "email", "claim"):
        assert device.post(f"{path}{action}/").status_code == 404, action
    for action in ("pay", "cancel", "claim"):
        assert device.post(f"{api}{action}/").status_code == 404, action
    order.refresh_from_db()
    assert (order.user, order.state, order.email) == (None, "paid", EMAIL)


def test_order_that_a_guest_opened_is_closed_to_the_next_account(order: Order) -> None:
    device = Client()
    device.post("/orders/find/", {"code": order.code, "email": EMAIL})
    assert device.get(f"/orders/{order.code}/").status_code == 200
    sign_in(device)
    assert device.get(f"/orders/{order.code}/").status_code == 404


def test_session_from_before_openers_were_noted_is_read(order: Order) -> None:
    device = Client()
    device.get("/orders/find/")
    session = device.session
    session["opened_orders"] = [[order.pk, order.link_version]]
    session.save()
    device.cookies["sessionid"] = session.session_key or ""
    assert device.get(f"/orders/{order.code}/").status_code == 200
    sign_in(device)
    assert device.get(f"/orders/{order.code}/").status_code == 404


@pytest.mark.parametrize("is_api", [False, True])
def test_user_claims_an_order_that_they_have_opened(device: Client, order: Order, *, is_api: bool) -> None:
    user = sign_in(device)
    device.post("/orders/find/", {"code": order.code, "email": EMAIL})
    path = f"/orders/{order.code}/"
    assert "Add to my account" in device.get(path).content.decode()
    answer = device.post(f"/api/v1{path}claim/" if is_api else f"{path}claim/")
    assert answer.status_code == (200 if is_api else 302)
    order.refresh_from_db()
    assert order.user == user
    page = device.get(path).content.decode()
    assert "Add to my account" not in page and ("This order is in your account now." in page) is not is_api
    assert order.code in client_of(user).get("/orders/").content.decode()


def test_forwarded_link_shows_an_order_but_moves_it_to_no_account(order: Order) -> None:
    friend = Client()
    sign_in(friend)
    friend.get(order.link_path)
    page = friend.get(f"/orders/{order.code}/")
    assert page.status_code == 200 and "Add to my account" not in page.content.decode()
    assert friend.post(f"/api/v1/orders/{order.code}/claim/").status_code == 409
    assert (
        "with its number and email address" in friend.post(f"/orders/{order.code}/claim/", follow=True).content.decode()
    )
    order.refresh_from_db()
    assert order.user is None


def test_order_of_an_account_is_claimed_by_nobody_else(order: Order) -> None:
    owner = make_user("owner@example.com")
    Order.objects.update(user=owner)
    thief = Client()
    sign_in(thief)
    thief.post("/orders/find/", {"code": order.code, "email": EMAIL})
    assert "Add to my account" not in thief.get(f"/orders/{order.code}/").content.decode()
    assert thief.post(f"/api/v1/orders/{order.code}/claim/").status_code == 409
    thief.post(f"/orders/{order.code}/claim/")
    order.refresh_from_db()
    assert order.user == owner


PRIVATE_PAGES = (
    *(
        "/orders/",
        "/bag/",
        "/checkout/",
        "/studio/",
        "/studio/earnings/",
        "/accounts/",
        "/accounts/email/",
        "/following/",
    ),
    *("/api/v1/bag/", "/api/v1/orders/", "/api/v1/earnings/", "/api/v1/feed/", "/", "/welcome/", "/search/"),
)


def test_no_cache_keeps_a_page_of_somebody_who_is_signed_in(as_creator: Client) -> None:
    make_watchable_clip()
    for address in PRIVATE_PAGES:
        header = as_creator.get(address).headers["Cache-Control"]
        assert "no-store" in header and "private" in header, address


def test_no_cache_keeps_a_guests_bag_and_order(device: Client, order: Order) -> None:
    for address in ("/bag/", f"/orders/{order.code}/", f"/api/v1/orders/{order.code}/", "/checkout/"):
        assert device.get(address).headers["Cache-Control"] == "private, no-store", address


def test_feed_of_another_viewer_has_another_owner(shopper: User) -> None:
    """Marks that wait in the browser carry the owner, and only their owner's page sends them."""
    make_watchable_clip()
    first, second, signed_in = Client(), Client(), client_of(shopper)
    for client in (first, second, signed_in):
        client.get("/")
    owners = [client.get("/").context["owner"] for client in (first, second, signed_in)]
    assert len(set(owners)) == 3 and owners == [
        client.get("/").context["owner"] for client in (first, second, signed_in)
    ]
    assert owners[2] == str(shopper.pk)
    assert f'data-owner="{owners[0]}"' in first.get("/").content.decode()


def test_stored_mark_is_refused_when_somebody_else_uses_the_browser(shopper: User) -> None:
    clip, device = make_watchable_clip(), Client()
    owner = device.get("/").context["owner"]
    marks = [f"clips/{clip.code}/{verb}" for verb in ("like", "not-interested")]
    changes = [f"creators/{clip.creator.handle}/{change}" for change in ("follow", "hide")]
    addresses = [f"/api/v1/{path}/" for path in (*marks, *changes, "feed/less")]
    body = {"reason": "popular"}

    def send(owner: str) -> set[int]:
        headers = {"X-Viewer-Owner": owner}
        return {device.post(address, body, "application/json", headers=headers).status_code for address in addresses}

    device.force_login(shopper)
    assert send(owner) == {409}
    nothing: dict[str, list[int] | dict[str, float]] = {
        "liked": [],
        "followed": [],
        "hidden": [],
        "hidden_creators": [],
        "reason_factors": {},
    }
    assert not Viewer.objects.exclude(**nothing).exists() and not Follow.objects.exists()
    assert send(str(shopper.pk)) == {204, 202}
    viewer = Viewer.objects.get(user=shopper)
    assert (viewer.liked, viewer.followed) == ([clip.pk], [clip.creator_id])
    assert (viewer.hidden, viewer.hidden_creators) == ([clip.pk], [clip.creator_id])
