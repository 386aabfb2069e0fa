"""The upload form is saved as a draft while it is typed, and when its tab is closed."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.factories import PASSWORD, make_creator, make_user
from videos.models import Clip


def test_typed_form_is_there_after_the_tab_was_closed(desktop: Page) -> None:
    make_creator("maya", user=make_user("maya@example.com"))
    sign_in(desktop, "maya@example.com", PASSWORD)
    desktop.goto("/studio/upload/")
    desktop.locator("[name=caption]").fill("A lamp that I read by every night")
    expect(desktop.get_by_text("Draft saved.")).to_be_visible()
    desktop.locator("[name=caption]").fill("A lamp that I read by, typed to the last word")
    tab = desktop.context.new_page()
    desktop.close(run_before_unload=False)  # before the pause after which it is saved
    tab.goto("/studio/upload/")
    expect(tab.get_by_text("Continue a draft:")).to_be_visible()
    tab.get_by_role("link", name="A lamp that I read by").click()
    expect(tab.locator("[name=caption]")).to_have_value("A lamp that I read by, typed to the last word")
    assert Clip.objects.get().state == "draft"
