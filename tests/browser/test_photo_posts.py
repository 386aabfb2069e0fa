"""Photo posts in Chromium: turned by swipes, buttons and keys, with dots that open products; and the studio's form."""

from pathlib import Path

from playwright.sync_api import Page, expect

from feed.models import Event, EventKind
from tests.browser.conftest import sign_in
from tests.browser.films import film_clip
from tests.browser.test_feed import PLAYING
from tests.factories import PASSWORD, make_creator, make_enrolment, make_product
from tests.photo_posts import make_published_post
from videos.models import Clip

PHOTOS = Path(__file__).parents[1] / "data/photos"
NOW_AT = '[data-index="0"] [data-part=marks] > :nth-child(%d)[data-now]'

LOADED = "() => document.querySelectorAll('[data-photo-stage] img')[1].naturalWidth > 0"


def open_post(page: Page, post: Clip) -> None:
    """Open a post's page, reloading it until the site's process has loaded the post."""
    for _time in range(20):
        page.goto(f"/c/{post.code}/")
        if page.locator(f'.slide[data-code="{post.code}"]').count():
            break
        page.wait_for_timeout(1000)
    expect(page.locator(NOW_AT % 1)).to_have_count(1)


def test_photos_turn_by_key_button_and_swipe_and_their_dots_open_products(desktop: Page) -> None:
    post = make_published_post(
        products=[make_product("mug", name="Blue mug"), make_product("tray")], photo_count=3, has_files=True
    )
    film_clip(1)
    open_post(desktop, post)
    desktop.keyboard.press("ArrowRight")
    expect(desktop.locator(NOW_AT % 2)).to_have_count(1)
    desktop.locator('[data-index="0"] [data-act="photo-next"]').click()
    expect(desktop.locator(NOW_AT % 3)).to_have_count(1)
    expect(desktop.get_by_role("button", name="Next photo").first).to_be_disabled()
    desktop.locator('[data-index="0"] [data-part=strip]').evaluate(
        "strip => strip.scrollTo({left: 0, behavior: 'instant'})"
    )
    expect(desktop.locator(NOW_AT % 1)).to_have_count(1)
    desktop.locator('[data-index="0"] .slide__dot').first.click()
    expect(desktop.locator("dialog[open]")).to_contain_text("Blue mug")
    desktop.keyboard.press("Escape")
    for _time in range(40):  # a view counts after two seconds
        if Event.objects.filter(clip_id=post.pk, kind=EventKind.IMPRESSION).exists():
            break
        desktop.wait_for_timeout(500)
    assert Event.objects.filter(clip_id=post.pk, kind=EventKind.IMPRESSION).exists()
    desktop.keyboard.press("ArrowDown")
    desktop.wait_for_function(PLAYING % 1)
    desktop.context.add_cookies([{"name": "django_language", "value": "ar", "url": desktop.url}])
    open_post(desktop, post)
    desktop.keyboard.press("ArrowLeft")  # from right to left, the next photo is on the left
    expect(desktop.locator(NOW_AT % 2)).to_have_count(1)


def test_photos_are_uploaded_one_by_one_and_products_placed_by_tap_and_key(phone: Page) -> None:
    creator = make_creator("maya")
    make_product("mug", name="Blue mug")
    make_enrolment(creator)
    sign_in(phone, creator.user.email, PASSWORD)
    phone.goto("/studio/photos/")
    phone.get_by_label("Text").fill("My morning")
    files = [PHOTOS / "a_exif3.jpg", PHOTOS / "j_pdf_named.jpg", PHOTOS / "b_alpha.heic"]
    phone.get_by_label("Add photos").set_input_files(files)
    expect(phone.locator("[data-photo-errors]")).to_contain_text("j_pdf_named.jpg")
    phone.get_by_role("button", name="Show the photos that were added").click()
    expect(phone.locator(".post-photo")).to_have_count(2)
    expect(phone.get_by_label("Text")).to_have_value("My morning")
    stage = phone.locator("[data-photo-stage]").nth(1)
    stage.scroll_into_view_if_needed()
    phone.wait_for_function(LOADED)
    box = stage.locator("img").bounding_box()
    assert box is not None
    stage.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    phone.locator("[name=tags-0-product]").fill("Blue mug")
    dot = phone.locator(".post-photo__dot")
    expect(dot).to_have_count(1)
    dot.focus()
    phone.keyboard.press("ArrowRight")
    phone.get_by_role("button", name="Submit for review").click()
    phone.wait_for_url("**/studio/clips/*/")
    tag = Clip.objects.get().tags.get()
    assert tag.photo is not None and tag.photo.position == 1
    assert (round(tag.x or 0, 2), round(tag.y or 0, 2)) == (0.26, 0.5)
