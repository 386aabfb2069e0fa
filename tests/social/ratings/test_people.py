"""Who bought here, whose account is hidden or gone, and what the download of personal data holds."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.staff import deactivate_user, reactivate_user
from catalog.models import Product
from feedsite.account_erasure import erase_account
from feedsite.personal_data import collect_data
from feedsite.suspensions import lift_suspension, suspend_creator
from shop.models import Order
from shop.refunds import plan_refund
from social.models import HelpfulVote, Rating
from tests.conftest import client_of
from tests.factories import make_creator, make_user
from tests.shop.conftest import ADDRESS, buy
from tests.social.ratings.conftest import make_member, rate, read_counts

pytestmark = pytest.mark.django_db
API = "/api/v1/products/mug/ratings/"


@pytest.fixture
def administrator() -> User:
    return make_user("root@example.com", is_staff=True, is_superuser=True)


def buy_mugs(user: User, quantity: int = 1) -> Order:
    assert buy(client_of(user), {"product": "mug", "quantity": quantity, "address": ADDRESS}).status_code == 201
    return Order.objects.get(user=user)


def refund(order: Order, quantity: int) -> None:
    lines = {order.lines.get().pk: quantity}
    plan_refund(order_id=order.pk, quantities=lines, created_by=None, now=timezone.now())


def is_bought_here(client: Client) -> bool:
    (row,) = client.get(API).json()["ratings"]
    assert ("Bought here</span>" in client.get("/p/mug/").content.decode()) == row["is_bought_here"]
    return bool(row["is_bought_here"])


def test_bought_here_goes_with_the_last_refunded_piece(mug: Product, member: User, client: Client) -> None:
    rate(mug, member)
    assert not is_bought_here(client)
    order = buy_mugs(member, quantity=2)
    assert is_bought_here(client)
    refund(order, 1)
    assert is_bought_here(client)
    refund(order, 1)
    assert not is_bought_here(client)
    assert read_counts(mug) == (4, 1), "The rating itself stays."


def test_a_buyer_is_no_newcomer(mug: Product, client: Client) -> None:
    newcomer = make_member(days_old=1)
    buy_mugs(newcomer)
    rate(mug, newcomer)
    assert is_bought_here(client)


def test_ratings_of_a_deactivated_account_are_hidden_at_once(
    mug: Product, member: User, administrator: User, client: Client
) -> None:
    rate(mug, member, stars=1)
    rate(mug, stars=5)
    deactivate_user(user=member, reason="Spam", by=administrator)
    assert read_counts(mug) == (5, 1)
    assert [row["stars"] for row in client.get(API).json()["ratings"]] == [5]
    assert client.get("/api/v1/products/mug/").json()["rating_average"] == 5.0
    call_command("verify_ratings")
    reactivate_user(user=member, by=administrator)
    assert read_counts(mug) == (6, 2)


def test_ratings_of_a_hidden_creator_are_hidden(mug: Product, administrator: User) -> None:
    creator = make_creator("maya", user=make_member("maya@example.com"))
    rate(mug, creator.user)
    now = timezone.now()
    suspend_creator(
        creator=creator, reason="Stolen clips", hides_clips=True, is_for_fraud=False, by=administrator, now=now
    )
    assert read_counts(mug) == (0, 0)
    client_of(User.objects.get(pk=creator.user_id)).post("/p/mug/rating/", {"stars": 3, "author_name": "Maya"})
    assert read_counts(mug) == (0, 0)
    lift_suspension(creator=creator, by=administrator, now=timezone.now())
    assert read_counts(mug) == (3, 1)
    call_command("verify_ratings")


def test_deleted_account_takes_its_ratings_and_votes_along(mug: Product, member: User) -> None:
    own, other = rate(mug, member), rate(mug, stars=2)
    client_of(member).post(f"/api/v1/ratings/{other.pk}/helpful/")
    buy_mugs(member)
    erase_account(user=member, gives_up_pay=False)
    assert not Rating.objects.filter(pk=own.pk).exists()
    assert read_counts(mug) == (2, 1)
    other.refresh_from_db()
    assert (other.helpful_count, HelpfulVote.objects.count()) == (0, 0)
    call_command("verify_ratings")


def test_download_has_ratings_votes_and_requests(mug: Product, member: User) -> None:
    rate(mug, member)
    other = rate(mug)
    client_of(member).post(f"/api/v1/ratings/{other.pk}/helpful/")
    data: dict[str, Any] = collect_data(member)
    assert [(row["stars"], row["author_name"], row["product_slug"]) for row in data["ratings"]] == [(4, "Ann", "mug")]
    assert [row["product_slug"] for row in data["helpful_votes"]] == ["mug"]
