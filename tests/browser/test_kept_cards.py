"""A kept card in a real browser: the tick in the product sheet, and the next order in two taps."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from shop.models import Address, KeptCard, Order, TaxRate
from tests.browser.conftest import sign_in
from tests.browser.films import film_clip
from tests.browser.test_buying import open_sheet
from tests.browser.test_feed import open_feed
from tests.factories import NOW, PASSWORD, make_product, make_user
from tests.shop.conftest import ADDRESS


@pytest.fixture
def clips(transactional_db: None) -> list[Any]:
    return [film_clip(number) for number in range(2)]


@pytest.fixture
def feed(phone: Page, clips: list[Any]) -> Page:
    """Return the feed of a shopper with a saved address."""
    user = make_user("ada@example.org")
    Address.objects.create(user=user, **ADDRESS)
    sign_in(phone, user.email, PASSWORD)
    open_feed(phone, clips)
    return phone


def test_second_order_names_the_card_on_its_button(feed: Page) -> None:
    sheet = open_sheet(feed)
    sheet.locator("[data-buy]").click()
    tick = sheet.get_by_label("Keep my card for next time")
    expect(tick).not_to_be_checked()
    tick.check()
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=done-head]")).to_be_focused()
    assert KeptCard.objects.get().label == "Visa •••• 4242"
    sheet.get_by_role("button", name="Keep watching").click()

    sheet = open_sheet(feed)
    sheet.locator("[data-buy]").click()
    button = sheet.locator("[data-buy]")
    expect(button).to_have_text(re.compile(r"Pay \$24\.98 with .Visa ••••.4242"))
    expect(tick).to_be_hidden()
    sheet.get_by_label("Pay with").select_option("")
    expect(button).to_have_text(re.compile(r"Confirm · \$24\.98"))
    expect(tick).not_to_be_checked()
    sheet.get_by_label("Pay with").select_option(str(KeptCard.objects.get().pk))
    button.click()
    expect(sheet.locator("[data-part=done-head]")).to_be_focused()
    assert list(Order.objects.values_list("state", flat=True)) == ["paid", "paid"]


def test_declined_card_is_said_in_the_sheet(feed: Page) -> None:
    sheet = open_sheet(feed)
    sheet.locator("[data-buy]").click()
    sheet.get_by_label("Keep my card for next time").check()
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=done-head]")).to_be_focused()
    sheet.get_by_role("button", name="Keep watching").click()
    User.objects.filter(email="ada@example.org").update(email="declined@example.org")
    sheet = open_sheet(feed)
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-buy]")).to_have_text(re.compile("with .Visa"))
    sheet.locator("[data-buy]").click()
    expect(sheet.get_by_role("heading", name="The card was not charged")).to_be_focused()
    expect(sheet.locator("[data-part=payment-words]")).to_contain_text("Your bank declined the card.")
    order = Order.objects.latest("pk")
    expect(sheet.locator("[data-part=payment]")).to_have_attribute("href", f"/orders/{order.code}/")
    assert order.state == "pending"


def test_what_is_changed_while_the_total_is_on_its_way_stays(phone: Page, transactional_db: None) -> None:
    user = make_user("ada@example.org")
    make_product("mug", price_minor=2000, stock=5)
    TaxRate.objects.create(country_code="US", region="CA", rate_bps=725, valid_from=NOW.date())
    sign_in(phone, user.email, PASSWORD)
    phone.goto("/p/mug/")
    phone.get_by_role("button", name="Buy now").click()
    phone.wait_for_url("**/checkout/")
    form = phone.locator("form[data-swaps]")
    for name, value in {"name": "Ada", "street": "1 Mill Lane", "city": "Pariss", "postal_code": "94016"}.items():
        form.locator(f"[name={name}]").fill(value)
    late: list[Any] = []
    phone.route("**/checkout/", lambda route: late.append(route))
    with phone.expect_request("**/checkout/"):
        form.locator("select[name=region]").select_option("CA")
    phone.get_by_label("Keep my card for next time").check()
    form.locator("[name=street]").fill("")
    city = form.locator("[name=city]")
    city.fill("Paris")
    city.evaluate("(field) => field.setSelectionRange(2, 2)")
    late[0].continue_()
    button = phone.get_by_role("button", name="Place order · $26.80")
    expect(button).to_be_visible()
    phone.unroute("**/checkout/")
    expect(phone.get_by_label("Keep my card for next time")).to_be_checked()
    expect(form.locator("[name=street]")).to_have_value("")
    expect(city).to_have_value("Paris")
    expect(city).to_be_focused()
    assert city.evaluate("(field) => field.selectionStart") == 2
    form.locator("[name=street]").fill("1 Mill Lane")
    button.click()
    phone.wait_for_url(re.compile("/orders/"))
    assert KeptCard.objects.get().label == "Visa •••• 4242"
    assert "Paris, CA 94016" in Order.objects.get().label_lines
