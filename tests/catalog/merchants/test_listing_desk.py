"""Catalogue managers review what merchants list: one by one with before and after, or several at once."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from catalog.merchants.listing_reviews import approve_change, take_off_sale
from catalog.merchants.listings import change_listing
from catalog.models import ChangeState, ListingChange, Merchant, MerchantRole, Product
from tests.conftest import client_of
from tests.factories import NOW, make_member, make_merchant, make_product, make_user

pytestmark = pytest.mark.django_db
DESK = "/admin/catalog/listingchange/"


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps")


@pytest.fixture
def owner(lamps: Merchant) -> User:
    make_member(lamps, MerchantRole.PACKER)
    return make_member(lamps)


@pytest.fixture
def client(merchant: User) -> Client:
    return client_of(merchant)


def propose(lamps: Merchant, owner: User, name: str = "Floor lamp") -> ListingChange:
    product = make_product(merchant=lamps, name="Lamp", description="Warm.")
    change = change_listing(product_id=product.pk, values={"name": name}, sent_by=owner, now=NOW)
    assert change is not None
    return change


def decide(client: Client, change: ListingChange, answer: str, reason: str = "") -> str:
    body = {"answer": answer, "version": change.version, "reason": reason}
    return client.post(f"{DESK}{change.pk}/decide/", body, follow=True).content.decode()


def test_a_change_is_shown_before_and_after_and_approved(client: Client, lamps: Merchant, owner: User) -> None:
    change = propose(lamps, owner)
    assert "Products of merchants to review" in client.get("/admin/").content.decode()
    page = client.get(f"{DESK}{change.pk}/change/").content.decode()
    assert '<td dir="auto">Lamp</td>' in page and '<td dir="auto">Floor lamp</td>' in page
    assert "The decision was made" in decide(client, change, "approve")
    assert Product.objects.get().name == "Floor lamp"
    assert [(message.to, message.subject) for message in mail.outbox] == [([owner.email], "Approved: Floor lamp")]
    assert "Approved." in client.get(f"/admin/catalog/product/{change.product_id}/history/").content.decode()
    assert "Lamp" in client.get(f"{DESK}{change.pk}/change/").content.decode()


def test_a_change_is_declined_with_a_reason_that_the_merchant_reads(
    client: Client, lamps: Merchant, owner: User
) -> None:
    change = propose(lamps, owner)
    assert "Write a reason." in decide(client, change, "decline")
    assert ListingChange.objects.get().state == ChangeState.IN_REVIEW and not mail.outbox
    decide(client, change, "decline", "Say how tall it is.")
    change.refresh_from_db()
    assert (change.state, change.reason, Product.objects.get().name) == (
        *(ChangeState.REFUSED, "Say how tall it is."),
        "Lamp",
    )
    assert "Say how tall it is." in str(mail.outbox[0].body)


def test_a_decision_about_an_older_version_changes_nothing(client: Client, lamps: Merchant, owner: User) -> None:
    change = propose(lamps, owner)
    change_listing(product_id=change.product_id, values={"name": "Spam"}, sent_by=owner, now=NOW)
    assert "The merchant changed this meanwhile." in decide(client, change, "approve")
    assert Product.objects.get().name == "Lamp" and not mail.outbox


def test_several_are_approved_at_once_with_one_email(client: Client, lamps: Merchant, owner: User) -> None:
    changes = [propose(lamps, owner, f"Lamp {number}") for number in range(3)]
    asked = {"action": "approve", "_selected_action": [change.pk for change in changes]}
    page = client.post(DESK, asked)
    assert "Make 3 changes public?" in page.content.decode()
    assert Product.objects.filter(name="Lamp").count() == 3
    client.post(DESK, asked | {"confirmed": "1", "seen": page.context["question"].digest})
    assert sorted(Product.objects.values_list("name", flat=True)) == ["Lamp 0", "Lamp 1", "Lamp 2"]
    assert [message.subject for message in mail.outbox] == ["Approved: 3 products"]


def test_others_decide_nothing(lamps: Merchant, owner: User, moderator: User) -> None:
    change = propose(lamps, owner)
    for user in (moderator, owner, make_user()):
        answer = client_of(user).post(f"{DESK}{change.pk}/decide/", {"answer": "approve", "version": "1"})
        assert answer.status_code in (302, 403)
    assert Product.objects.get().name == "Lamp"


def test_a_product_that_staff_take_off_sale_after_reports_is_reviewed_again(
    lamps: Merchant, owner: User, moderator: User
) -> None:
    product = make_product("lamp", name="Lamp", merchant=lamps)
    take_off_sale(product_id=product.pk, reason="A weapon.", decided_by=moderator, now=NOW)
    member = client_of(owner)
    member.post("/merchant/products/lamp/sale/", {"sale": "on"})
    product.refresh_from_db()
    assert (product.is_listed, product.is_reviewed, product.is_active) == (True, False, False)
    assert "A weapon." in member.get("/merchant/products/lamp/").content.decode()
    assert [message.subject for message in mail.outbox] == ["Taken off sale: Lamp"]
    change = change_listing(product_id=product.pk, values={"description": "A lamp."}, sent_by=owner, now=NOW)
    product.refresh_from_db()
    assert change is not None and (change.values, product.description) == ({"description": "A lamp."}, "")
    approve_change(change_id=change.pk, version=change.version, decided_by=moderator, now=NOW)
    product.refresh_from_db()
    assert (product.description, product.is_active) == ("A lamp.", True)


@pytest.mark.parametrize("answer", ["approve", "decline"])
def test_staff_who_act_for_a_merchant_decide_about_none_of_its_products(
    client: Client, merchant: User, lamps: Merchant, owner: User, answer: str
) -> None:
    make_member(lamps, MerchantRole.PACKER, merchant)
    change = propose(lamps, owner)
    page = decide(client, change, answer, "No")
    assert "You can&#x27;t decide about a merchant for which you act." in page
    change.refresh_from_db()
    assert (change.state, Product.objects.get().name) == (ChangeState.IN_REVIEW, "Lamp")
