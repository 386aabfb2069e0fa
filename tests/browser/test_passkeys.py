"""Passkeys in Chromium with a virtual authenticator: sign-up, sign-in, and the second factor of staff.

The site runs as outside the demo: an email address is verified by a code, and staff need a second factor. Browsers
allow passkeys on https:// and on localhost only.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests.browser.conftest import DESKTOP, Servers
from tests.browser.strict_site import read_code, run_strict_site
from tests.factories import PASSWORD

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def strict_site(servers: Servers) -> Iterator[str]:
    yield from run_strict_site(servers)


@pytest.fixture
def page(chromium: Browser, strict_site: str, transactional_db: None) -> Iterator[Page]:
    """Return a page whose computer has a fingerprint reader."""
    context = chromium.new_context(base_url=strict_site, **DESKTOP)
    page = context.new_page()
    page.set_default_timeout(20_000)
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield page
    context.close()
    assert errors == []


def sign_in_with_password(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")


def test_person_signs_up_and_in_with_a_passkey_and_never_types_a_password(page: Page, servers: Servers) -> None:
    page.goto("/accounts/signup/")
    page.get_by_role("link", name="passkey").click()
    page.locator("input[name=email]").fill("key@example.com")
    page.get_by_role("button", name="Sign up").click()
    page.locator("input[name=code]").fill(read_code(servers, "key@example.com"))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Create").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto("/accounts/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/accounts/")
    expect(page.get_by_text("key@example.com")).to_be_visible()
    user = User.objects.get(email="key@example.com")
    assert not user.has_usable_password()


def test_staff_are_led_to_a_passkey_and_sign_in_with_it(page: Page) -> None:
    User.objects.create_superuser("owner@example.com", PASSWORD)
    page.goto("/admin/catalog/product/")
    page.wait_for_url(lambda url: "/accounts/login/" in url)
    page.locator("input[name=login]").fill("owner@example.com")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_label("Sign in with it instead of a password")).to_be_checked()
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    page.get_by_role("link", name="Administration").click()
    expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/admin/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/admin/")
    expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()


def test_password_and_passkey_as_second_factor(page: Page) -> None:
    User.objects.create_superuser("owner@example.com", PASSWORD)
    sign_in_with_password(page, "owner@example.com")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto("/accounts/2fa/webauthn/add/")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("Key on my ring")
    page.get_by_label("Sign in with it instead of a password").uncheck()
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("Key on my ring")).to_be_visible()
    page.context.clear_cookies()
    sign_in_with_password(page, "owner@example.com")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()


def test_refused_passkey_is_told_in_words(chromium: Browser, strict_site: str, transactional_db: None) -> None:
    context = chromium.new_context(base_url=strict_site, **DESKTOP)
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR | {"isUserVerified": False}})
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The passkey was not used.")).to_be_visible(timeout=70_000)
    context.close()
