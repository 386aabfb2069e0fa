"""What a creator and a shopper do in their browsers, step by step."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.upload_form import tag_products
from tests.production.deployment import wait_until
from tests.production.outside import PAYMENT_HOST, MailServer
from tests.production.staff import PASSWORD, confirm_address

CREATOR, SHOPPER = "maya@example.test", "robin@example.test"
CAPTION = "A kettle and a mug for slow mornings"
ADDRESS = {"name": "Robin Guest", "street": "12 Harbour Lane", "postal_code": "97201", "city": "Portland"}
STATE = "OR"


def sign_up(page: Page, mail: MailServer, email: str) -> None:
    """Sign up and confirm the address with the message that arrives."""
    page.goto("/accounts/signup/")
    page.locator("input[name=email]").fill(email)
    for name in ("password1", "password2"):
        page.locator(f"input[name={name}]").fill(PASSWORD)
    page.locator("input[name=password2]").press("Enter")
    confirm_address(page, mail, email)


def become_creator(page: Page, handle: str) -> None:
    page.goto("/studio/join/")
    page.get_by_label("Handle").fill(handle)
    page.get_by_label("Display name").fill(handle.title())
    page.get_by_label("I am 18 or over").check()
    page.get_by_role("button", name="Become a creator").click()
    page.wait_for_url(lambda url: "/studio/join" not in url)


def join_campaign(page: Page) -> None:
    page.goto("/studio/campaigns/")
    expect(page.get_by_text("$25.00").first).to_be_visible()
    page.get_by_role("button", name="Accept the terms and join").click()
    expect(page.get_by_role("link", name="Upload a clip").first).to_be_visible()


def submit_clip(page: Page, file: Path) -> str:
    """Submit a clip by the form and return its code."""
    page.goto("/studio/upload/?campaign=slow-mornings")
    page.locator("input[name=file]").set_input_files(file)
    page.get_by_label("Caption", exact=True).fill(CAPTION)
    tag_products(page, [("Moss Kettle", "0:00", "0:02"), ("Clay Mug", "0:02", "0:04")])
    page.get_by_label("This clip has no speech").check()
    page.get_by_role("button", name="Submit for review").click()
    page.wait_for_url(re.compile("/studio/clips/"), timeout=60_000)
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def wait_for_review(page: Page) -> None:
    """Wait until the workers have encoded the clip whose page is open."""
    expect(page.get_by_text("In review").first).to_be_visible(timeout=180_000)


def open_feed(page: Page, code: str) -> None:
    """Reload the feed until the clip is in it and plays. The visitor does not want to be remembered."""

    def is_in_feed() -> bool:
        page.goto("/")
        return page.locator(f'.slide[data-code="{code}"]').count() > 0

    wait_until(is_in_feed, seconds=120, pause=1)
    page.get_by_role("button", name="No, don't remember anything").click()
    page.wait_for_function("() => [...document.querySelectorAll('video')].some((video) => video.currentTime > 0.2)")


def order_from_feed(page: Page, email: str) -> None:
    """Order the kettle in the clip as a guest. The browser goes on to the page of the payment provider."""
    page.locator(".shop-card__open").filter(has_text="Moss Kettle").first.click()
    sheet = page.locator("dialog[data-sheet]")
    expect(sheet.get_by_text("$89.00").first).to_be_visible()
    sheet.get_by_role("button", name="Buy now").click()
    for field, value in (ADDRESS | {"email": email}).items():
        sheet.locator(f"input[name={field}]").fill(value)
    sheet.locator("select[name=region]").select_option(STATE)
    sheet.get_by_role("button", name="Continue").click()
    sheet.get_by_role("button", name="Continue to payment · ").click()
    page.wait_for_url(re.compile(f"//{PAYMENT_HOST}/"))


def pay(page: Page, total: str) -> str:
    """Go back to the order and on to the payment again, be declined, pay, and return the code of the order."""
    page.get_by_role("link", name="Back to the shop").click()
    page.get_by_role("button", name="Pay now").click()
    page.wait_for_url(re.compile(f"//{PAYMENT_HOST}/"))
    expect(page.get_by_role("heading", name=total)).to_be_visible()
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("heading", name="Your card was declined.")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url(re.compile("/orders/"))
    expect(page.get_by_text("Paid").first).to_be_visible()
    return read_order_code(page)


def read_order_code(page: Page) -> str:
    """Return the code of the order whose page is open."""
    return urlsplit(page.url).path.rstrip("/").rsplit("/", 1)[-1]


def check_out(page: Page, slug: str) -> None:
    """Go from the page of a product to the total."""
    page.goto(f"/p/{slug}/")
    page.get_by_role("button", name="Buy now").click()
    page.wait_for_url("**/checkout/")


def keep_card(page: Page, total: str) -> str:
    """Type the address, tick that the card is kept, pay at the provider, and return the code of the order."""
    for field, value in ADDRESS.items():
        page.locator(f"form[data-swaps] [name={field}]").fill(value)
    page.locator("form[data-swaps] [name=region]").select_option(STATE)
    page.get_by_label("Keep my card for next time").check()
    page.get_by_role("button", name=f"Continue to payment · {total}").click()
    page.wait_for_url(re.compile(f"//{PAYMENT_HOST}/"))
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url(re.compile("/orders/"))
    expect(page.get_by_text("Paid").first).to_be_visible()
    return read_order_code(page)


def pay_with_kept_card(page: Page, total: str) -> str:
    """Pay with the second tap, confirm it at the bank, and return the code of the order."""
    page.get_by_role("button", name=re.compile(rf"Pay {re.escape(total)} with .Visa ••••.4242")).click()
    page.wait_for_url(re.compile(f"//{PAYMENT_HOST}/pay/3ds/"))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(re.compile("/orders/"))
    expect(page.get_by_text("Paid").first).to_be_visible()
    return read_order_code(page)


def see_earnings(page: Page, code: str, *, fee: str, commission: str) -> None:
    """Wait until the creator sees a line with the fee of the clip, and the commission that waits for the return period."""

    def has_both() -> bool:
        page.goto("/studio/earnings/")
        clip = page.locator(f'a[href="/studio/clips/{code}/"]')
        lines = page.locator(".statement__line").filter(has=clip).filter(has_text=fee)
        waiting = (
            page.locator(".figure").filter(has_text="Commissions in the return period").filter(has_text=commission)
        )
        return (lines.count(), waiting.count()) == (1, 1)

    wait_until(has_both, seconds=180, pause=2)
