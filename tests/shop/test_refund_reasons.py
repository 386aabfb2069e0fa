"""A reason that the shop gives for a refund is read in the language of the reader, not of whoever caused it."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext, override

from shop.mail import mail_orders
from shop.models import Order, Refund
from shop.refund_reasons import CANCELLED, DISPUTE_LOST, PAID_TOO_LATE
from shop.refunds import plan_late_refund, plan_refund
from tests.conftest import client_of, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]


def in_language(code: str, text: str) -> str:
    with override(code):
        return gettext(text)


def test_every_reason_is_translated() -> None:
    for reason in (CANCELLED, PAID_TOO_LATE, DISPUTE_LOST):
        assert len({in_language(code, reason) for code in ("en", "ar", "he")}) == 3


@pytest.mark.parametrize(("spoken", "language"), [("ar", "en"), ("en", "ar"), ("he", "ar")])
def test_email_about_a_cancelled_order_is_in_one_language(
    as_shopper: Client, paid_order: Order, mailoutbox: list[EmailMessage], spoken: str, language: str
) -> None:
    Order.objects.update(language=language)
    page = as_shopper.post(f"/orders/{paid_order.code}/cancel/", headers={"Accept-Language": spoken})
    assert page.status_code == 302
    Refund.objects.update(state="done", settled_at=timezone.now())
    mail_orders(now=timezone.now())
    body = str(mailoutbox[-1].body)
    assert in_language(language, CANCELLED) in body and in_language(spoken, CANCELLED) not in body
    for code in ("en", "ar", "he"):
        answer = as_shopper.get(f"/api/v1/orders/{paid_order.code}/returns/", headers={"Accept-Language": code})
        assert [entry["reason"] for entry in answer.json()["returns"]] == [in_language(code, CANCELLED)]


def test_staff_read_reasons_in_their_language_and_words_as_they_were_written(paid_order: Order) -> None:
    with override("he"):
        plan_refund(order_id=paid_order.pk, created_by=None, now=timezone.now(), reason="נשבר")
    staff = client_of(make_staff("desk@example.com", "shop"))
    for reason, shown in ((DISPUTE_LOST, in_language("ar", DISPUTE_LOST)), ("נשבר", "נשבר")):
        Refund.objects.update(reason=reason, decline_reason=reason)
        refund = Refund.objects.get()
        pages = (
            "/admin/shop/refund/",
            f"/admin/shop/refund/{refund.pk}/change/",
            f"/admin/shop/order/{paid_order.pk}/change/",
        )
        for path in pages:
            assert shown in staff.get(path, headers={"Accept-Language": "ar"}).content.decode(), path


def test_late_payment_is_explained_in_english_to_staff_who_read_english(paid_order: Order) -> None:
    Order.objects.update(state="cancelled", paid_at=None, cancelled_at=timezone.now())
    paid_order.refresh_from_db()
    with override("ar"):
        plan_late_refund(order=paid_order, amount_minor=paid_order.total_minor, now=timezone.now())
    assert Refund.objects.get().local_reason == PAID_TOO_LATE
