"""Comments in a browser: in a sheet over the feed, and on their own page, where typed words survive."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from creators.models import Creator
from social.models import Comment, CommentLike, Report
from tests.browser.conftest import PHONE, sign_in
from tests.browser.films import film_clip
from tests.browser.test_drafts import wait_for_draft
from tests.factories import PASSWORD, make_creator
from videos.models import Clip


def write(clip: Clip, author: Creator, words: str) -> Comment:
    return Comment.objects.create(clip=clip, author=author, words=words, created_at=timezone.now())


def test_comment_on_the_page_of_comments(phone: Page) -> None:
    clip, ann = film_clip(0), make_creator("ann")
    write(clip, ann, "https:/" + "x" * 300 + " مرحبا @ann")
    sign_in(phone, ann.user.email, PASSWORD)
    phone.goto(f"/c/{clip.code}/comments/")
    phone.get_by_label("Your comment").fill("Does it drip?")
    wait_for_draft(phone)
    phone.reload()
    expect(phone.get_by_label("Your comment")).to_have_value("Does it drip?")
    phone.get_by_role("button", name="Comment", exact=True).click()
    expect(phone.locator("#content")).to_contain_text("Does it drip?")
    assert Comment.objects.count() == 2
    for language in ("en", "ar"):
        phone.set_extra_http_headers({"Accept-Language": language})
        phone.reload()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_comments_are_written_answered_liked_reported_and_deleted_in_a_sheet_over_the_feed(phone: Page) -> None:
    clip, ann, ben = film_clip(0), make_creator("ann", display_name="Ann"), make_creator("ben")
    first = write(clip, ben, "Is it loud?")
    sign_in(phone, ann.user.email, PASSWORD)
    phone.goto(f"/c/{clip.code}/")
    opener = phone.locator("[data-act=comments]").first
    opener.focus()
    opener.press("Enter")
    sheet = phone.locator("[data-comments]")
    expect(sheet).to_contain_text("Is it loud?")
    sheet.get_by_label("Your comment").fill("Not at all")
    sheet.get_by_role("button", name="Comment", exact=True).click()
    expect(sheet.locator("#content, .comments")).to_contain_text("Not at all")
    like = sheet.locator(f"#comment-{first.pk}").get_by_role("button", name="Like")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like).to_be_focused()
    assert CommentLike.objects.get().comment == first

    sheet.locator(f"#comment-{first.pk}").get_by_role("link", name="Reply").click()
    sheet.get_by_label("Your reply").fill("I asked first")
    phone.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()
    opener.press("Enter")
    expect(sheet.get_by_label("Your reply")).to_have_value("I asked first")
    sheet.get_by_role("button", name="Reply", exact=True).click()
    expect(sheet.locator(".comments").last).to_contain_text("I asked first")

    own = Comment.objects.get(words="Not at all")
    sheet.get_by_role("link", name="All comments").click()
    expect(sheet.locator(f"#comment-{own.pk}")).to_be_visible()  # where a report leads back to
    sheet.locator(f"#comment-{first.pk}").get_by_role("link", name="Report").click()
    sheet.get_by_label("Something else").check()
    sheet.get_by_role("button", name="Send report").click()
    expect(sheet.get_by_role("status")).to_have_text("Thank you for your report. A moderator will review it.")
    assert Report.objects.get().comment == first
    sheet.locator(f"#comment-{own.pk}").get_by_text("Delete", exact=True).click()
    sheet.get_by_role("button", name="Delete comment").click()
    expect(sheet.locator(f"#comment-{own.pk}")).to_have_count(0)
    phone.go_back()
    expect(sheet).to_be_hidden()
    assert phone.url.endswith(f"/c/{clip.code}/")


def test_words_stay_in_the_sheet_when_they_cannot_be_sent(phone: Page) -> None:
    clip, ann = film_clip(0), make_creator("ann")
    sign_in(phone, ann.user.email, PASSWORD)
    phone.goto(f"/c/{clip.code}/")
    phone.locator("[data-act=comments]").first.click()
    sheet = phone.locator("[data-comments]")
    sheet.get_by_label("Your comment").fill("Kept")
    phone.route("**/comments/", lambda route: route.abort())
    sheet.get_by_role("button", name="Comment", exact=True).click()
    expect(sheet.get_by_role("status")).to_have_text("Something went wrong. Please try again.")
    expect(sheet.get_by_label("Your comment")).to_have_value("Kept")
    assert not Comment.objects.exists()
    phone.unroute("**/comments/")
    sheet.get_by_role("button", name="Comment", exact=True).click()
    expect(sheet.locator(".comments")).to_contain_text("Kept")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_sheet_fits_and_is_closed_by_pulling_it_down(phone: Page, language: str) -> None:
    clip, ann = film_clip(0), make_creator("ann")
    for number in range(12):
        write(clip, ann, f"{number} " + "x" * 300)
    phone.set_extra_http_headers({"Accept-Language": language})
    phone.goto(f"/c/{clip.code}/")
    phone.locator("[data-act=comments]").first.click()
    sheet = phone.locator("[data-comments]")
    expect(sheet.locator(".comment").first).to_be_visible()
    assert sheet.evaluate("e => e.scrollWidth <= e.clientWidth")
    sheet.locator("[data-grip]").hover()
    phone.mouse.down()
    phone.mouse.move(195, 800, steps=4)
    phone.mouse.up()
    expect(sheet).to_be_hidden()


def test_page_of_a_post_has_comments_without_javascript(chromium: Browser, site: str, transactional_db: None) -> None:
    clip, ann = film_clip(0), make_creator("ann")
    write(clip, ann, "Is it loud?")
    context = chromium.new_context(**PHONE, base_url=site, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, ann.user.email, PASSWORD)
    page.goto(f"/c/{clip.code}/")
    page.get_by_label("Your comment").fill("Not at all")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#content")).to_contain_text("Not at all")
    context.close()
