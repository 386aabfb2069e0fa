"""An invited person who has no account signs up with an emailed code, comes back to the invitation, and joins."""

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from creators.invitations import invite
from creators.models import Campaign, Creator, Enrolment, Invitation
from tests.browser.conftest import PHONE, Servers
from tests.browser.strict_site import read_code, run_strict_site
from tests.factories import PASSWORD, make_campaign, make_user


@pytest.fixture(scope="module")
def strict_site(servers: Servers) -> Iterator[str]:
    yield from run_strict_site(servers)


@pytest.fixture
def page(chromium: Browser, strict_site: str, transactional_db: None) -> Iterator[Page]:
    context = chromium.new_context(base_url=strict_site, **PHONE)
    page = context.new_page()
    page.set_default_timeout(20_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def link(transactional_db: None) -> str:
    """Return the path of the link in an email to lou@example.com."""
    make_campaign("autumn")
    Campaign.objects.update(is_by_invitation=True)
    manager = make_user("manager@example.com", is_staff=True)
    campaign = Campaign.objects.with_terms().get()
    invite(campaign=campaign, emails=["lou@example.com"], by=manager, now=timezone.now())
    path = re.search(r"/studio/invitations/\S+/", str(mail.outbox[-1].body))
    assert path is not None
    return path[0]


def test_invited_person_signs_up_with_an_emailed_code_and_joins(link: str, page: Page, servers: Servers) -> None:
    page.goto(link)
    page.get_by_role("link", name="Sign up to join").click()
    page.locator("input[name=email]").fill("lou@example.com")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("input[name=password2]").press("Enter")
    page.locator("input[name=code]").fill(read_code(servers, "lou@example.com"))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(lambda url: url.endswith(link))
    page.get_by_role("link", name="Become a creator to join").click()
    page.locator("input[name=handle]").fill("lou")
    page.locator("input[name=display_name]").fill("Lou")
    page.locator("input[name=confirms_adult]").check()
    page.get_by_role("button", name="Become a creator").click()
    page.wait_for_url(lambda url: url.endswith(link))
    page.get_by_role("button", name="Accept the terms and join").click()
    expect(page.get_by_text("You have joined “Autumn”.")).to_be_visible()
    assert Enrolment.objects.get().creator == Creator.objects.get(handle="lou") == Invitation.objects.get().accepted_by
