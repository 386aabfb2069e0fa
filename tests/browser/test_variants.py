"""Choosing a variant in a real browser: in the feed's sheet, and on the product page."""

import re

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Product, Variant
from shop.models import Address, BagLine, Order
from tests.browser.conftest import sign_in
from tests.browser.films import film_clip
from tests.browser.test_buying import fill_address, open_sheet
from tests.browser.test_feed import open_feed
from tests.conftest import client_of
from tests.factories import PASSWORD, make_product, make_user, make_variants
from tests.shop.conftest import ADDRESS, buy


@pytest.fixture
def sizes(transactional_db: None) -> list[Variant]:
    """Return sizes S, M and L of the product that the first clip shows first. L is dearer, and M is sold out."""
    film_clip(0)
    small, medium, large = make_variants(Product.objects.get(slug="thing-0-a"), "S", "M", "L")
    Variant.objects.filter(pk=medium.pk).update(stock=0)
    Variant.objects.filter(pk=large.pk).update(price_minor=2500)
    return [small, medium, large]


def test_size_is_chosen_once_and_then_two_taps_are_enough(phone: Page, sizes: list[Variant]) -> None:
    open_feed(phone, [sizes])
    sheet = open_sheet(phone)
    expect(sheet.locator("[data-part=price]")).to_have_text("from $19.99")
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=problem]")).to_have_text("Choose first: Size")
    expect(sheet.get_by_role("radio", name="S", exact=True)).to_be_focused()
    expect(sheet.get_by_role("radio", name="M (Sold out)")).not_to_be_checked()
    sheet.get_by_role("radio", name="L", exact=True).check()
    expect(sheet.locator("[data-part=price]")).to_have_text("$25.00")
    sheet.locator("[data-buy]").click()
    fill_address(sheet)
    sheet.get_by_role("button", name="Continue").click()
    expect(sheet.locator("[data-part=summary-item]")).to_have_text("1 × Thing 0A – L")
    sizes[2].delete()
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=problem]")).to_contain_text("Choose a variant of Thing 0A first: Size.")
    expect(sheet.get_by_role("radio", name="L", exact=True)).to_have_count(0)
    assert not Order.objects.exists()
    expect(sheet.get_by_role("radio", name="S", exact=True)).to_be_checked()  # the only one left to buy
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-buy]")).to_have_text(re.compile(r"Confirm · \$"))
    sheet.locator("[data-buy]").click()
    expect(sheet.locator("[data-part=done-head]")).to_be_focused()
    assert Order.objects.get().lines.get().variant_id == sizes[0].pk


def test_size_on_the_product_page_is_the_last_one(desktop: Page, sizes: list[Variant]) -> None:
    desktop.goto("/p/thing-0-a/")
    desktop.get_by_role("button", name="Add to bag").click()
    expect(desktop.get_by_role("radio", name="S", exact=True)).to_be_focused()
    desktop.keyboard.press("ArrowLeft")
    expect(desktop.get_by_role("radio", name="L", exact=True)).to_be_checked()
    expect(desktop.locator("[data-part=price]")).to_have_text("$25.00")
    desktop.keyboard.press("ArrowLeft")
    expect(desktop.locator("[data-part=stock]")).to_have_text("Sold out")
    expect(desktop.get_by_role("button", name="Buy now")).to_be_disabled()
    desktop.get_by_role("radio", name="L", exact=True).check()
    other = make_variants(make_product("shirt"), "L", "XL")[0]
    desktop.goto("/p/shirt/")
    expect(desktop.get_by_role("radio", name="L", exact=True)).to_be_checked()
    desktop.get_by_role("button", name="Add to bag").click()
    expect(desktop).to_have_url(re.compile("/bag/$"))
    assert BagLine.objects.get().variant_id == other.pk


def test_size_that_was_bought_before_is_chosen_in_a_new_browser(phone: Page, sizes: list[Variant]) -> None:
    shopper = make_user("ann@example.com")
    shirt = make_variants(make_product("shirt"), "S", "L")[1]
    Address.objects.create(user=shopper, **ADDRESS)
    order = buy(client_of(shopper), {"product": "shirt", "variant": shirt.pk})
    assert order.status_code == 201, order.content
    sign_in(phone, shopper.email, PASSWORD)
    open_feed(phone, [sizes])
    sheet = open_sheet(phone)
    expect(sheet.get_by_role("radio", name="L", exact=True)).to_be_checked()
    expect(sheet.locator("[data-part=price]")).to_have_text("$25.00")
    phone.goto("/p/thing-0-a/")
    expect(phone.get_by_role("radio", name="L", exact=True)).to_be_checked()
