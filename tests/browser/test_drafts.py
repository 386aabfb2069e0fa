"""What is typed into a long form survives a session that expired meanwhile, and is dropped once it is saved."""

import time

from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from accounts.models import User
from creators.models import Creator
from tests.browser.conftest import sign_in
from tests.factories import PASSWORD, make_creator, make_product, make_user
from videos.models import Clip


def expire_sessions() -> None:
    Session.objects.all().delete()


def draft_names(page: Page) -> list[str]:
    return [name for name in page.evaluate("Object.keys(localStorage)") if name.startswith("draft:")]


def wait_for_draft(page: Page) -> None:
    deadline = time.monotonic() + 10
    while not draft_names(page) and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert draft_names(page)


def sign_in_again(page: Page, email: str) -> None:
    page.wait_for_url(lambda url: "/accounts/login/" in url)
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def test_profile_typed_in_an_expired_session_is_put_back_after_signing_in(desktop: Page) -> None:
    make_creator("maya", user=make_user("maya@example.com"))
    sign_in(desktop, "maya@example.com", PASSWORD)
    desktop.goto("/studio/profile/")
    desktop.get_by_label("About you").fill("A long story about lamps")
    expire_sessions()
    desktop.get_by_role("button", name="Save profile").click()
    sign_in_again(desktop, "maya@example.com")
    expect(desktop.get_by_label("About you")).to_have_value("A long story about lamps")
    expect(desktop.get_by_text("We put back what you had typed.")).to_be_visible()
    assert Creator.objects.get().bio == ""
    desktop.get_by_role("button", name="Save profile").click()
    expect(desktop.get_by_text("Your profile was saved.")).to_be_visible()
    expect(desktop.get_by_text("We put back what you had typed.")).to_be_hidden()
    assert Creator.objects.get().bio == "A long story about lamps"
    assert draft_names(desktop) == []


def test_draft_is_not_shown_to_the_next_person_and_can_be_discarded(desktop: Page) -> None:
    for handle in ("maya", "lou"):
        make_creator(handle, user=make_user(f"{handle}@example.com"))
    sign_in(desktop, "maya@example.com", PASSWORD)
    desktop.goto("/studio/profile/")
    desktop.get_by_label("About you").fill("Private until saved")
    wait_for_draft(desktop)
    expire_sessions()
    sign_in(desktop, "lou@example.com", PASSWORD)
    desktop.goto("/studio/profile/")
    expect(desktop.get_by_label("About you")).to_have_value("")
    expire_sessions()
    sign_in(desktop, "maya@example.com", PASSWORD)
    desktop.goto("/studio/profile/")
    expect(desktop.get_by_label("About you")).to_have_value("Private until saved")
    desktop.get_by_role("button", name="Discard it").click()
    expect(desktop.get_by_label("About you")).to_have_value("")
    desktop.reload()
    expect(desktop.get_by_label("About you")).to_have_value("")


def test_refused_form_keeps_what_the_server_shows(desktop: Page) -> None:
    make_creator("lou")
    make_creator("maya", user=make_user("maya@example.com"))
    sign_in(desktop, "maya@example.com", PASSWORD)
    desktop.goto("/studio/profile/")
    desktop.get_by_label("Handle").fill("lou")
    desktop.get_by_label("About you").fill("Still here")
    desktop.get_by_role("button", name="Save profile").click()
    expect(desktop.get_by_text("This handle is taken.")).to_be_visible()
    expect(desktop.get_by_label("About you")).to_have_value("Still here")
    expect(desktop.get_by_label("Handle")).to_have_value("lou")


def test_clip_typed_in_an_expired_session_becomes_a_draft_after_signing_in(desktop: Page) -> None:
    make_creator("maya", user=make_user("maya@example.com"))
    sign_in(desktop, "maya@example.com", PASSWORD)
    desktop.goto("/studio/upload/")
    expire_sessions()
    desktop.locator("[name=caption]").fill("A lamp that I read by every night")
    expect(desktop.get_by_text("You are signed out.")).to_be_visible()
    assert not Clip.objects.exists()
    desktop.get_by_role("button", name="Submit for review").click()
    sign_in_again(desktop, "maya@example.com")
    desktop.wait_for_url("**/studio/clips/*/edit/")
    expect(desktop.locator("[name=caption]")).to_have_value("A lamp that I read by every night")
    assert Clip.objects.get().caption == "A lamp that I read by every night"


def test_signing_out_drops_the_drafts(desktop: Page) -> None:
    make_creator("maya", user=make_user("maya@example.com"))
    sign_in(desktop, "maya@example.com", PASSWORD)
    desktop.goto("/studio/profile/")
    desktop.get_by_label("About you").fill("Half a sentence")
    wait_for_draft(desktop)
    desktop.goto("/accounts/")
    desktop.get_by_role("button", name="Sign out").click()
    desktop.wait_for_url(lambda url: "/accounts/" not in url)
    assert draft_names(desktop) == []


def test_long_text_typed_in_admin_is_put_back_and_its_price_is_not(desktop: Page) -> None:
    product = make_product("lamp")
    User.objects.create_superuser("owner@example.com", PASSWORD)
    sign_in(desktop, "owner@example.com", PASSWORD)
    desktop.goto(f"/admin/catalog/product/{product.pk}/change/")
    desktop.get_by_label("Description").fill("It took an hour to write this.")
    desktop.get_by_label("Name", exact=False).first.fill("Lamp with a typo")
    wait_for_draft(desktop)
    expire_sessions()
    desktop.get_by_role("button", name="Save", exact=True).click()
    sign_in_again(desktop, "owner@example.com")
    expect(desktop.get_by_label("Description")).to_have_value("It took an hour to write this.")
    expect(desktop.get_by_text("We put back what you had typed.")).to_be_visible()
    expect(desktop.locator("[name=name]")).to_have_value(product.name)
