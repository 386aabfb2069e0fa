"""Moderators at the desk with the keyboard alone, and a creator who fixes, resubmits and appeals."""

import json
import os
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from creators.models import Slot
from social.models import Report, ReportReason
from social.reports import report_subject
from tests.browser.conftest import DESKTOP, sign_in
from tests.browser.films import film_waiting_clip
from tests.conftest import make_staff
from tests.factories import PASSWORD, make_creator, make_enrolment, make_product, make_reason
from videos.models import Clip, Decision

CLIPS = 20
LOOK_MS = int(os.environ.get("DESK_LOOK_MS", "0"))
SHOWN = "[data-desk-panel]:not([hidden])"
SAYS = "[data-desk-says]"
PLAYS = f"() => {{ const film = document.querySelector('{SHOWN} video'); return film && !film.paused && film.currentTime > 0; }}"
WATCH = """() => {
  window.times = [];
  let pressed = 0;
  addEventListener("keydown", (event) => { if ("acr".includes(event.key)) pressed = performance.now(); }, true);
  addEventListener("playing", (event) => {
    if (!pressed || event.target.closest("[data-desk-panel]")?.hidden) return;
    window.times.push(performance.now() - pressed);
    pressed = 0;
  }, true);
}"""
"""Notes the milliseconds from the press that decides to the next clip that plays; benchmarks/desk.py prints them."""


@pytest.fixture(autouse=True)
def reasons(transactional_db: None) -> None:
    """Tests that truncate tables take away the reasons that migrations brought; two keys' worth is enough."""
    for code in ("not_in_view", "too_short"):
        make_reason(code)


def look(page: Page, name: str) -> None:
    """Keep a picture for people to look at, where DESK_PICTURES names a folder."""
    if folder := os.environ.get("DESK_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def open_clip(page: Page, code: str) -> None:
    """Open a clip's page at the desk, once its keys work."""
    page.goto(f"/admin/videos/clip/desk/{code}/")
    page.wait_for_selector("[data-desk][data-ready]")


def decide(page: Page, number: int) -> str:
    """Decide on the clip that plays as its number says, and return the action."""
    page.keyboard.press("l")
    if number % 5 == 3:
        page.keyboard.press("2")
        page.keyboard.press("c")
        return "request_changes"
    if number % 7 == 6:
        page.keyboard.press("1")
        page.keyboard.press("t")
        page.keyboard.press("r")
        return "reject"
    page.keyboard.press("a")
    return "approve"


def test_twenty_clips_in_a_row_are_decided_with_the_keyboard_alone(desktop: Page, settings: Settings) -> None:
    settings.OPEN_CLIPS_WITHOUT_APPROVALS = CLIPS
    make_staff("desk@example.com", "videos")
    enrolment = make_enrolment(make_creator("maya"))
    clips = [film_waiting_clip(number, enrolment) for number in range(CLIPS)]
    sign_in(desktop, "desk@example.com", PASSWORD)
    desktop.goto("/admin/videos/clip/desk/")
    desktop.wait_for_load_state("networkidle")
    desktop.keyboard.press("n")
    desktop.wait_for_url(f"**/{clips[0].code}/**")
    desktop.wait_for_selector("[data-desk][data-ready]")
    desktop.keyboard.press("?")
    expect(desktop.get_by_role("dialog")).to_contain_text("Back or forward one second")
    desktop.keyboard.press("Escape")
    desktop.evaluate(WATCH)
    if desktop.evaluate(f"document.querySelector('{SHOWN} video').paused"):
        desktop.keyboard.press(" ")
    times: list[float] = []
    expected = []
    for number, clip in enumerate(clips):
        expect(desktop.locator(SHOWN)).to_have_attribute("data-code", clip.code)
        desktop.wait_for_function(PLAYS)
        times = desktop.evaluate("window.times")
        if number in (0, 4):
            look(desktop, f"desk-{number}")
        desktop.wait_for_timeout(LOOK_MS)
        expected.append((clip.pk, decide(desktop, number)))
    expect(desktop.get_by_text("No clips are waiting here. Well done!")).to_be_visible()
    if times_file := os.environ.get("DESK_TIMES"):
        Path(times_file).write_text(json.dumps(times))
    for _half_second in range(60):  # decisions travel on their own and may overtake one another
        if Decision.objects.count() == CLIPS:
            break
        desktop.wait_for_timeout(500)
    assert sorted(Decision.objects.values_list("clip", "action")) == sorted(expected)
    rejected = Decision.objects.filter(action="reject")
    assert all(decision.at_ms and decision.reason for decision in rejected)
    assert Slot.objects.earned().count() == sum(action == "approve" for _clip, action in expected)


def test_a_slip_is_undone_and_a_refused_decision_leads_back(desktop: Page) -> None:
    moderator = make_staff("desk@example.com", "videos")
    enrolment = make_enrolment(make_creator("maya"))
    first, second, third = (film_waiting_clip(number, enrolment) for number in range(3))
    sign_in(desktop, "desk@example.com", PASSWORD)
    open_clip(desktop, first.code)
    desktop.keyboard.press("r")
    expect(desktop.locator(SAYS)).to_contain_text("Choose a reason first")
    desktop.keyboard.press("a")
    expect(desktop.locator(SHOWN)).to_have_attribute("data-code", second.code)
    expect(desktop.locator(SAYS)).to_contain_text("Approved")
    desktop.keyboard.press("u")
    expect(desktop.locator(SHOWN)).to_have_attribute("data-code", first.code)
    first.refresh_from_db()
    assert first.state == "in_review"
    Clip.objects.filter(pk=first.pk).update(state="draft")
    desktop.keyboard.press("a")
    expect(desktop.locator(SAYS)).to_contain_text("is not waiting for a decision")
    back = desktop.get_by_role("link", name="Back to the clip")
    if back.count():  # the next clip came before the refusal
        back.click()
    desktop.wait_for_url(f"**/{first.code}/**")
    assert Decision.objects.effective().filter(moderator=moderator).count() == 0
    assert third.decisions.count() == 0


def refuse(page: Page, code: str, key: str, outcome: str) -> None:
    """Decide against a clip with the keyboard: a reason, the time in the clip, words to its creator."""
    open_clip(page, code)
    page.keyboard.press("l")
    page.keyboard.press("1")
    expect(page.locator('[data-number="1"]')).to_be_checked()
    page.keyboard.press("t")
    page.keyboard.press("w")
    page.keyboard.type("Show the lamp for longer.")
    page.keyboard.press("Escape")
    page.keyboard.press(key)
    expect(page.locator(SAYS)).to_contain_text(outcome)
    page.wait_for_url("**/desk/")


def test_a_creator_fixes_resubmits_and_appeals(desktop: Page, chromium: Browser, site: str) -> None:
    for name in ("first", "second"):
        make_staff(f"{name}@example.com", "videos")
    maya = make_creator("maya")
    clip = film_waiting_clip(1, make_enrolment(maya))
    desk = chromium.new_context(base_url=site, **DESKTOP).new_page()
    sign_in(desk, "first@example.com", PASSWORD)
    sign_in(desktop, maya.user.email, PASSWORD)

    refuse(desk, clip.code, "c", "Changes requested")
    desktop.goto(f"/studio/clips/{clip.code}/")
    expect(desktop.get_by_text("Show the lamp for longer.")).to_be_visible()
    look(desktop, "studio-changes")
    desktop.get_by_role("button", name="Go to 0:01").click()
    assert desktop.evaluate("document.querySelector('[data-player]').currentTime") >= 0.9
    desktop.get_by_role("link", name="Fix and resubmit").click()
    look(desktop, "studio-edit")
    desktop.locator("[name=caption]").fill("Now the lamp is in view for longer")
    desktop.locator(
        "form:has([name=caption]) button[type=submit], form:has([name=caption]) .button--large"
    ).first.click()
    desktop.wait_for_url(f"**/studio/clips/{clip.code}/")
    expect(desktop.get_by_text("Position in the queue")).to_be_visible()
    submitted_at = clip.submitted_at
    clip.refresh_from_db()
    assert (clip.state, clip.submitted_at, Slot.objects.get().state) == ("in_review", submitted_at, "held")

    refuse(desk, clip.code, "r", "Rejected")
    desktop.reload()
    desktop.locator("[name=words]").fill("The lamp stands in view from the first second.")
    desktop.get_by_role("button", name="Send appeal").click()
    expect(desktop.get_by_text("Another moderator will review your appeal.")).to_be_visible()
    look(desktop, "studio-appealed")
    desk.goto("/admin/videos/clip/desk/")
    expect(desk.get_by_text("No clips are waiting here.")).to_be_visible()
    desk.context.close()
    other = chromium.new_context(base_url=site, **DESKTOP).new_page()
    sign_in(other, "second@example.com", PASSWORD)
    open_clip(other, clip.code)
    expect(other.get_by_text("The lamp stands in view from the first second.")).to_be_visible()
    look(other, "desk-appeal")
    other.keyboard.press("a")
    other.wait_for_url("**/desk/")
    other.context.close()
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.latest("pk").state) == ("published", "earned")


def test_reported_products_are_answered_with_the_keyboard(desktop: Page) -> None:
    staff = make_staff("desk@example.com", "videos")
    staff.user_permissions.add(Permission.objects.get(codename="change_report"))
    lamp, mug = make_product("lamp"), make_product("mug")
    for product in (lamp, mug):
        report_subject(user=None, subject=product, reason=ReportReason.FAKE, words="", now=timezone.now())
    sign_in(desktop, "desk@example.com", PASSWORD)
    desktop.goto("/admin/social/report/desk/")
    expect(desktop.locator("[data-case]").first).to_be_focused()
    for key in ("j", "1", "w"):
        desktop.keyboard.press(key)
    desktop.keyboard.type("The maker confirmed it.")
    desktop.keyboard.press("Escape")
    look(desktop, "cases")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("1 report answered.")).to_be_visible()
    mug.refresh_from_db()
    assert not mug.is_active
    row = Report.objects.get(product=mug)
    assert (row.state, row.answer_words, row.settled_by) == ("upheld", "The maker confirmed it.", staff)
    assert list(Report.objects.open().values_list("product", flat=True)) == [lamp.pk]
