"""Shoppers return what each merchant sold to that merchant, which answers; the house refunds."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from catalog.models import Merchant, MerchantRole
from shop.mail import mail_orders
from shop.models import Order, Refund
from shop.refunds import plan_refund
from tests.conftest import client_of
from tests.factories import make_member
from tests.shop.delivery.conftest import deliver_all, line_of
from tests.shop.delivery.merchants import as_chairs, as_lamps, chairs, lamps, owner, shared_order

__all__ = ["as_chairs", "as_lamps", "chairs", "lamps", "owner", "shared_order"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def returns(shared_order: Order, as_shopper: Client) -> dict[str, Refund]:
    """Return the shopper's returns of a lamp and the chair, which were asked for at once, by merchant."""
    deliver_all(shared_order, merchant="lamps")
    deliver_all(shared_order, merchant="chairs")
    data = {f"line-{line_of(shared_order, slug).pk}": "1" for slug in ("lamp", "chair")}
    assert as_shopper.post(f"/orders/{shared_order.code}/return/", data | {"reason": "Too bright"}).status_code == 302
    return {refund.lines.get().order_line.merchant.slug: refund for refund in Refund.objects.all()}


def states(returns: dict[str, Refund]) -> dict[str, str]:
    return dict(
        Refund.objects.filter(pk__in=[row.pk for row in returns.values()]).values_list(
            "lines__order_line__merchant__slug", "state"
        )
    )


def test_what_two_merchants_sold_becomes_two_returns(
    returns: dict[str, Refund], as_lamps: Client, as_chairs: Client
) -> None:
    assert states(returns) == {"lamps": "requested", "chairs": "requested"}
    page = as_lamps.get("/merchant/returns/").content.decode()
    assert "1 × <bdi>Lamp</bdi>" in page and "Chair" not in page
    assert "Too bright" in as_chairs.get(f"/merchant/returns/{returns['chairs'].pk}/").content.decode()
    assert as_chairs.get(f"/merchant/returns/{returns['lamps'].pk}/").status_code == 404


def test_a_return_is_accepted_received_and_left_to_the_house(
    returns: dict[str, Refund], as_lamps: Client, shared_order: Order, mailoutbox: list[EmailMessage]
) -> None:
    url = f"/merchant/returns/{returns['lamps'].pk}/"
    mail_orders(now=timezone.now())
    assert as_lamps.post(f"{url}accept/").status_code == 302
    mail_orders(now=timezone.now())
    [accepted] = [mail for mail in mailoutbox if mail.subject.endswith("was accepted")]
    assert "Send them to:\nLamp House\nLamp House Ltd.\n3 Mill Lane\nDublin\n" in accepted.body
    line = returns["lamps"].lines.get()
    assert as_lamps.post(url, {f"line-{line.pk}": "0"}).status_code == 409
    assert as_lamps.post(url, {f"line-{line.pk}": "2"}).status_code == 422
    assert states(returns)["lamps"] == "accepted"
    assert as_lamps.post(url, {f"line-{line.pk}": "1", "is_restocked": "on"}).status_code == 302
    refund = Refund.objects.get(pk=returns["lamps"].pk)
    assert (refund.state, refund.is_restocked, refund.amount_minor) == ("received", True, 0)
    assert as_lamps.post(url, {f"line-{line.pk}": "1"}).status_code == 409
    shared_order.refresh_from_db()
    assert shared_order.refunded_minor == 0
    assert "The shop refunds what arrived." in as_lamps.get(url).content.decode()


def test_a_return_is_declined_with_a_reason(returns: dict[str, Refund], as_lamps: Client, as_shopper: Client) -> None:
    url, code = f"/merchant/returns/{returns['lamps'].pk}/", returns["lamps"].order.code
    assert as_lamps.post(f"{url}decline/").status_code == 422
    assert states(returns)["lamps"] == "requested"
    as_lamps.post(f"{url}decline/", {"reason": "It was opened."})
    assert states(returns) == {"lamps": "refused", "chairs": "requested"}
    assert "It was opened." in as_shopper.get(f"/orders/{code}/").content.decode()
    as_lamps.post(f"{url}accept/")
    assert states(returns)["lamps"] == "refused"


def test_packers_do_not_answer_returns(returns: dict[str, Refund], lamps: Merchant) -> None:
    client = client_of(make_member(lamps, MerchantRole.PACKER))
    assert "/merchant/returns/" not in client.get("/merchant/").content.decode()
    assert client.post(f"/merchant/returns/{returns['lamps'].pk}/accept/").status_code == 403
    assert states(returns)["lamps"] == "requested"


def api(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/merchants/lamps/{path}", body or {}, content_type="application/json")


def test_the_api_answers_returns(returns: dict[str, Refund], as_lamps: Client) -> None:
    [shown] = as_lamps.get("/api/v1/merchants/lamps/returns/").json()["results"]
    assert (shown["state"], shown["lines"][0]["product"], shown["reason"]) == ("requested", "lamp", "Too bright")
    own, other = f"returns/{shown['id']}/", f"returns/{returns['chairs'].pk}/"
    arrived = {"lines": [{"line": shown["lines"][0]["id"], "quantity": 1}], "is_restocked": True}
    assert api(as_lamps, f"{own}receive/", arrived).status_code == 409
    assert api(as_lamps, f"{own}decline/").status_code == 400
    assert api(as_lamps, f"{other}accept/").status_code == 404
    assert api(as_lamps, f"{own}accept/").json()["state"] == "accepted"
    assert api(as_lamps, f"{own}accept/").status_code == 409
    assert api(as_lamps, f"{own}receive/", arrived).json()["lines"][0]["received_quantity"] == 1
    assert states(returns) == {"lamps": "received", "chairs": "requested"}


def test_the_api_packs_and_sends(shared_order: Order, as_lamps: Client) -> None:
    [shown] = as_lamps.get("/api/v1/merchants/lamps/orders/?to_pack=true").json()["results"]
    assert [line["product"] for line in shown["lines"]] == ["lamp", "shade"]
    assert "1 Main Street" in shown["address"] and shown["phone"] == ""
    lines = [{"line": line["id"], "quantity": line["unpacked_quantity"]} for line in shown["lines"]]
    path = f"orders/{shared_order.code}/parcels/"
    foreign = [{"line": line_of(shared_order, "mug").pk, "quantity": 1}]
    assert api(as_lamps, path, {"lines": foreign}).status_code == 409
    assert api(as_lamps, path, {"lines": []}).status_code == 400
    parcel = api(as_lamps, path, {"lines": lines})
    assert (parcel.status_code, parcel.json()["state"]) == (201, "packed")
    assert api(as_lamps, path, {"lines": lines}).status_code == 409
    step = f"parcels/{parcel.json()['id']}/"
    assert api(as_lamps, f"{step}send/", {"carrier": "<b>"}).status_code == 400
    sent = api(as_lamps, f"{step}send/", {"carrier": "DHL", "tracking_number": "JD 1"})
    assert (sent.json()["state"], sent.json()["tracking_number"]) == ("sent", "JD1")
    assert api(as_lamps, f"{step}send/", {"carrier": "DHL"}).status_code == 409
    assert api(as_lamps, f"{step}burn/").status_code == 404
    assert api(as_lamps, f"{step}deliver/").json()["state"] == "delivered"
    assert as_lamps.get("/api/v1/merchants/lamps/orders/?to_pack=true").json()["results"] == []
    assert as_lamps.get(f"/api/v1/merchants/lamps/orders/{shared_order.code}/").json()["parcels"][0]["carrier"] == "DHL"


def test_merchants_get_an_email_about_what_comes_back_and_what_is_refunded(
    returns: dict[str, Refund], lamps: Merchant, shared_order: Order, mailoutbox: list[EmailMessage]
) -> None:
    Merchant.objects.filter(pk=lamps.pk).update(email="hello@lamps.example")
    mail_orders(now=timezone.now())
    asked = [mail for mail in mailoutbox if mail.to == ["hello@lamps.example"]][-1]
    assert asked.subject == f"Return of order {shared_order.code}"
    assert "1 × Lamp\n" in asked.body and "Chair" not in asked.body and "Too bright" not in asked.body
    assert f"/merchant/returns/{returns['lamps'].pk}/" in asked.body
    mailoutbox.clear()
    plan_refund(
        order_id=shared_order.pk,
        quantities={line_of(shared_order, slug).pk: 1 for slug in ("shade", "chair", "mug")},
        created_by=None,
        now=timezone.now(),
    )
    refund = Refund.objects.latest("pk")
    Refund.objects.filter(pk=refund.pk).update(state="done")
    mail_orders(now=timezone.now())
    [told] = [mail for mail in mailoutbox if mail.to == ["hello@lamps.example"]]
    assert told.subject == f"Refund of order {shared_order.code}"
    assert "1 × Shade\n" in told.body and "Chair" not in told.body and "Mug" not in told.body
    count = len(mailoutbox)
    mail_orders(now=timezone.now())
    assert len(mailoutbox) == count
