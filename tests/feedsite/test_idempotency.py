"""Idempotency-Key is honoured by every operation that documents it, and documented by every one that needs it."""

from typing import Any

import pytest
import yaml
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import IdempotencyKey
from creators.models import Creator, Enrolment
from shop.models import Address, BagLine, Order, Refund
from social.models import Collection, Comment, Report
from tests.conftest import client_of
from tests.factories import make_campaign, make_draft, make_product, make_published_clip, make_waiting_clip
from tests.shop.conftest import ADDRESS, buy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]

KEYED = {
    "POST /api/v1/addresses/",
    "POST /api/v1/bag/",
    "POST /api/v1/campaigns/{slug}/enrol/",
    "POST /api/v1/checkout/",
    "POST /api/v1/clips/",
    "POST /api/v1/clips/{code}/appeal/",
    "POST /api/v1/clips/{code}/comments/",
    "POST /api/v1/clips/{code}/report/",
    "POST /api/v1/clips/{code}/submit/",
    "POST /api/v1/clips/{code}/withdraw/",
    "POST /api/v1/imports/",
    "POST /api/v1/imports/{id}/",
    "POST /api/v1/merchants/",
    "POST /api/v1/notices/",
    "POST /api/v1/removals/{id}/appeal/",
    "POST /api/v1/merchants/{merchant}/members/",
    "POST /api/v1/merchants/{merchant}/pickup-places/",
    "POST /api/v1/merchants/{merchant}/webhooks/",
    "PATCH /api/v1/merchants/{merchant}/products/{slug}/",
    "PATCH /api/v1/merchants/{merchant}/products/{slug}/variants/{id}/",
    "POST /api/v1/merchants/{merchant}/products/",
    "POST /api/v1/merchants/{merchant}/products/{slug}/variants/",
    "POST /api/v1/merchants/{merchant}/products/{slug}/variants/{id}/stock/",
    "POST /api/v1/merchants/{merchant}/products/{slug}/variants/{id}/prices/",
    "POST /api/v1/merchants/{merchant}/orders/{code}/parcels/",
    "POST /api/v1/merchants/{merchant}/messages/{id}/",
    "POST /api/v1/messages/",
    "POST /api/v1/messages/{id}/",
    "POST /api/v1/orders/{code}/cancel/",
    "POST /api/v1/orders/{code}/cancel-items/",
    "POST /api/v1/orders/{code}/question/",
    "POST /api/v1/products/{slug}/ratings/",
    "POST /api/v1/orders/{code}/returns/",
    "POST /api/v1/profile/",
    "POST /api/v1/samples/",
    "POST /api/v1/sponsorships/",
    "POST /api/v1/sponsorships/{code}/",
    "POST /api/v1/viewer/collections/",
}


def send(client: Client, path: str, body: dict[str, Any] | None = None, key: str = "key-12345") -> Any:
    headers = {"Idempotency-Key": key}
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)


def assert_once(client: Client, path: str, body: dict[str, Any], other: dict[str, Any]) -> Any:
    """Send a request twice, and with another body. Return the answer of the first two."""
    first, again, wrong = send(client, path, body), send(client, path, body), send(client, path, other)
    assert 200 <= first.status_code < 300, first.content
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert wrong.status_code == 422, wrong.content
    return first


def test_schema_documents_the_key_where_it_is_honoured(client: Client) -> None:
    schema: dict[str, Any] = yaml.safe_load(client.get("/api/v1/schema/").content)
    documented = {
        f"{method.upper()} {path}"
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", ())
        if parameter["name"] == "Idempotency-Key"
    }
    assert documented >= KEYED
    assert {name for name in documented if "/report/" not in name} == {name for name in KEYED if "/report/" not in name}


def test_bag(client: Client) -> None:
    make_product("mug")
    assert_once(client, "bag/", {"product": "mug", "quantity": 2}, {"product": "mug", "quantity": 3})
    assert BagLine.objects.get().quantity == 2
    assert send(Client(), "bag/", {"product": "mug"}).status_code == 200  # a key belongs to one session


def test_addresses(as_shopper: Client) -> None:
    assert_once(as_shopper, "addresses/", ADDRESS, {**ADDRESS, "street": "2 Side Street"})
    assert Address.objects.count() == 1


def test_collections(as_shopper: Client) -> None:
    assert_once(as_shopper, "viewer/collections/", {"name": "Gifts"}, {"name": "Garden"})
    assert [collection.name for collection in Collection.objects.all()] == ["Gifts"]


def test_cancelling_and_returning(as_shopper: Client, shopper: Any) -> None:
    Address.objects.create(user=shopper, **ADDRESS)
    make_product("mug", stock=5)
    code = buy(as_shopper, {"product": "mug", "quantity": 2}).json()["code"]
    body = {"lines": [{"product": "mug", "quantity": 1}], "reason": "Broken"}
    assert_once(as_shopper, f"orders/{code}/returns/", body, {**body, "reason": "Other"})
    assert Refund.objects.count() == 1
    code = buy(as_shopper, {"product": "mug"}, key="key-0002").json()["code"]
    assert_once(as_shopper, f"orders/{code}/cancel/", {}, {"x": 1})
    assert Order.objects.get(code=code).refunds.count() == 1


def test_clips(as_creator: Client, creator: Creator) -> None:
    draft = make_draft(creator)
    assert_once(as_creator, f"clips/{draft.code}/submit/", {}, {"x": 1})
    assert Enrolment.objects.get().held_count == 1
    assert_once(as_creator, f"clips/{make_waiting_clip(creator).code}/withdraw/", {}, {"x": 1})
    campaign = make_campaign()
    assert campaign.terms is not None
    terms = {"terms_version": campaign.terms.version}
    assert_once(as_creator, f"campaigns/{campaign.slug}/enrol/", terms, {**terms, "x": 1})


def test_reports(client: Client) -> None:
    clip = make_published_clip()
    body = {"reason": "other", "words": "Wrong price"}
    assert_once(client, f"clips/{clip.code}/report/", body, {**body, "words": "Other"})
    assert Report.objects.count() == 1


def test_comments(as_creator: Client) -> None:
    clip = make_published_clip()
    assert_once(as_creator, f"clips/{clip.code}/comments/", {"words": "Hello"}, {"words": "Hello!"})
    assert Comment.objects.count() == 1


def test_profile(as_shopper: Client, shopper: Any) -> None:
    EmailAddress.objects.update_or_create(user=shopper, email=shopper.email, defaults={"verified": True})
    body = {"handle": "sam_buys", "display_name": "Sam", "is_16_or_over": True}
    assert_once(as_shopper, "profile/", body, {**body, "handle": "sam_sells"})
    assert Creator.objects.get().handle == "sam_buys"


def test_refused_request_leaves_no_key_behind(client: Client) -> None:
    product = make_product("mug", stock=0)
    assert send(client, "bag/", {"product": "mug"}).status_code == 409
    assert not IdempotencyKey.objects.exists()
    type(product).objects.update(stock=1)
    assert send(client, "bag/", {"product": "mug"}).status_code == 200


def test_key_is_of_one_operation_and_one_user(as_shopper: Client, stranger: Any) -> None:
    make_product("mug")
    for path, body in (("bag/", {"product": "mug"}), ("addresses/", ADDRESS)):
        assert send(as_shopper, path, body).status_code < 300
    assert send(client_of(stranger), "addresses/", ADDRESS).status_code == 201
    assert Address.objects.count() == 2
    assert IdempotencyKey.objects.filter(created_at__lte=timezone.now()).count() == 3
