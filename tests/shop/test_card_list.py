"""The list of kept cards: removal here and at the provider, the default one, and news of the provider."""

import pytest
from django.test import Client
from django.utils import timezone

from shop.kept_cards import sync_cards
from shop.models import KeptCard, Order, ProviderCustomer
from shop.reconciliation import reconcile
from tests.shop.conftest import keep, pay_with, quote
from tests.shop.stripe import StandInStripe, deliver

pytestmark = pytest.mark.django_db


def test_removed_card_is_detached_at_the_provider(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    page = as_shopper.get("/accounts/").content.decode()
    assert "Visa •••• 4242" in page
    response = as_shopper.post(f"/cards/{card.pk}/remove/", follow=True)
    assert "Visa ••••\u00a04242\u2069 is removed." in response.content.decode()
    assert stripe.get("payment_method", card.reference)["customer"] is None
    card.refresh_from_db()
    assert (card.last_four, card.fingerprint, card.detached_at is None) == ("", "", False)
    deliver(as_shopper, stripe)
    assert as_shopper.get("/api/v1/cards/").json() == []


def test_card_removed_while_the_provider_is_silent_is_detached_later(
    as_shopper: Client, card: KeptCard, stripe: StandInStripe
) -> None:
    stripe.failures = 9
    assert as_shopper.delete(f"/api/v1/cards/{card.pk}/").status_code == 204
    assert quote(as_shopper, {"product": "mug"}).json()["cards"] == []
    assert stripe.get("payment_method", card.reference)["customer"]
    stripe.failures = 0
    stripe.forget_keys()
    reconcile(now=timezone.now())
    assert stripe.get("payment_method", card.reference)["customer"] is None


def test_news_of_cards_is_followed(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    stripe.renew_card(card.reference, last4="1881", exp_year=stripe.month[0] + 5)
    deliver(as_shopper, stripe)
    card.refresh_from_db()
    assert (card.last_four, card.expiry_year) == ("1881", stripe.month[0] + 5)
    stripe.delete_customer(card.customer.reference)
    deliver(as_shopper, stripe)
    assert (ProviderCustomer.objects.count(), KeptCard.objects.count()) == (0, 0)
    assert keep(as_shopper, stripe, "keep-0002").last_four == "4242"


def test_cards_of_other_shops_customers_are_left_alone(client: Client, card: KeptCard, stripe: StandInStripe) -> None:
    other = stripe.create_customer({"email": "x@example.com", "metadata": {"key": card.customer.key}})
    stripe.add("pm", "payment_method", type="card", card={}, customer=other["id"])
    stripe.emit("payment_method.attached", stripe.all_of("payment_method")[-1])
    deliver(client, stripe)
    assert KeptCard.objects.get() == card


def test_card_that_is_kept_again_is_listed_once(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    as_shopper.patch(f"/api/v1/cards/{card.pk}/", {"is_default": True}, "application/json")
    keep(as_shopper, stripe, "keep-0002", last4="1881", fingerprint="other")
    keep(as_shopper, stripe, "keep-0003")
    sync_cards(now=timezone.now())
    cards = as_shopper.get("/api/v1/cards/").json()
    assert [(one["last_four"], one["is_default"]) for one in cards] == [("4242", True), ("1881", False)]
    assert len(stripe.cards_of(card.customer.reference)) == 2


def test_default_card_is_offered_first(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    other = keep(as_shopper, stripe, "keep-0002", last4="1881", fingerprint="other", wallet="apple_pay")
    as_shopper.post(f"/cards/{card.pk}/default/")
    as_shopper.post(f"/cards/{other.pk}/default/")
    cards = quote(as_shopper, {"product": "mug"}).json()["cards"]
    labels = [(one["label"], one["is_default"]) for one in cards]
    assert labels == [("Apple Pay · Visa •••• 1881", True), ("Visa •••• 4242", False)]


def test_only_card_is_the_default_one(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    assert [one["is_default"] for one in as_shopper.get("/api/v1/cards/").json()] == [True]
    assert "/default/" not in as_shopper.get("/accounts/").content.decode()
    other = keep(as_shopper, stripe, "keep-0002", last4="1881", fingerprint="other")
    assert not other.is_default
    as_shopper.post(f"/cards/{card.pk}/remove/")
    assert [(one["last_four"], one["is_default"]) for one in as_shopper.get("/api/v1/cards/").json()] == [
        ("1881", True)
    ]


def test_expired_card_is_listed_but_not_offered(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    KeptCard.objects.update(expiry_year=2020)
    assert quote(as_shopper, {"product": "mug"}).json()["cards"] == []
    assert pay_with(as_shopper, card).status_code == 400
    page = as_shopper.get("/accounts/").content.decode()
    assert "Expired" in page
    assert (Order.objects.count(), len(stripe.all_of("charge"))) == (1, 1)
