"""Returning on a phone: a refused request keeps what was typed, is accessible, and fits in Arabic, too."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from shop.attribution import Buyer
from shop.models import Address, Order, Refund
from shop.order_payment import pay_order
from shop.orders import RequestedItem, place_order
from shop.shopper import Shopper
from tests.browser.conftest import sign_in
from tests.browser.test_accessibility import violations
from tests.factories import PASSWORD, make_product, make_user
from tests.shop.delivery.conftest import deliver_all
from tests.shop.test_taxes import GERMAN, add_rate


@pytest.fixture
def order(transactional_db: None) -> Order:
    """Return an order of three mugs with German tax, which was paid and delivered."""
    add_rate(1900)
    make_product("mug")
    user = make_user("sam@example.com")
    buyer = Buyer(Shopper(user, ""), user.email, Address(**GERMAN))
    order = place_order(buyer=buyer, items=[RequestedItem("mug", 3)], now=timezone.now())
    pay_order(order=order, now=timezone.now())
    deliver_all(order)
    return order


@pytest.mark.parametrize("language", ["en", "ar"])
def test_refused_return_keeps_what_was_typed(phone: Page, order: Order, language: str) -> None:
    User.objects.update(language=language)
    sign_in(phone, "sam@example.com", PASSWORD)
    phone.goto(f"/orders/{order.code}/")
    phone.locator("#return summary").press("Enter")
    quantity, reason = phone.locator("#return input.quantity"), phone.locator("#return textarea")
    expect(quantity).to_have_value("3")
    quantity.fill("4")
    reason.fill("Chipped")
    phone.locator("#return form").evaluate("form => form.noValidate = true")
    phone.locator("#return form button:not([type=button])").press("Enter")
    expect(phone.locator("#return .field__error, #return .errorlist")).to_be_visible()
    expect(quantity).to_have_value("4")
    expect(reason).to_have_value("Chipped")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(phone) == []
    quantity.fill("2")
    phone.locator("#return form button:not([type=button])").press("Enter")
    phone.wait_for_url(f"**/orders/{order.code}/#top")
    assert Refund.objects.get().lines.get().quantity == 2
