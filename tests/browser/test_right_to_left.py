"""In Arabic and Hebrew, pages run from right to left, fit a phone, and keep the chosen language."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories import make_creator, make_product

ADDRESSES = (
    "/p/mug/",
    "/bag/",
    "/search/",
    "/welcome/",
    "/@maya/",
    "/accounts/login/",
    "/accounts/signup/",
    "/nowhere/",
)


@pytest.mark.parametrize(("name", "language"), [("العربيّة", "ar"), ("עברית", "he")])
def test_language_chosen_in_the_footer_is_kept(phone: Page, name: str, language: str) -> None:
    make_product("mug", price_minor=1250)
    make_creator("maya")
    phone.goto("/bag/")
    phone.locator(".site-footer").get_by_role("button", name=name).click()
    expect(phone.locator("html")).to_have_attribute("lang", language)
    for address in ADDRESSES:
        phone.goto(address)
        assert phone.evaluate("[document.documentElement.lang, document.dir]") == [language, "rtl"], address
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, address
        small = phone.evaluate(
            """() => [...document.querySelectorAll('.site-nav a, .languages button, .site-footer a')]
                .filter(e => e.getClientRects().length > 0)
                .filter(e => e.getBoundingClientRect().height < 43.5 || e.getBoundingClientRect().width < 43.5)
                .map(e => e.textContent)"""
        )
        assert small == [], address


def test_brand_is_on_the_right_and_an_english_description_keeps_its_full_stop_at_its_end(phone: Page) -> None:
    make_product("mug", description="A mug. It holds coffee.")
    phone.set_extra_http_headers({"Accept-Language": "ar"})
    phone.goto("/p/mug/")
    brand = phone.locator(".brand").bounding_box()
    assert brand is not None
    assert brand["x"] > 195
    words = phone.locator(".product__words")
    assert words.evaluate("e => [e.matches(':dir(ltr)'), getComputedStyle(e).textAlign]") == [True, "right"]
