"""Cards that are kept at Stripe, against the stand-in: the second tap pays, after a tick at an earlier order."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.installation import get_installation_id
from accounts.models import User
from catalog.models import Product
from shop.models import Address, KeptCard, Order, Payment, ProviderCustomer
from shop.release import expire_orders
from tests.factories import make_category, make_creator, make_product, make_published_clip
from tests.shop.conftest import ADDRESS, buy, keep, page_of, pay_with, quote, token_of
from tests.shop.stripe import StandInStripe, deliver

pytestmark = pytest.mark.django_db


def newest() -> Order:
    return Order.objects.latest("pk")


def taken(stripe: StandInStripe) -> list[int]:
    """Return the amounts that the stand-in has collected."""
    return [charge["amount"] for charge in stripe.all_of("charge")]


def test_card_is_kept_only_with_the_tick(
    as_shopper: Client, mug: Product, stripe: StandInStripe, shopper: User
) -> None:
    assert quote(as_shopper, {"product": "mug"}).json()["can_keep_card"]
    buy(as_shopper, {"product": "mug"}, "key-0001")
    stripe.pay(page_of(newest()))
    deliver(as_shopper, stripe)
    assert (stripe.all_of("customer"), KeptCard.objects.count()) == ([], 0)
    kept = keep(as_shopper, stripe)
    customer = ProviderCustomer.objects.get()
    assert (kept.label, kept.fingerprint, kept.customer.user) == ("Visa •••• 4242", "card_of_a_shopper", shopper)
    assert not hasattr(kept, "number")
    sent = stripe.all_of("customer")[0]["metadata"]
    assert sent == {"key": customer.key, "installation": get_installation_id()}
    assert customer.key == f"{get_installation_id()}-customer-{customer.pk}"


def test_guest_keeps_no_card(client: Client, mug: Product, stripe: StandInStripe, address: dict[str, str]) -> None:
    body = {"product": "mug", "email": "guest@example.com", "address": address, "keep_card": True}
    assert not quote(client, body).json()["can_keep_card"]
    assert buy(client, body).status_code == 201
    assert (stripe.all_of("customer"), ProviderCustomer.objects.count()) == ([], 0)


def test_second_tap_pays_with_the_kept_card(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    answer = quote(as_shopper, {"product": "mug"}).json()
    assert [(one["id"], one["label"]) for one in answer["cards"]] == [(card.pk, "Visa •••• 4242")]
    response = pay_with(as_shopper, card)
    body = response.json()
    assert (response.status_code, body["state"], body["next_url"], body["next_step"]) == (201, "paid", "", "")
    payment = Payment.objects.latest("pk")
    intent = stripe.get("payment_intent", payment.reference)
    assert (intent["customer"], intent["payment_method"]) == (card.customer.reference, card.reference)
    assert intent["metadata"] == {"key": payment.key, "installation": get_installation_id()}
    assert (payment.fingerprint, payment.key in stripe.answers) == ("card_of_a_shopper", True)
    assert pay_with(as_shopper, card).status_code == 200
    deliver(as_shopper, stripe)
    assert (taken(stripe), Order.objects.filter(state="paid").count()) == ([2499, 2499], 2)


def test_total_that_changed_is_confirmed_again_before_the_card_is_charged(
    as_shopper: Client, card: KeptCard, stripe: StandInStripe
) -> None:
    Product.objects.update(price_minor=9900)
    body = {"product": "mug", "card_id": card.pk, "expected_total_minor": 2499, "expected_currency": "USD"}
    response = buy(as_shopper, body, "card-0001")
    assert (response.status_code, response.json()["quote"]["total"]["amount_minor"]) == (409, 9900)
    assert (taken(stripe), Order.objects.count(), Product.objects.get().stock) == ([2499], 1, 8)


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("generic_decline", "Your bank declined the card. Nothing was charged."),
        ("stolen_card", "Your bank declined the card. Nothing was charged."),
        ("insufficient_funds", "Your card does not have enough money on it. Nothing was charged."),
        ("expired_card", "Your card has expired. Nothing was charged."),
    ],
)
def test_declined_card_leads_to_the_payment_page(
    as_shopper: Client, card: KeptCard, stripe: StandInStripe, outcome: str, sentence: str
) -> None:
    stripe.outcome = outcome
    response = pay_with(as_shopper, card)
    body, order = response.json(), newest()
    assert (response.status_code, body["detail"]) == (402, f"{sentence} You can pay in another way.")
    assert (body["code"], body["next_url"]) == (order.code, stripe.get_session(page_of(order))["url"])
    assert (taken(stripe), Product.objects.get().stock, order.state) == ([2499], 7, "pending")
    again = pay_with(as_shopper, card)
    assert (again.status_code, again.json()["next_url"]) == (200, body["next_url"])
    stripe.pay(page_of(order))
    deliver(as_shopper, stripe)
    assert (taken(stripe), newest().state, Order.objects.count()) == ([2499, 2499], "paid", 2)


def test_card_that_was_removed_at_the_provider_is_forgotten(
    as_shopper: Client, card: KeptCard, stripe: StandInStripe
) -> None:
    stripe.detach(card.reference)
    stripe.events.clear()
    response = pay_with(as_shopper, card)
    assert response.status_code == 402
    assert response.json()["detail"].startswith("This card is no longer kept at our payment provider.")
    assert response.json()["next_url"].startswith("https://pay.example/cs_test_")
    assert (taken(stripe), quote(as_shopper, {"product": "mug"}).json()["cards"]) == ([2499], [])


def test_strangers_card_is_refused_and_nothing_is_ordered(
    as_stranger: Client, client: Client, card: KeptCard, stripe: StandInStripe
) -> None:
    for somebody in (as_stranger, client):
        body = {"product": "mug", "card_id": card.pk, "email": "x@example.com", "address": ADDRESS}
        response = buy(somebody, body, "card-0001")
        assert (response.status_code, set(response.json())) == (400, {"card_id"})
        assert somebody.delete(f"/api/v1/cards/{card.pk}/").status_code in (401, 403, 404)
        assert somebody.post(f"/cards/{card.pk}/remove/").status_code in (302, 404)
        assert somebody.post(f"/cards/{card.pk}/default/").status_code in (302, 404)
    assert (Order.objects.count(), taken(stripe), KeptCard.objects.get().removed_at) == (1, [2499], None)


def test_bank_confirms_on_its_own_page(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    stripe.outcome = "authenticate"
    body = pay_with(as_shopper, card).json()
    payment = Payment.objects.latest("pk")
    assert (body["next_step"], body["next_url"]) == ("confirmation", f"https://pay.example/3ds/{payment.reference}")
    assert (body["state"], taken(stripe)) == ("pending", [2499])
    assert pay_with(as_shopper, card).json()["next_url"] == body["next_url"]
    back = stripe.authenticate(payment.reference)
    stripe.events.clear()  # no webhook has arrived
    page = as_shopper.get(back.removeprefix("http://testserver").removeprefix("http://localhost:8000"))
    assert "Thank you for your order!" in page.content.decode()
    assert (newest().state, taken(stripe)) == ("paid", [2499, 2499])


def test_confirmation_that_failed_is_said_on_return(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    stripe.outcome = "authenticate"
    pay_with(as_shopper, card)
    stripe.authenticate(Payment.objects.latest("pk").reference, is_confirmed=False)
    order = newest()
    page = as_shopper.get(f"/orders/{order.code}/?returned=1").content.decode()
    assert "Your bank did not confirm the payment. Nothing was charged." in page
    assert "Pay $24.99 with \u2066Visa ••••\u00a04242\u2069" in page
    assert "Pay in another way" in page
    stripe.outcome = ""
    as_shopper.post(f"/orders/{order.code}/pay/", {"card": str(card.pk)})
    assert (newest().state, taken(stripe)) == ("paid", [2499, 2499])


def test_other_means_close_the_confirmation_that_was_begun(
    as_shopper: Client, card: KeptCard, stripe: StandInStripe
) -> None:
    stripe.outcome = "authenticate"
    pay_with(as_shopper, card)
    order, intent = newest(), Payment.objects.latest("pk").reference
    as_shopper.post(f"/orders/{order.code}/pay/", {"card": ""})
    assert stripe.get("payment_intent", intent)["status"] == "canceled"
    stripe.outcome = ""
    page = page_of(order)
    as_shopper.post(f"/orders/{order.code}/pay/", {"card": str(card.pk)})
    assert (stripe.get_session(page)["status"], newest().state, taken(stripe)) == ("expired", "paid", [2499, 2499])


def test_order_that_expires_cancels_the_confirmation(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    stripe.outcome = "authenticate"
    pay_with(as_shopper, card)
    assert expire_orders(now=timezone.now() + timedelta(hours=1)) == 1
    intent = stripe.get("payment_intent", Payment.objects.latest("pk").session)
    assert (intent["status"], newest().state, Product.objects.get().stock) == ("canceled", "cancelled", 8)


def test_lost_answer_charges_once(as_shopper: Client, card: KeptCard, stripe: StandInStripe) -> None:
    stripe.lost_answers = 2
    assert pay_with(as_shopper, card).status_code == 503
    stripe.forget_keys()
    assert pay_with(as_shopper, card).json()["state"] == "paid"
    assert (taken(stripe), Payment.objects.count()) == ([2499, 2499], 2)


def test_charge_whose_answer_and_events_were_lost_is_found(
    as_shopper: Client, card: KeptCard, stripe: StandInStripe
) -> None:
    stripe.lost_answers = 2
    pay_with(as_shopper, card)
    stripe.events.clear()
    assert expire_orders(now=timezone.now() + timedelta(hours=1)) == 0
    assert (newest().state, taken(stripe)) == ("paid", [2499, 2499])


def test_creators_kept_card_is_known_to_the_self_purchase_rule(
    client: Client, mug: Product, stripe: StandInStripe
) -> None:
    Product.objects.update(category=make_category("beauty", commission_rate_bps=1000))
    creator = make_creator()
    clip = make_published_clip(creator, products=[mug, make_product()])
    customer = ProviderCustomer.objects.create(user=creator.user, provider="stripe", reference="cus_creator")
    KeptCard.objects.create(customer=customer, reference="pm_x", fingerprint="card_c", kept_at=timezone.now())
    body = {"product": "mug", "email": "friend@example.com", "address": ADDRESS | {"street": "9 Hill"}}
    friend = Client()
    assert buy(friend, {**body, "seen": token_of(clip, friend)}).status_code == 201
    stripe.pay(page_of(newest()), fingerprint="card_c")
    deliver(client, stripe)
    line = newest().lines.get()
    assert (line.unpaid_reason, line.commission_minor) == ("related_buyer", 0)


def test_customer_whose_answer_was_lost_is_made_once(as_shopper: Client, mug: Product, stripe: StandInStripe) -> None:
    stripe.lost_answers = 2
    assert buy(as_shopper, {"product": "mug", "keep_card": True}, "keep-0001").status_code == 503
    stripe.forget_keys()
    keep(as_shopper, stripe)
    assert len(stripe.all_of("customer")) == 1
    assert Order.objects.count() == 1


def test_page_that_is_lost_after_a_declined_card_is_opened_anew(
    as_shopper: Client, card: KeptCard, stripe: StandInStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An earlier page of the same order is not taken for that of the new payment."""
    body = {"product": "mug", "expected_total_minor": 2499, "expected_currency": "USD"}
    assert buy(as_shopper, body, "card-0001").status_code == 201
    order = newest()
    stripe.outcome, page = "generic_decline", page_of(order)

    def lose_the_request(params: dict[str, str]) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(stripe, "create_session", lose_the_request)
        as_shopper.post(f"/orders/{order.code}/pay/", {"card": card.pk})
    assert stripe.get_session(page)["status"] == "expired"
    assert as_shopper.post(f"/orders/{order.code}/pay/").status_code in (200, 302)
    stripe.pay(page_of(order))
    deliver(as_shopper, stripe)
    assert (newest().state, taken(stripe)) == ("paid", [2499, 2499])


def test_whoever_pays_for_an_order_of_another_person_keeps_no_card_there(
    as_shopper: Client, as_stranger: Client, mug: Product, shopper: User, stripe: StandInStripe
) -> None:
    response = buy(as_shopper, {"product": "mug", "keep_card": True}, "keep-0001")
    order, first = newest(), response.json()["next_url"]
    opened = as_stranger.get(order.link_path, follow=True)
    assert opened.status_code == 200
    for answer in (
        as_stranger.post(f"/api/v1/orders/{order.code}/pay/", {"keep_card": True}, "application/json"),
        as_stranger.post(f"/api/v1/orders/{order.code}/pay/", {}, "application/json"),
    ):
        assert answer.status_code == 200 and answer.json()["next_url"] != first
        assert not order.payments.get(state="started").keeps_card
    stripe.pay(page_of(order), fingerprint="card_of_a_stranger")
    deliver(as_shopper, stripe)
    assert (newest().state, KeptCard.objects.count()) == ("paid", 0)
    assert [stripe.cards_of(customer["id"]) for customer in stripe.all_of("customer")] == [[]]


def test_repeated_request_gets_its_order_although_the_card_is_gone_since(
    as_shopper: Client, card: KeptCard, stripe: StandInStripe
) -> None:
    first = pay_with(as_shopper, card)
    as_shopper.post(f"/cards/{card.pk}/remove/")
    again = pay_with(as_shopper, card)
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (200, first.json()["code"], "paid")
    other = {"product": "mug", "quantity": 2, "card_id": card.pk}
    assert buy(as_shopper, other, "card-0001").status_code == 422
    assert buy(as_shopper, other, "card-0002").status_code == 400
    assert (taken(stripe), Order.objects.count()) == ([2499, 2499], 2)


def test_repeated_request_gets_its_order_although_the_address_is_gone_since(
    as_shopper: Client, saved_address: Address, mug: Product, stripe: StandInStripe
) -> None:
    body = {"product": "mug", "address_id": saved_address.pk}
    first = buy(as_shopper, body | {"expected_total_minor": 2499, "expected_currency": "USD"})
    saved_address.delete()
    again = buy(as_shopper, body | {"expected_total_minor": 2499, "expected_currency": "USD"})
    assert (again.status_code, again.json()["code"]) == (200, first.json()["code"])
    assert again.json()["next_url"] == first.json()["next_url"]
