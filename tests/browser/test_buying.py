"""Buying in a real browser: the product sheet with its total, addresses by country, and the checkout page."""

import re
from html import unescape
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from catalog.models import Product
from shop.models import Order, ShippingOption, ShippingZone, TaxRate
from tests.browser.films import film_clip
from tests.browser.test_feed import PLAYING, open_feed, open_product
from tests.factories import NOW, make_product


@pytest.fixture
def clips(transactional_db: None) -> list[Any]:
    return [film_clip(number) for number in range(2)]


@pytest.fixture
def feed(phone: Page, clips: list[Any]) -> Page:
    open_feed(phone, clips)
    return phone


def fill_address(sheet: Locator) -> None:
    for name, value in {
        "email": "ada@example.org",
        "name": "Ada Byron",
        "street": "12 St James's Square",
        "postal_code": "10001",
        "city": "New York",
    }.items():
        sheet.locator(f"[name={name}]").fill(value)
    sheet.locator("[name=region]").select_option("NY")


def open_sheet(feed: Page) -> Locator:
    feed.wait_for_function(PLAYING % 0)
    open_product(feed)
    return feed.locator("[data-sheet]")


def test_changed_price_is_shown_and_confirmed_again(feed: Page, clips: list[Any]) -> None:
    sheet = open_sheet(feed)
    sheet.locator("[data-buy]").click()
    fill_address(sheet)
    sheet.get_by_role("button", name="Continue").click()
    expect(sheet.locator("[data-buy]")).to_have_text(re.compile(r"Confirm · \$24\.98"))
    Product.objects.update(price_minor=5900)
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=problem]")).to_contain_text("The total has changed.")
    expect(sheet.locator("[data-buy]")).to_have_text(re.compile(r"Confirm · \$59\.00"))
    assert not Order.objects.exists()
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=done-head]")).to_be_focused()
    assert Order.objects.get().total_minor == 5900


def test_sheet_names_the_tax_and_shows_it_anew_with_each_total(feed: Page, clips: list[Any]) -> None:
    TaxRate.objects.create(country_code="US", region="NY", rate_bps=800, valid_from=NOW.date())
    sheet = open_sheet(feed)
    sheet.locator("[data-buy]").click()
    fill_address(sheet)
    sheet.get_by_role("button", name="Continue").click()
    expect(sheet.locator("[data-tax]")).to_have_text(["Tax 8%", "$2.00"])
    Product.objects.update(price_minor=5900)
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-tax]")).to_have_text(["Tax 8%", "$4.72"])


def test_sheet_asks_for_the_fields_of_the_country_and_keeps_what_was_typed(feed: Page, clips: list[Any]) -> None:
    sheet = open_sheet(feed)
    sheet.locator("[data-buy]").click()
    fill_address(sheet)
    sheet.locator("[name=country_code]").select_option("AE")
    expect(sheet.get_by_label("Emirate")).to_be_visible()
    expect(sheet.locator("[name=street]")).to_have_value("12 St James's Square")
    expect(sheet.get_by_label("ZIP code")).to_have_count(0)
    sheet.get_by_label("Emirate").select_option(label="Dubai")
    sheet.locator("[name=phone]").fill("050 123")
    sheet.get_by_role("button", name="Continue").click()
    expect(sheet.locator(".field--wrong")).to_contain_text("Write a complete phone number")
    expect(sheet.locator(".field__error")).to_be_in_viewport(ratio=1)
    expect(sheet.get_by_label("Phone")).to_have_attribute("type", "tel")
    sheet.locator("[name=country_code]").select_option("US")
    expect(sheet.locator("[name=city]")).to_have_value("New York")
    sheet.locator("[name=country_code]").select_option("AE")
    sheet.get_by_label("Emirate").select_option(label="Dubai")
    sheet.locator("[name=phone]").fill("٠٥٠ ١٢٣ ٤٥٦٧")
    sheet.get_by_role("button", name="Continue").click()
    expect(sheet.locator("[data-part=destination]")).to_contain_text("Dubai")
    expect(sheet.locator("[data-part=destination] bdi[dir=ltr]")).to_have_text(["ada@example.org", "+971501234567"])
    expect(sheet.get_by_text("This is a demo shop.")).to_be_visible()
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=done-head]")).to_be_focused()
    assert Order.objects.get().phone == "+971501234567"


def test_late_answer_about_a_country_does_not_replace_the_fields_of_the_next(feed: Page) -> None:
    sheet = open_sheet(feed)
    sheet.locator("[data-buy]").click()
    fill_address(sheet)
    late: list[Route] = []
    feed.route(re.compile("country_code=CA"), lambda route: late.append(route))
    with feed.expect_request(re.compile("country_code=CA")):
        sheet.locator("[name=country_code]").select_option("CA")
    sheet.locator("[name=country_code]").select_option("AE")
    expect(sheet.get_by_label("Emirate")).to_be_visible()
    with feed.expect_response(re.compile("country_code=CA")) as waiting:
        late[0].continue_()
    waiting.value.finished()
    feed.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    expect(sheet.get_by_label("Emirate")).to_be_visible()
    expect(sheet.get_by_label("Postal code")).to_have_count(0)


def test_late_quote_leads_away_from_no_other_product(feed: Page) -> None:
    sheet = open_sheet(feed)
    late: list[Route] = []
    feed.route(re.compile("/api/v1/quote/"), lambda route: late.append(route))
    with feed.expect_request(re.compile("/api/v1/quote/")):
        sheet.locator("[data-buy]").click()
    sheet.locator("[data-close]").first.click()
    open_product(feed)
    with feed.expect_response(re.compile("/api/v1/quote/")) as waiting:
        late[0].continue_()
    waiting.value.finished()
    expect(sheet.locator("[data-buy]")).not_to_have_attribute("aria-busy", "true")
    expect(sheet.locator("[data-view=product]")).to_be_visible()
    expect(sheet.locator("[data-view=address]")).to_be_hidden()
    feed.unroute(re.compile("/api/v1/quote/"))
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-view=address]")).to_be_visible()


def test_order_whose_answer_is_lost_is_placed_once(feed: Page, clips: list[Any]) -> None:
    sheet = open_sheet(feed)
    sheet.locator("[data-buy]").click()
    fill_address(sheet)
    sheet.get_by_role("button", name="Continue").click()
    expect(sheet.get_by_role("heading", name="Check your order")).to_be_visible()

    def lose_answer(route: Route) -> None:
        assert route.fetch().status == 201
        route.abort("connectionreset")

    feed.route("**/api/v1/checkout/", lose_answer, times=1)
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=problem]")).to_contain_text("your order may have arrived. Look under Orders")
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=done-head]")).to_be_focused()
    assert Order.objects.count() == 1


def test_two_taps_to_an_order(feed: Page, clips: list[Any]) -> None:
    feed.wait_for_function(PLAYING % 0)
    open_product(feed)
    sheet = feed.locator("[data-sheet]")
    expect(sheet).to_be_visible()
    expect(sheet.locator("[data-part=price]")).to_have_text("$19.99")
    feed.get_by_role("button", name="Increase quantity").click()
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("#buy-email")).to_be_focused()
    fill_address(sheet)
    sheet.get_by_role("button", name="Continue").click()
    expect(sheet.get_by_role("heading", name="Check your order")).to_be_visible()
    expect(sheet.locator("[data-part=destination]")).to_contain_text("New York, NY 10001")
    expect(sheet.locator("[data-part=total]")).to_have_text("$39.98")
    expect(sheet.locator("[data-buy]")).to_have_text(re.compile(r"Confirm · \$39\.98"))
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=done-head]")).to_be_focused()
    order = Order.objects.get()
    expect(sheet.locator("[data-part=done-words]")).to_contain_text(order.code)
    line = order.lines.get()
    assert line.quantity == 2 and line.clip in clips
    assert feed.url.endswith("/")
    sheet.get_by_role("button", name="Keep watching").click()
    expect(sheet).not_to_be_visible()


def test_checkout_page_follows_the_country_and_confirms_a_new_total(phone: Page, transactional_db: None) -> None:
    make_product("mug", price_minor=2900, stock=5)
    phone.goto("/p/mug/")
    phone.get_by_role("button", name="Buy now").click()
    phone.wait_for_url("**/checkout/")
    expect(phone.get_by_role("button", name="Show the fields of this country").first).to_be_hidden()
    for name, value in {"email": "a@example.org", "name": "Ada", "street": "Marina Walk 5", "city": "Nowhere"}.items():
        phone.locator(f"form[data-swaps] [name={name}]").fill(value)
    phone.locator("[name=country_code]").select_option("AE")
    expect(phone.locator("select[name=region]")).to_be_visible()
    expect(phone.locator("[name=street]")).to_have_value("Marina Walk 5")
    expect(phone.get_by_text("Delivery to: United Arab Emirates")).to_be_visible()
    phone.locator("select[name=region]").select_option(label="Dubai")
    Product.objects.update(price_minor=3100)
    phone.get_by_role("button", name="Place order · $33.99").click()
    expect(phone.locator("#refusal")).to_contain_text("The total has changed.")
    expect(phone.locator("[name=street]")).to_have_value("Marina Walk 5")
    phone.get_by_role("button", name="Place order · $35.99").click()
    phone.wait_for_url(re.compile("/orders/"))
    assert Order.objects.get().label_lines[-2:] == ["Dubai", "United Arab Emirates"]
    assert "Dubai" in unescape(phone.content())


def test_checkout_page_counts_the_tax_of_the_chosen_region(desktop: Page, transactional_db: None) -> None:
    make_product("mug", price_minor=2000, stock=5)
    TaxRate.objects.create(country_code="US", region="CA", rate_bps=725, valid_from=NOW.date())
    desktop.goto("/p/mug/")
    desktop.get_by_role("button", name="Buy now").click()
    desktop.wait_for_url("**/checkout/")
    for region, total in (("CA", "$26.80"), ("OR", "$24.99")):
        desktop.locator("select[name=region]").select_option(region)
        expect(desktop.get_by_role("button", name=f"Place order · {total}")).to_be_visible()
    desktop.get_by_role("button", name="Place order").click()
    expect(desktop.locator("[name=email]")).to_be_focused()


def test_sheet_offers_the_shipping_options(feed: Page, clips: list[Any]) -> None:
    zone = ShippingZone.objects.create(name="Home", countries=["US"])
    for name, price_minor in (("Standard", 500), ("Express", 3000)):
        ShippingOption.objects.create(zone=zone, name=name, price_minor=price_minor)
    sheet = open_sheet(feed)
    sheet.locator("[data-buy]").click()
    fill_address(sheet)
    sheet.get_by_role("button", name="Continue").click()
    expect(sheet.locator("[data-part=total]")).to_have_text("$24.99")
    options = sheet.locator("select[data-part=shipping-options]")
    options.select_option(label="\u2068Express\u2069 · $30.00")
    expect(sheet.locator("[data-part=total]")).to_have_text("$49.99")
    expect(sheet.get_by_text("A discount code?")).to_be_visible()
    label = sheet.locator("dt", has_text="Shipping").bounding_box()
    assert label is not None and label["height"] < 60, "the promise leaves the label room for a word"
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=done-head]")).to_be_focused()
    assert Order.objects.values_list("shipping_name", "total_minor").get() == ("Express", 4999)
