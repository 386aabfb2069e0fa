"""Wishes: shoppers are told once when a variant is back in stock, or costs less, and of nothing that is not true."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product, Variant
from shop.models import Order, Parcel
from social.models import Notification, Wish
from social.notifications.sources import grant_wishes, notify_of_parcels
from social.ratings.decisions import reply_to_rating
from tests.conftest import client_of
from tests.factories import make_product, make_user, make_variants, variant_of
from tests.shop.conftest import ADDRESS, buy
from tests.social.ratings.conftest import make_member, rate

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    return make_product("mug", name="Mug", stock=0)


def texts(user: User) -> list[str]:
    rows = client_of(user).get("/api/v1/notifications/").json()["results"]
    return [row["text"].replace("\u2068", "").replace("\u2069", "") for row in rows]


def change(product: Product, **values: int) -> None:
    Variant.objects.filter(product=product).update(**values)


def test_shopper_is_told_once_when_it_is_back(mug: Product, shopper: User) -> None:
    client, variant = client_of(shopper), variant_of(mug)
    assert "Tell me when it is back" in client.get("/p/mug/").content.decode()
    assert client.post("/p/mug/wish/", {"variant": variant.pk}).status_code == 302
    page = client.get("/p/mug/").content.decode()
    assert "when it is back in stock" in page and "Stop waiting" in page
    now = timezone.now()
    assert grant_wishes(now=now) == 0
    change(mug, stock=3)
    assert [grant_wishes(now=now), grant_wishes(now=now)] == [1, 0]
    assert texts(shopper) == ["Mug is back in stock"]
    change(mug, stock=0)
    assert texts(shopper) == []
    assert "Tell me when it is back" in client.get("/p/mug/").content.decode()


def test_shopper_is_told_of_a_lower_price(shopper: User) -> None:
    lamp = make_product("lamp", name="Lamp", price_minor=2000)
    client = client_of(shopper)
    assert "Tell me when the price drops" in client.get("/p/lamp/").content.decode()
    assert client.put(f"/api/v1/variants/{variant_of(lamp).pk}/wish/").status_code == 204
    assert client.get("/api/v1/viewer/wishes/").json()["results"][0]["waits_for"] == "price"
    change(lamp, price_minor=2500)
    assert grant_wishes(now=timezone.now()) == 0
    change(lamp, price_minor=1500)
    assert grant_wishes(now=timezone.now()) == 1
    assert texts(shopper) == ["Lamp now costs $15.00"]
    change(lamp, price_minor=2000)
    assert texts(shopper) == []


def test_wish_is_for_one_variant_and_can_end(shopper: User) -> None:
    shirt = make_product("shirt")
    small, large = make_variants(shirt, "S", "L", stock=0)
    client = client_of(shopper)
    assert "Which one?" in client.get("/p/shirt/").content.decode()
    client.post("/p/shirt/wish/", {"variant": large.pk})
    Variant.objects.filter(pk=small.pk).update(stock=1)
    assert grant_wishes(now=timezone.now()) == 0
    client.post("/p/shirt/wish/", {"variant": large.pk, "wish": "no"})
    assert not Wish.objects.exists()
    assert client.post("/p/shirt/wish/", {"variant": "x"}).status_code == 404
    assert client.put("/api/v1/variants/999999/wish/").status_code == 404


def test_products_off_sale_and_for_adults_are_no_wish(client: Client, mug: Product, shopper: User) -> None:
    variant = variant_of(mug)
    assert client.post("/p/mug/wish/", {"variant": variant.pk})["Location"].startswith("/accounts/login/")
    as_shopper = client_of(shopper)
    Product.objects.update(is_active=False)
    assert as_shopper.post("/p/mug/wish/", {"variant": variant.pk}).status_code == 404
    assert as_shopper.put(f"/api/v1/variants/{variant.pk}/wish/").status_code == 404
    assert not Wish.objects.exists()


def test_too_many_wishes_are_refused(mug: Product, shopper: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("social.notifications.wishes.MOST_WISHES", 1)
    client, lamp = client_of(shopper), make_product("lamp")
    assert client.put(f"/api/v1/variants/{variant_of(mug).pk}/wish/").status_code == 204
    assert client.put(f"/api/v1/variants/{variant_of(lamp).pk}/wish/").status_code == 409
    assert (
        "You wait for 1 products already"
        in client.post("/p/lamp/wish/", {"variant": variant_of(lamp).pk}, follow=True).content.decode()
    )
    assert Wish.objects.count() == 1


def test_shopper_is_told_of_both_steps_of_a_parcel(shopper: User, unrecorded_parcels: None) -> None:
    now = timezone.now()
    make_product("mug")
    answer = buy(client_of(shopper), {"product": "mug", "address": ADDRESS})
    assert answer.status_code == 201
    order = Order.objects.get()
    parcel = Parcel.objects.create(order=order, state="sent", packed_at=now, sent_at=now)
    assert [notify_of_parcels(now=now), notify_of_parcels(now=now)] == [1, 0]
    assert texts(shopper) == [f"A parcel of your order {order.code} is on its way"]
    later = now + timedelta(hours=5)
    Parcel.objects.filter(pk=parcel.pk).update(state="delivered", delivered_at=later)
    assert [notify_of_parcels(now=later), notify_of_parcels(now=later)] == [1, 0]
    assert texts(shopper) == [f"A parcel of your order {order.code} was delivered"]
    assert texts(make_user()) == []


def test_author_of_a_rating_is_told_of_the_first_answer(mug: Product) -> None:
    author, staff, now = make_member(), make_user(is_staff=True), timezone.now()
    rating = rate(mug, author)
    reply_to_rating(rating=rating, seen_words="", words="Thank you", by=staff, now=now)
    assert texts(author) == ["The shop answered your rating of Mug"]
    reply_to_rating(rating=rating, seen_words="Thank you", words="", by=staff, now=now)
    assert texts(author) == []
    assert Notification.objects.count() == 1
