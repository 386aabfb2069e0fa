"""Hashtags and people are suggested while somebody types, and chosen with the keyboard, from right to left too."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, sign_in
from tests.browser.test_accessibility import violations
from tests.factories import PASSWORD, make_creator, make_published_clip, make_user


def press_and_wait(page: Page, typed: str, suggestion: str) -> None:
    page.locator("textarea[name=words]").press_sequentially(typed)
    expect(page.get_by_role("option")).to_contain_text([suggestion])


def test_suggestions_are_chosen_with_the_keyboard(chromium: Browser, site: str, transactional_db: None) -> None:
    ann = make_creator("ann", user=make_user(language="ar", adult_confirmed_at=None))
    make_creator("mayabell", display_name="Maya Bell")
    clip = make_published_clip(caption="My #قهوة_الصباح and #Summer")
    context = chromium.new_context(base_url=site, **PHONE)
    page = context.new_page()
    sign_in(page, ann.user.email, PASSWORD)
    page.goto(f"/c/{clip.code}/comments/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    field = page.locator("textarea[name=words]")
    press_and_wait(page, "مرحبا #قه", "#قهوة_الصباح")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_attribute("aria-selected", "true")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(field).to_have_value("مرحبا #قهوة_الصباح ")
    expect(page.get_by_role("option")).to_have_count(0)
    press_and_wait(page, "@MAY", "@mayabell")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(field).to_have_value("مرحبا #قهوة_الصباح @mayabell ")
    press_and_wait(page, "#su", "#Summer")
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(field).to_have_value("مرحبا #قهوة_الصباح @mayabell #su\n")
    context.close()
