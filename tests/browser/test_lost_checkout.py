"""A checkout whose session has expired goes on after signing in, with the address that was typed."""

from playwright.sync_api import Page, expect

from shop.models import Address, Order
from tests.browser.conftest import sign_in
from tests.browser.test_drafts import expire_sessions, sign_in_again
from tests.factories import PASSWORD, make_product, make_user
from tests.shop.conftest import ADDRESS


def test_typed_address_is_put_back_and_ordered_to(desktop: Page, transactional_db: None) -> None:
    make_product("mug", name="Mug")
    user = make_user("sam@example.com")
    Address.objects.create(user=user, **ADDRESS)
    sign_in(desktop, user.email, PASSWORD)
    desktop.goto("/p/mug/")
    desktop.get_by_role("button", name="Buy now").click()
    desktop.wait_for_url("**/checkout/")
    desktop.get_by_role("radio", name="Another address").check()
    desktop.locator("[name=country_code]").select_option("AE")
    desktop.locator("select[name=region]").select_option(label="Dubai")
    desktop.locator("[name=name]").fill("Layla")
    desktop.locator("[name=street]").fill("Marina Walk 5")
    expire_sessions()
    desktop.locator("[name=key]").locator("xpath=ancestor::form").get_by_role("button", name="Place order").click()
    expect(desktop.get_by_text("You are signed out. What you typed is kept in this browser")).to_be_visible()
    sign_in_again(desktop, user.email)
    desktop.wait_for_url("**/checkout/")
    expect(desktop.get_by_text("We put back what you had typed.")).to_be_visible()
    expect(desktop.get_by_role("radio", name="Another address")).to_be_checked()
    expect(desktop.get_by_text("Delivery to: United Arab Emirates")).to_be_visible()
    expect(desktop.locator("[name=street]")).to_have_value("Marina Walk 5")
    expect(desktop.locator("select[name=region]")).to_have_value("إمارة دبيّ")
    desktop.get_by_role("button", name="Place order").click()
    desktop.wait_for_url("**/orders/**")
    assert Order.objects.get().label_lines == ["Layla", "Marina Walk 5", "Dubai", "United Arab Emirates"]
