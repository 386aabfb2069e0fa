"""axe-core finds no violation on the pages that shoppers and creators open on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import PHONE, sign_in
from tests.browser.films import film_clip
from tests.browser.test_feed import PLAYING, open_feed, open_product
from tests.factories import PASSWORD, make_category, make_creator, make_draft, make_enrolment


@pytest.fixture
def clips(transactional_db: None) -> list[Any]:
    return [film_clip(number) for number in range(3)]


@pytest.fixture
def plain(chromium: Browser, site: str, clips: list[Any]) -> Iterator[Page]:
    """Return a page without the site's scripts. Axe's own still run, which they could not with JavaScript disabled."""
    context = chromium.new_context(base_url=site, **PHONE)
    page = context.new_page()
    page.route("**/*.js", lambda route: route.abort())
    page.route(site + "/", unwrap_noscript)
    yield page
    context.close()


def unwrap_noscript(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("<noscript>", "").replace("</noscript>", ""))


def violations(page: Page) -> list[str]:
    """Return the violations that axe-core finds: the rule, the element and a description."""
    # Elements that are still fading in would fail the contrast rules.
    page.evaluate(
        "document.getAnimations().forEach((animation) => animation.effect.getComputedTiming().endTime === Infinity || animation.finish())"
    )
    results = Axe().run(page).response
    assert len(results["passes"]) > 5
    return [
        f"{page.url}: {violation['id']}: {node['target']}: {node['failureSummary']}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]


def test_axe_finds_a_picture_without_alternative_text_and_a_field_without_a_label(phone: Page) -> None:
    phone.goto("/search/")
    phone.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><input>')")
    assert {violation.split(": ")[1] for violation in violations(phone)} == {"image-alt", "label"}


def test_feed_and_its_dialogs_are_accessible(phone: Page, clips: list[Any]) -> None:
    open_feed(phone, clips)
    phone.wait_for_function(PLAYING % 0)
    problems = violations(phone)
    phone.locator('[data-index="0"] [data-act=why]').click()
    expect(phone.locator("[data-why] .why__line")).not_to_have_count(0)
    problems += violations(phone)
    phone.keyboard.press("Escape")
    open_product(phone)
    expect(phone.locator("[data-sheet] [data-buy]")).to_be_focused()
    assert problems + violations(phone) == []


def test_list_without_javascript_is_accessible(plain: Page, clips: list[Any]) -> None:
    open_feed(plain, clips)
    expect(plain.locator(".rail").first).not_to_be_visible()
    assert plain.locator("video").count() == len(clips)
    assert violations(plain) == []


def test_pages_of_the_shop_are_accessible(phone: Page, clips: list[Any]) -> None:
    for number in range(6):
        make_category(f"shelf-{number}")
    problems = []
    for path in (
        "/welcome/",
        "/search/",
        "/search/?q=thing",
        "/p/thing-0-a/",
        "/bag/",
        "/accounts/login/",
        "/accounts/signup/",
    ):
        answer = phone.goto(path)
        assert answer is not None and answer.status == 200, path
        problems += violations(phone)
    assert problems == []


def test_studio_is_accessible(phone: Page) -> None:
    creator = make_creator("maya")
    enrolment = make_enrolment(creator)
    draft = make_draft(None, enrolment)
    sign_in(phone, creator.user.email, PASSWORD)
    problems = []
    for path in ("/studio/", f"/studio/clips/{draft.code}/"):
        answer = phone.goto(path)
        assert answer is not None and answer.status == 200, path
        problems += violations(phone)
    assert problems == []
