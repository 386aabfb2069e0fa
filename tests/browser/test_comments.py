"""Comments in a browser: reached from the feed, typed words survive, and all of it fits a phone in both directions."""

from django.utils import timezone
from playwright.sync_api import Page, expect

from social.models import Comment
from tests.browser.conftest import sign_in
from tests.browser.films import film_clip
from tests.browser.test_drafts import wait_for_draft
from tests.factories import PASSWORD, make_creator


def test_comment_from_the_feed(phone: Page) -> None:
    clip, ann = film_clip(0), make_creator("ann")
    words = "https:/" + "x" * 300 + " مرحبا @ann"
    Comment.objects.create(clip=clip, author=ann, words=words, created_at=timezone.now())
    sign_in(phone, ann.user.email, PASSWORD)
    phone.goto(f"/c/{clip.code}/")
    phone.get_by_role("link", name="Comment", exact=True).click()
    phone.wait_for_load_state("load")
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
