"""The header and the security policy of every page work in a real browser."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.factories import PASSWORD, make_product, make_user


def test_product_page_opens_under_the_security_policy(phone: Page) -> None:
    make_product("mug", price_minor=1250)
    phone.goto("/p/mug/")
    expect(phone.get_by_role("heading", name="Mug")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_sign_in_with_an_email_address(desktop: Page) -> None:
    make_user("reader@example.com")
    sign_in(desktop, "reader@example.com", PASSWORD)
    make_product("mug")
    desktop.goto("/p/mug/")
    expect(desktop.get_by_role("navigation").get_by_text("Account")).to_be_visible()
