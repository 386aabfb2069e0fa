"""Replies of merchants to ratings of their products, on their pages and through the API."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Merchant, MerchantRole, MerchantState, Product
from social.models import Notification, Rating, RatingState
from social.ratings.decisions import reply_to_rating
from tests.conftest import client_of
from tests.factories import make_member as make_seller
from tests.factories import make_merchant, make_product, make_user
from tests.social.ratings.conftest import make_member, rate

pytestmark = pytest.mark.django_db
REPLY = "Thank you! The new handle stays cool."


@pytest.fixture
def oak() -> Merchant:
    return make_merchant("oak", name="Oak Goods")


@pytest.fixture
def stool(oak: Merchant) -> Product:
    return make_product("stool", merchant=oak)


@pytest.fixture
def rating(stool: Product) -> Rating:
    return rate(stool, make_member("ann@example.com"))


@pytest.fixture
def seller(oak: Merchant) -> Client:
    return client_of(make_seller(oak))


def post_reply(client: Client, rating: Rating, words: str = REPLY, seen: str = "") -> Any:
    return client.post(f"/merchant/ratings/{rating.pk}/reply/", {"words": words, "seen_words": seen})


def put_reply(client: Client, rating: Rating, words: str = REPLY, slug: str = "oak") -> Any:
    path = f"/api/v1/merchants/{slug}/ratings/{rating.pk}/reply/"
    return client.put(path, {"words": words}, content_type="application/json")


def read_reply(rating: Rating) -> dict[str, Any] | None:
    return Client().get(f"/api/v1/products/{rating.product.slug}/ratings/").json()["ratings"][0]["reply"]


def test_merchant_replies_in_its_own_name(seller: Client, rating: Rating) -> None:
    assert "Ann" in seller.get("/merchant/ratings/?show=open").content.decode()
    assert post_reply(seller, rating).status_code == 302
    page = Client().get("/p/stool/").content.decode()
    assert "Reply from Oak Goods" in page and REPLY in page
    reply = read_reply(rating)
    assert reply is not None and (reply["words"], reply["merchant"]) == (REPLY, "Oak Goods")
    assert "Ann" not in seller.get("/merchant/ratings/?show=open").content.decode()
    assert REPLY in seller.get("/merchant/ratings/").content.decode()
    author = client_of(rating.user)
    assert "Oak Goods answered your rating" in author.get("/notifications/").content.decode().replace(
        "\u2068", ""
    ).replace("\u2069", "")


def test_reply_is_changed_and_deleted_and_told_once(seller: Client, rating: Rating) -> None:
    post_reply(seller, rating)
    assert put_reply(seller, rating, "We were wrong.").json()["reply"]["words"] == "We were wrong."
    assert Notification.objects.filter(kind="rating_reply").count() == 1
    assert post_reply(seller, rating, "Late", seen=REPLY).status_code == 422, "A colleague changed it meanwhile."
    assert read_reply(rating)["words"] == "We were wrong."  # type: ignore[index]
    assert seller.delete(f"/api/v1/merchants/oak/ratings/{rating.pk}/reply/").status_code == 204
    assert read_reply(rating) is None
    rating.refresh_from_db()
    assert (rating.replied_for, rating.replied_by, rating.replied_at) == (None, None, None)


def test_only_owners_and_managers_of_the_seller_reply(oak: Merchant, rating: Rating) -> None:
    refused = {
        "nobody": Client(),
        "shopper": client_of(make_user()),
        "author": client_of(rating.user),
        "packer": client_of(make_seller(oak, MerchantRole.PACKER)),
        "seller of another": client_of(make_seller(make_merchant("reed"))),
    }
    for who, client in refused.items():
        assert post_reply(client, rating).status_code in (302, 403, 404), who
        assert put_reply(client, rating).status_code in (401, 403, 404), who
        assert client.get("/api/v1/merchants/oak/ratings/").status_code in (401, 403, 404), who
    assert put_reply(refused["seller of another"], rating, slug="reed").status_code == 404
    assert read_reply(rating) is None
    assert put_reply(client_of(make_seller(oak, MerchantRole.MANAGER)), rating).status_code == 200


def test_merchant_sees_and_answers_public_ratings_of_its_own_products(seller: Client, rating: Rating) -> None:
    mug = rate(make_product("mug"))
    assert [row["id"] for row in seller.get("/api/v1/merchants/oak/ratings/").json()["results"]] == [rating.pk]
    assert [put_reply(seller, mug).status_code, post_reply(seller, mug).status_code] == [404, 404]
    Rating.objects.filter(pk=rating.pk).update(state=RatingState.REMOVED)
    assert seller.get("/api/v1/merchants/oak/ratings/").json()["results"] == []
    assert put_reply(seller, rating).status_code == 404
    assert not Rating.objects.exclude(reply_words="").exists()


def test_suspended_merchant_does_not_reply(seller: Client, oak: Merchant, rating: Rating) -> None:
    Merchant.objects.filter(pk=oak.pk).update(state=MerchantState.SUSPENDED)
    assert [put_reply(seller, rating).status_code, post_reply(seller, rating).status_code] == [403, 403]
    rating.refresh_from_db()
    assert rating.reply_words == ""


def test_merchant_does_not_change_a_reply_of_the_shop(seller: Client, rating: Rating) -> None:
    moderator = make_user(is_staff=True)
    reply_to_rating(rating=rating, seen_words="", words="The shop says no.", by=moderator, now=timezone.now())
    assert put_reply(seller, rating).status_code == 409
    assert post_reply(seller, rating, seen="The shop says no.").status_code == 422
    reply = read_reply(rating)
    assert reply is not None and (reply["words"], reply["merchant"]) == ("The shop says no.", None)
    assert f"/merchant/ratings/{rating.pk}/reply/" not in seller.get("/merchant/ratings/").content.decode()


@pytest.mark.parametrize("words", ["", " ", "x" * 2001, None, ["x"], {"a": 1}])
def test_reply_of_the_api_has_words(seller: Client, rating: Rating, words: Any) -> None:
    assert put_reply(seller, rating, words).status_code == 400
    assert read_reply(rating) is None
