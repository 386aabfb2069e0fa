"""The whole product end to end, by three people in their browsers: upload, review, buy, earn."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from catalog.models import Product
from creators.models import Campaign, Enrolment
from payouts.models import Posting
from shop.models import Order
from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.browser.films import phone_film
from tests.browser.upload_form import tag_products
from tests.factories import PASSWORD, make_campaign, make_category, make_product, make_reason, make_user
from videos.models import Clip

TIMEOUT_MS = 180_000


@pytest.fixture
def phone_file(tmp_path: Path) -> Path:
    return phone_film(tmp_path)


@pytest.fixture
def shop(transactional_db: None) -> Campaign:
    """Create two products, the reference campaign and a moderator."""
    call_command("sync_roles", verbosity=0)
    category = make_category("kitchen")
    make_product("moss-kettle", category=category, price_minor=8900, stock=5)
    make_product("clay-mug", category=category, price_minor=1800, stock=5)
    moderator = make_user("moderator@example.com", is_staff=True)
    moderator.groups.add(Group.objects.get(name="Moderator"))
    make_reason()
    return make_campaign("inspire")


def test_a_clip_goes_from_upload_to_an_order_and_to_the_earnings_line(
    chromium: Browser, site: str, shop: Campaign, phone_file: Path
) -> None:
    creator = chromium.new_context(base_url=site, **PHONE).new_page()
    moderator = chromium.new_context(base_url=site, **DESKTOP).new_page()
    shopper = chromium.new_context(base_url=site, **PHONE).new_page()
    for page in (creator, moderator, shopper):
        page.set_default_timeout(30_000)

    become_creator(creator)
    join(creator, shop)
    code = upload(creator, phone_file)
    approve(moderator, code)
    buy_from_the_feed(shopper, code)
    see_earnings(creator, code)

    for page in (creator, moderator, shopper):
        page.context.close()


def become_creator(page: Page) -> None:
    make_user("maya@example.com")
    sign_in(page, "maya@example.com", PASSWORD)
    page.goto("/studio/campaigns/")
    page.get_by_role("link", name="Become a creator to join").click()
    page.get_by_label("Handle").fill("maya")
    page.get_by_label("Display name").fill("Maya")
    page.get_by_label("I am 18 or over").check()
    page.get_by_role("button", name="Become a creator").click()
    page.wait_for_url(lambda url: "become" not in url)


def join(page: Page, campaign: Campaign) -> None:
    page.goto("/studio/campaigns/")
    expect(page.get_by_text("You get $25.00 for every approved clip")).to_be_visible()
    page.get_by_role("button", name="Accept the terms and join").click()
    expect(page.get_by_role("link", name="Upload a clip").first).to_be_visible()
    assert Enrolment.objects.get().campaign == campaign


def upload(page: Page, file: Path) -> str:
    """Submit the form incomplete, then complete, and return the clip's code."""
    page.goto("/studio/upload/?campaign=inspire")
    page.locator("input[name=file]").set_input_files(file)
    page.get_by_label("Caption", exact=True).fill("A kettle and a mug for slow mornings")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Not submitted yet.")).to_be_visible(timeout=60_000)
    page.wait_for_load_state()  # the product fields suggest products once the page's scripts run
    expect(page.get_by_label("Caption", exact=True)).to_have_value("A kettle and a mug for slow mornings")
    tag_products(page, [("Moss Kettle", "0:00", "0:02"), ("Clay Mug", "0:02", "0:04")])
    page.get_by_label("This clip has no speech").check()
    page.get_by_role("button", name="Submit for review").click()
    page.wait_for_url(lambda url: "/studio/clips/" in url, timeout=60_000)
    clip = Clip.objects.get()
    expect(page.get_by_text("In review").first).to_be_visible(timeout=TIMEOUT_MS)
    assert Enrolment.objects.get().held_count == 1
    return clip.code


def approve(page: Page, code: str) -> None:
    page.goto("/admin/login/")
    page.locator("input[name=login]").fill("moderator@example.com")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/admin/videos/clip/desk/")
    page.get_by_role("link", name="A kettle and a mug for slow mornings").click()
    page.wait_for_url(lambda url: code in url)
    page.get_by_role("button", name="Approve").click()
    wait_until(page, lambda: Clip.objects.get(code=code).state == "published")
    assert Enrolment.objects.get().earned_count == 1


def buy_from_the_feed(page: Page, code: str) -> None:
    """Watch the clip, open its product, and buy it as a guest without leaving the feed."""
    open_feed(page, code)
    page.wait_for_function("() => [...document.querySelectorAll('video')].some((video) => video.currentTime > 0.2)")
    page.locator(".shop-card__open").filter(has_text="Moss Kettle").first.click()
    sheet = page.locator("dialog[data-sheet]")
    expect(sheet.get_by_role("heading", name="Moss Kettle")).to_be_visible()
    expect(sheet.get_by_text("$89.00").first).to_be_visible()
    sheet.get_by_role("button", name="Buy now").click()
    address = {"email": "guest@example.com", "name": "Robin Guest", "street": "12 Harbour Lane"}
    for field, value in (address | {"postal_code": "97201", "city": "Portland"}).items():
        sheet.locator(f"input[name={field}]").fill(value)
    sheet.locator("[name=region]").select_option("OR")
    sheet.get_by_role("button", name="Continue").click()
    sheet.get_by_role("button", name="Confirm · $").click()
    expect(sheet.get_by_role("heading", name="Order placed")).to_be_visible()
    assert page.url.endswith("/") and page.url.count("/") == 3
    order = Order.objects.get()
    assert (order.state, order.lines.get().clip.code) == ("paid", code)
    assert Product.objects.get(slug="moss-kettle").stock == 4


def open_feed(page: Page, code: str) -> None:
    """Reload the feed until the new clip is in it, which may take a minute."""
    for _second in range(90):
        page.goto("/")
        if page.locator(f'.slide[data-code="{code}"]').count():
            return
        page.wait_for_timeout(1000)
    raise AssertionError("The clip did not appear in the feed.")


def see_earnings(page: Page, code: str) -> None:
    """Wait until the approval is final and its fee booked, then find it on the statement."""
    wait_until(page, lambda: Posting.objects.filter(kind="fee").exists())
    page.goto("/studio/earnings/")
    expect(page.get_by_text("$25.00").first).to_be_visible()
    expect(page.locator(f'a[href="/studio/clips/{code}/"]').first).to_be_visible()


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for another process. Fails after three minutes."""
    for _index in range(TIMEOUT_MS // 500):
        if holds():
            return
        page.wait_for_timeout(500)
    raise AssertionError("It did not happen in three minutes.")
