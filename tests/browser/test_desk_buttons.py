"""The buttons of a decision are in reach without scrolling, on a phone and on a laptop, in both directions."""

import os

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from tests.browser.conftest import sign_in
from tests.browser.films import film_waiting_clip
from tests.conftest import make_staff
from tests.factories import PASSWORD, make_creator, make_enrolment, make_reason

SIZES = {"phone": (390, 844), "laptop": (1280, 800)}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", SIZES)
def test_decisions_are_in_reach_without_scrolling(chromium: Browser, site: str, size: str, language: str) -> None:
    for code in ("not_in_view", "too_short", "wrong_product", "bad_sound"):
        make_reason(code)
    make_staff("desk@example.com", "videos")
    clip = film_waiting_clip(1, make_enrolment(make_creator("maya")))
    width, height = SIZES[size]
    context = chromium.new_context(
        base_url=site, viewport={"width": width, "height": height}, has_touch=size == "phone"
    )
    page = context.new_page()
    sign_in(page, "desk@example.com", PASSWORD)
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": site}])
    page.goto(f"/admin/videos/clip/desk/{clip.code}/")
    page.wait_for_selector("[data-desk][data-ready]")
    if folder := os.environ.get("DESK_PICTURES"):
        page.screenshot(path=f"{folder}/buttons-{size}-{language}.png")
    buttons = page.locator("[data-desk-panel]:not([hidden]) .desk-buttons .button")
    expect(buttons).to_have_count(4)
    for position in (0, 10_000):
        page.evaluate(f"scrollTo(0, {position})")
        for index in range(4):
            box = buttons.nth(index).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= height
            assert box["height"] >= 44
            centre = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            hit = "([x, y]) => document.elementFromPoint(x, y)?.closest('.desk-buttons .button') !== null"
            assert page.evaluate(hit, centre)
    page.evaluate("scrollTo(0, 10000)")
    last = page.locator("[data-desk-panel]:not([hidden]) .desk-background").bounding_box()
    bar = page.locator("[data-desk-panel]:not([hidden]) .desk-buttons").bounding_box()
    assert last is not None
    assert bar is not None
    assert last["y"] + last["height"] <= bar["y"] + 1  # nothing stays hidden below the bar
    context.close()
