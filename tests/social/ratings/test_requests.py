"""Shoppers are asked once, some time after a delivery, and can stop that with one click."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from shop.models import Order, Parcel
from social.models import RatingMailStop, RatingRequest
from social.ratings.requests import ask_for_ratings
from social.tasks import mail_rating_requests
from tests.conftest import client_of
from tests.shop.conftest import ADDRESS, buy
from tests.social.ratings.conftest import rate
from tests.social.ratings.test_people import buy_mugs, refund

pytestmark = pytest.mark.django_db
LATER = timedelta(days=15)


@pytest.fixture(autouse=True)
def two_weeks(settings: Any, unrecorded_parcels: None) -> None:
    settings.RATING_REQUEST_DAYS = 14


def ask(after: timedelta = LATER) -> list[Any]:
    """Return the emails that are sent this long after now."""
    mail.outbox.clear()
    ask_for_ratings(now=timezone.now() + after)
    return list(mail.outbox)


def test_shopper_is_asked_once_after_two_weeks(mug: Product, member: User) -> None:
    buy_mugs(member)
    assert ask(timedelta(days=13)) == []
    (email,) = ask()
    assert (email.to, email.subject) == (["member@example.com"], "How do you like what you bought?")
    assert "/p/mug/rating/" in email.body
    assert ask() == []
    assert RatingRequest.objects.get().is_mailed


def test_shopper_is_asked_after_the_last_parcel_arrived(mug: Product, member: User, settings: Any) -> None:
    settings.RECORD_PARCELS, settings.DELIVERED_AFTER_DAYS = True, 5
    order = buy_mugs(member)
    assert ask() == []
    packed = {"packed_at": timezone.now(), "sent_at": timezone.now()}
    first = Parcel.objects.create(order=order, state="delivered", delivered_at=timezone.now(), **packed)
    second = Parcel.objects.create(order=order, state="sent", **packed)
    assert ask() == []
    assert len(ask(LATER + timedelta(days=5))) == 1
    RatingRequest.objects.all().delete()
    Parcel.objects.filter(pk=second.pk).update(state="lost")
    assert len(ask()) == 1
    assert first.order == order


def test_one_click_stops_the_emails(mug: Product, member: User, client: Client) -> None:
    buy_mugs(member)
    (email,) = ask()
    assert email.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.findall(r"<https?://[^/]+(/ratings/stop/[^>]+/)>", email.extra_headers["List-Unsubscribe"])[0]
    assert "Stop these emails" in client.get(path).content.decode()
    assert not RatingMailStop.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert RatingMailStop.objects.get().user == member
    Order.objects.update(paid_at=timezone.now())
    RatingRequest.objects.all().delete()
    assert ask() == []
    assert not RatingRequest.objects.get().is_mailed
    client.post(path, {"again": "yes"})
    assert not RatingMailStop.objects.exists()
    assert client.get("/ratings/stop/forged/").status_code == 404
    assert client.post("/ratings/stop/forged/").status_code == 404


def test_nothing_is_asked_for_what_was_refunded_rated_or_taken_off_sale(mug: Product, member: User) -> None:
    refund(buy_mugs(member), 1)
    assert ask() == []


def test_nothing_is_asked_for_what_is_rated(mug: Product, member: User) -> None:
    buy_mugs(member)
    rate(mug, member)
    assert ask() == []
    assert not RatingRequest.objects.get().is_mailed


def test_guests_old_orders_and_unpaid_ones_are_left_alone(mug: Product, member: User, client: Client) -> None:
    body = {"product": "mug", "address": ADDRESS, "email": "guest@example.com"}
    assert buy(client, body).status_code == 201
    buy_mugs(member)
    assert ask(timedelta(days=60)) == []
    assert not RatingRequest.objects.exists()


def test_shops_that_do_not_want_it_ask_nobody(mug: Product, member: User, settings: Any) -> None:
    settings.RATING_REQUEST_DAYS = 0
    buy_mugs(member)
    assert ask() == []


def test_deactivated_people_are_not_asked(mug: Product, member: User) -> None:
    buy_mugs(member)
    User.objects.update(is_active=False)
    assert ask() == []


def test_task_asks(mug: Product, member: User) -> None:
    buy_mugs(member)
    Order.objects.update(paid_at=timezone.now() - LATER)
    mail_rating_requests()
    assert RatingRequest.objects.get().is_mailed


def test_account_page_leads_to_the_stop(member: User) -> None:
    client = client_of(member)
    path = re.findall(r'href="(/ratings/stop/[^"]+/)"', client.get("/accounts/").content.decode())[0]
    client.post(path)
    assert RatingMailStop.objects.get().user == member
