"""A merchant's day in real browsers: from the application to the payout, with its shopper and the shop's staff."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from catalog.models import Import, ImportState, ListingChange, Product
from payouts.banks import TransferResult, TransferState
from payouts.batches import plan_batch
from payouts.models import PayoutAccount
from payouts.tally import tally
from payouts.transfers import send_payout, settle_payout
from shop.models import Address, Order, OrderLine, Parcel, Refund
from shop.refunds import refund_return
from tests.browser.conftest import DESKTOP, PHONE, Servers, sign_in
from tests.browser.test_end_to_end import wait_until
from tests.catalog.imports.readings import shopify
from tests.factories import PASSWORD, make_category, make_product, make_published_clip, make_user
from tests.shop.conftest import ADDRESS

PICTURES = os.environ.get("MERCHANT_PICTURES", "")
"""A folder that gets a picture of each page at both sizes, if it is named."""
SIZES = {"S": "60.00", "M": "70.00", "L": "80.00"}
APPLICATION = {
    "name": "Lamp House",
    "legal_name": "Lamp House Ltd.",
    "address": "3 Mill Lane\nDublin",
    "phone": "01 234 5678",
    "sells": "Lamps and shades, 40 products",
}


@pytest.fixture
def people(servers: Servers, transactional_db: None) -> None:
    servers.kill("web")  # it remembers the ids of content types, and the test before has emptied their table
    servers.start("web")
    servers.wait_for_web()
    call_command("sync_roles", verbosity=0)
    make_category("lighting", name="Lighting")
    make_user("catalogue@example.com", is_staff=True).groups.add(Group.objects.get(name="Catalogue manager"))
    for name in ("owner", "shopper"):
        user = make_user(f"{name}@example.com")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Address.objects.create(user=User.objects.get(email="shopper@example.com"), **ADDRESS)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_merchant_walks_from_the_application_to_the_payout(
    chromium: Browser, site: str, tmp_path: Path, language: str
) -> None:
    User.objects.filter(is_staff=False).update(language=language)
    pages = [chromium.new_context(base_url=site, **kind).new_page() for kind in (PHONE, DESKTOP, PHONE)]
    owner, staff, shopper = pages
    for page, name in zip(pages, ("owner", "catalogue", "shopper"), strict=True):
        page.set_default_timeout(60_000)
        sign_in(page, f"{name}@example.com", PASSWORD)

    apply(owner)
    approve_merchant(staff)
    enter_account(owner)
    import_sizes(owner, tmp_path / "lamps.csv")
    approve_listing(staff)
    be_shown_in_a_clip(shopper)
    order = buy_three_sizes(shopper)
    send(owner, order, "S")
    send(owner, order, "M", "L")
    send_back(shopper, order, "M")
    take_back(owner)
    be_paid(owner)
    call_command("verify_ledger")
    for page in pages:
        page.context.close()


def photograph(page: Page, name: str) -> None:
    if not PICTURES:
        return
    language = page.locator("html").get_attribute("lang")
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=f"{PICTURES}/{name}-{language}-{width}.png", full_page=True)


def apply(page: Page) -> None:
    page.goto("/merchant/apply/")
    for name, value in APPLICATION.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=country]").select_option("IE")
    page.locator("[name=accepts_terms]").check()
    photograph(page, "apply")
    page.locator("form.card button.button--large").click()
    expect(page.locator("div.notice--wait")).to_contain_text("Lamp House")
    photograph(page, "applied")


def approve_merchant(page: Page) -> None:
    page.goto("/admin/catalog/merchant/")
    page.get_by_role("link", name="Lamp House").click()
    photograph(page, "staff-merchant")
    page.get_by_role("link", name="Approve").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The merchant was updated.")).to_be_visible()


def import_sizes(page: Page, file: Path) -> None:
    """Upload a catalogue, look at what it would do, map its category, and start."""
    names = {"Handle": "lamp", "Title": "Desk lamp", "Vendor": "Luma", "Type": "Lamps", "Option1 Name": "Size"}
    rows = [
        {"Option1 Value": size, "Variant SKU": f"L-{size}", "Variant Price": price, "Variant Inventory Qty": "5"}
        for size, price in SIZES.items()
    ]
    file.write_text(shopify(*(names | row for row in rows)))
    page.goto("/merchant/imports/")
    page.locator("[name=new_source]").fill("Lamp stock")
    page.locator("[name=file]").set_input_files(file)
    photograph(page, "imports")
    page.locator("form.card button").click()
    page.wait_for_url("**/merchant/imports/*/")
    wait_until(page, lambda: Import.objects.get().state == ImportState.CHECKED)
    page.reload()
    photograph(page, "import-checked")
    path = page.url
    page.locator("a[href*='/merchant/imports/sources/']").last.click()
    page.locator("select[name^=category-]").select_option(label="Lighting")
    photograph(page, "source")
    page.locator("[name=save_categories]").click()
    page.wait_for_load_state()
    page.goto(path)
    page.locator("form[action$='/start/'] button").click()
    wait_until(page, lambda: Import.objects.get().state == ImportState.DONE)
    page.reload()
    photograph(page, "import-done")
    page.goto("/merchant/products/")
    expect(page.get_by_text("Desk lamp")).to_be_visible()
    photograph(page, "products")


def approve_listing(page: Page) -> None:
    page.goto("/admin/catalog/listingchange/")
    page.get_by_role("link", name="Desk lamp").click()
    photograph(page, "staff-listing")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The decision was made, and the merchant told.")).to_be_visible()
    assert not ListingChange.objects.filter(state="in_review").exists()


def be_shown_in_a_clip(page: Page) -> None:
    product = Product.objects.get(name="Desk lamp")
    make_published_clip(
        products=[product, make_product("shade", category=product.category)], caption="Two lamps for late hours"
    )
    page.goto(f"/p/{product.slug}/")
    expect(page.get_by_text("Two lamps for late hours").first).to_be_attached()
    page.goto("/sellers/lamp-house/")
    expect(page.get_by_text("Desk lamp").first).to_be_visible()
    photograph(page, "seller")


def buy_three_sizes(page: Page) -> Order:
    product = Product.objects.get(name="Desk lamp")
    for size in SIZES:
        page.goto(f"/p/{product.slug}/")
        page.get_by_role("radio", name=size, exact=True).check()
        page.locator("button.button--large[name=then][value=bag]").click()
        page.wait_for_url("**/bag/")
    photograph(page, "bag")
    page.goto("/checkout/")
    photograph(page, "checkout")
    page.locator("form[data-swaps] button.button--large[name=card]").click()
    page.wait_for_url("**/orders/**")
    order = Order.objects.get()
    assert [line.quantity for line in order.lines.all()] == [1, 1, 1]
    return order


def send(page: Page, order: Order, *sizes: str) -> None:
    """Pack these sizes into one parcel, send it, and record that it arrived."""
    page.goto("/merchant/orders/")
    photograph(page, "orders")
    page.locator(f"a[href='/merchant/orders/{order.code}/']").click()
    for line in order.lines.all():
        field = page.locator(f"[name=line-{line.pk}]")
        if field.count() and not line.local_name.endswith(sizes):
            field.fill("0")
    photograph(page, "order")
    before = Parcel.objects.count()
    page.locator("form.card > button").click()
    wait_until(page, lambda: Parcel.objects.count() == before + 1)
    parcel = Parcel.objects.latest("pk")
    page.locator(f"a[href='/merchant/parcels/{parcel.pk}/send/']").click()
    page.locator("[name=carrier]").fill("DHL")
    page.locator("[name=number]").fill(f"TRACK-{parcel.pk}")
    photograph(page, "send")
    page.locator("form.card .row > button").click()
    page.wait_for_url("**/merchant/orders/*/")
    page.locator(f"a[href='/merchant/parcels/{parcel.pk}/deliver/']").click()
    page.locator("form.card .row > button").click()
    page.wait_for_url("**/merchant/orders/*/")
    photograph(page, f"sent-{len(sizes)}")
    parcel.refresh_from_db()
    assert (parcel.state, parcel.lines.count()) == ("delivered", len(sizes))


def send_back(page: Page, order: Order, size: str) -> None:
    page.goto(f"/orders/{order.code}/")
    photograph(page, "shoppers-order")
    page.locator("#return summary").press("Enter")
    for line in order.lines.all():
        page.locator(f"#return [name='line-{line.pk}']").fill("1" if line.local_name.endswith(size) else "0")
    page.locator("#return form button:not([type=button])").press("Enter")
    wait_until(page, lambda: Refund.objects.filter(state="requested").exists())


def take_back(page: Page) -> None:
    page.goto("/merchant/returns/")
    page.locator("main a.card--link").click()
    photograph(page, "return")
    page.locator("form[action$='/accept/'] button").click()
    page.locator("[name=is_restocked]").check()
    photograph(page, "return-accepted")
    page.locator("form.form.card > button").click()
    wait_until(page, lambda: Refund.objects.filter(state="received").exists())
    refund_return(refund_id=Refund.objects.get().pk, created_by=None, now=timezone.now())


def enter_account(page: Page) -> None:
    page.goto("/merchant/earnings/account/")
    photograph(page, "account-first")
    if page.locator("input[name=password]").count():  # asked again, because the sign-in is too long ago
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
    page.locator("[name=holder_name]").fill("Lamp House Ltd.")
    page.locator("[name=number]").fill("IE29AIBK93115212345678")
    page.locator("[name=country_code]").select_option("IE")
    photograph(page, "account")
    page.locator("form.card button.button--large").click()
    wait_until(page, lambda: PayoutAccount.objects.exists())


def be_paid(page: Page) -> None:
    """End the return period, and pay what two sizes cost less the fee."""
    OrderLine.objects.update(payable_at=timezone.now() - timedelta(seconds=1))
    tally(now=timezone.now())
    [payout] = plan_batch(created_by=None, currency="USD", now=timezone.now()).payouts.all()
    send_payout(payout_id=payout.pk, now=timezone.now())
    settle_payout(payout_id=payout.pk, result=TransferResult(TransferState.PAID, "ref-1"), now=timezone.now())
    page.goto("/merchant/earnings/")
    photograph(page, "earnings")
    assert payout.amount_minor == 6000 + 8000 - 600 - 800
    expect(page.locator(".figure").last).to_contain_text("126")
    for size in SIZES:
        expect(page.locator(".statement").first).to_contain_text(f"Desk lamp – {size}")
