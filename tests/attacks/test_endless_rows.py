"""What nobody has to pay for has an end: products in a bag, stored answers, bags of guests, drafts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import IdempotencyKey, User
from accounts.tasks import clear_expired
from catalog.models import Category, Product
from creators.models import Creator
from shop.models import Bag, BagLine, Order
from shop.models.bag import MAX_LINES
from shop.tasks import forget_bags
from tests.conftest import client_of
from tests.factories import make_category, make_product, variant_of
from tests.shop.conftest import ADDRESS, buy
from videos.models import Clip
from videos.studio.drafts import MAX_DRAFTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_request_limits")]
FULL = "A bag holds at most 100 different products. Order these first, or remove one."


@pytest.fixture
def category() -> Category:
    return make_category("things")


def make_products(category: Category, names: Sequence[str]) -> list[Product]:
    return [make_product(name, category=category, stock=50) for name in names]


def fill(bag: Bag, products: Sequence[Product]) -> None:
    BagLine.objects.bulk_create(
        BagLine(bag=bag, product=product, variant=variant_of(product), quantity=1) for product in products
    )


def add(client: Client, slug: str, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/v1/bag/", {"product": slug}, content_type="application/json", headers=headers)


@pytest.fixture
def full(client: Client, category: Category) -> Bag:
    """Return the bag of the client, a guest, with 100 mugs of different colours."""
    products = make_products(category, [f"mug-{number}" for number in range(MAX_LINES)])
    add(client, "mug-0")
    fill(bag := Bag.objects.get(), products[1:])
    return bag


def test_full_bag_takes_no_other_product(client: Client, full: Bag, category: Category) -> None:
    make_products(category, ["pot"])
    refused = add(client, "pot")
    assert (refused.status_code, refused.json()["detail"]) == (409, FULL)
    page = client.post("/bag/", {"product": "pot", "quantity": 1}, follow=True).content.decode()
    assert FULL in page
    assert full.lines.count() == MAX_LINES and not full.lines.filter(product__slug="pot").exists()
    assert add(client, "mug-7").status_code == 200
    assert full.lines.get(product__slug="mug-7").quantity == 2
    body = {"product": "mug-7", "quantity": 0}
    assert client.patch("/api/v1/bag/", body, content_type="application/json").status_code == 200
    assert add(client, "pot").status_code == 200


def test_merged_bag_keeps_what_fits(client: Client, shopper: User, full: Bag, category: Category) -> None:
    own = Bag.objects.create(user=shopper)
    shared = Product.objects.filter(slug__in=["mug-0", "mug-1"])
    fill(own, [*make_products(category, [f"pot-{number}" for number in range(97)]), *shared])
    client.force_login(shopper)
    assert len(client.get("/api/v1/bag/").json()["lines"]) == MAX_LINES
    assert Bag.objects.get() == own
    assert own.lines.filter(product__slug__startswith="pot-").count() == 97
    quantities = dict(own.lines.filter(product__slug__startswith="mug-").values_list("product__slug", "quantity"))
    assert quantities == {"mug-0": 2, "mug-1": 2, "mug-99": 1}


def test_cancelled_order_fills_the_bag_no_further(client: Client, full: Bag, category: Category) -> None:
    make_products(category, ["pot"])
    body = {"product": "pot", "email": "declined@example.com", "address": ADDRESS}
    assert buy(client, body).status_code in {201, 402}
    Order.objects.update(state="cancelled", cancelled_at=timezone.now())
    page = client.post(f"/orders/{Order.objects.get().code}/again/", follow=True).content.decode()
    assert FULL in page and "The items of your order are in your bag." not in page
    assert full.lines.count() == MAX_LINES


def test_stored_answer_does_not_grow_with_the_bag(client: Client, full: Bag) -> None:
    first, again = add(client, "mug-1", "key-00001"), add(client, "mug-1", "key-00001")
    assert (first.status_code, len(first.json()["lines"])) == (200, MAX_LINES)
    assert again.content == first.content and full.lines.get(product__slug="mug-1").quantity == 2
    assert len(IdempotencyKey.objects.get().result) < 50


def test_answers_to_guests_are_forgotten_after_a_day(client: Client, shopper: User, category: Category) -> None:
    make_products(category, ["pot"])
    add(client, "pot", "key-guest")
    add(client_of(shopper), "pot", "key-user")
    buy(client, {"product": "pot", "email": "guest@example.com", "address": ADDRESS}, "key-order")
    assert IdempotencyKey.objects.count() == 3
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    clear_expired()
    assert sorted(IdempotencyKey.objects.values_list("key", flat=True)) == ["key-order", "key-user"]


def test_bags_of_guests_are_forgotten(client: Client, shopper: User, category: Category) -> None:
    make_products(category, ["pot"])
    add(client, "pot")
    add(client_of(shopper), "pot")
    long_ago = timezone.now() - timedelta(days=61)
    Bag.objects.update(changed_at=long_ago)
    forget_bags()
    assert Bag.objects.count() == 2
    BagLine.objects.update(added_at=long_ago)
    forget_bags()
    assert Bag.objects.get().user == shopper


def test_drafts_have_an_end(as_creator: Client, creator: Creator) -> None:
    Clip.objects.bulk_create(Clip(creator=creator, code=f"{number:08}") for number in range(MAX_DRAFTS))
    refused = as_creator.post("/api/v1/clips/", {"caption": "One more"}, content_type="application/json")
    sentence = "You have 200 drafts. Submit or delete one of them in the studio first."
    assert (refused.status_code, refused.json()["detail"]) == (403, sentence)
    page = as_creator.post("/studio/upload/", {"caption": "One more", "code": "newdraft"})
    assert page.status_code == 403 and sentence in page.content.decode()
    assert Clip.objects.count() == MAX_DRAFTS
    changed = as_creator.patch("/api/v1/clips/00000007/", {"caption": "Tea"}, content_type="application/json")
    assert changed.status_code == 200
    assert as_creator.delete("/api/v1/clips/00000007/").status_code == 204
    assert as_creator.post("/api/v1/clips/", {"caption": "New"}, content_type="application/json").status_code == 201
