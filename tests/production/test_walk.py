"""From an empty database to the first clip that is approved, bought and paid, by the people who do it in a real shop."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.films import phone_film
from tests.production import people, staff
from tests.production.compose import ROOT
from tests.production.deployment import PROCESSES, Deployment
from tests.production.documented import carry_out, read_steps
from tests.production.outside import MailServer, PaymentSite
from tests.production.traffic import FILE_NAME, Ordering, Uploading, Visitor
from tests.videos.clips import make_clip

pytestmark = pytest.mark.timeout(900)
SECOND_VERSION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("shop", %r)]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE shop_order ADD COLUMN second_version text NOT NULL DEFAULT ''",
            "ALTER TABLE shop_order DROP COLUMN second_version",
        )
    ]
"""
PICTURES = os.environ.get("PRODUCTION_PICTURES", "")
REGULAR = "regular-shopper@example.test"


@dataclass
class Pages:
    """A browser window for each person."""

    operator: Page
    colleague: Page
    creator: Page
    shopper: Page

    def photograph(self, name: str) -> None:
        """Keep pictures of all windows, if a folder for them is named."""
        for person, page in vars(self).items():
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/{name}-{person}.png")


@dataclass(frozen=True)
class FirstClip:
    """What the walk has led to: the codes of a clip and of an order."""

    code: str
    order: str


@pytest.fixture(scope="module")
def pages(chromium: Browser, deployment: Deployment) -> Iterator[Pages]:
    url = deployment.shop.url
    contexts = [chromium.new_context(base_url=url, **device) for device in (DESKTOP, DESKTOP, PHONE, PHONE)]
    opened = [context.new_page() for context in contexts]
    problems: list[str] = []
    for page in opened:
        page.set_default_timeout(30_000)
        watch(page, problems)
    expect.set_options(timeout=30_000)
    yield Pages(*opened)
    expect.set_options(timeout=5_000)
    for context in contexts:
        context.close()
    assert problems == []


def watch(page: Page, problems: list[str]) -> None:
    """Note scripts that fail, what our policy blocks, and answers that are errors of the server."""
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("response", lambda answer: problems.append(answer.url) if answer.status >= 500 else None)


@pytest.fixture(scope="module")
def first_clip(
    deployment: Deployment, mail: MailServer, pages: Pages, tmp_path_factory: pytest.TempPathFactory
) -> FirstClip:
    """Walk from the administrator's account to the fee and the commission on the creator's statement."""
    folder = tmp_path_factory.mktemp("walk")
    picture = folder / "kettle.jpg"
    Image.new("RGB", (900, 900), "seagreen").save(picture)

    staff.create_superuser(deployment)
    staff.sign_in(pages.operator)
    staff.invite_colleague(pages.operator)
    staff.add_catalogue(pages.operator, picture)
    staff.add_campaign(pages.operator)
    staff.accept_invitation(pages.colleague, mail)
    staff.approve_terms(pages.colleague)
    pages.photograph("terms")

    people.sign_up(pages.creator, mail, people.CREATOR)
    people.become_creator(pages.creator, "maya")
    people.join_campaign(pages.creator)
    code = people.submit_clip(pages.creator, phone_film(folder))
    people.wait_for_review(pages.creator)
    pages.photograph("upload")
    staff.approve(pages.colleague, code, people.CAPTION)

    people.open_feed(pages.shopper, code)
    pages.photograph("feed")
    people.order_from_feed(pages.shopper, people.SHOPPER)
    order = people.pay(pages.shopper, "$89.00")
    people.see_earnings(pages.creator, code, fee="$25.00", commission="$3.56")
    pages.photograph("fee")
    return FirstClip(code, order)


def test_first_clip_is_bought_and_paid(
    first_clip: FirstClip, deployment: Deployment, mail: MailServer, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT code, state, total_minor FROM shop_order").fetchall()
        assert rows == [(first_clip.order, "paid", 8900)]
        assert read_stock(connection) == {"moss-kettle": 499, "clay-mug": 500}
    assert staff.read_mail(mail, people.SHOPPER, rf"\b({first_clip.order})\b") == first_clip.order
    assert "no discrepancies" in staff.run_checked(deployment.run("web", "python manage.py verify_ledger"))
    assert "no problems" in staff.run_checked(deployment.run("web", "python manage.py verify_invoices"))


def test_second_version_is_deployed_while_uploads_and_orders_continue(
    first_clip: FirstClip,
    deployment: Deployment,
    payment_site: PaymentSite,
    pages: Pages,
    database_url: str,
    tmp_path: Path,
) -> None:
    new_files = tmp_path / "site"
    shutil.copytree(deployment.site, new_files)
    (new_files / "shop" / "migrations" / "9999_second_version.py").write_text(SECOND_VERSION % newest_migration("shop"))
    cookies = {str(cookie.get("name")): str(cookie.get("value")) for cookie in pages.creator.context.cookies()}
    clip = make_clip(tmp_path / "clip.mp4", seconds=6)
    ordering = Ordering(Visitor(deployment.shop), "regular@example.test")
    uploading = Uploading(Visitor(deployment.shop, cookies), clip.read_bytes())
    *steps, last_step = read_steps("docs/operating.md", "## Upgrade")
    ordering.start()
    uploading.start()
    try:
        for step in steps:
            carry_out(step, deployment, new_files)
        people.submit_clip(pages.creator, clip)
        carry_out(last_step, deployment, new_files)  # while the transcoder is at work
    finally:
        ordering.stop()
        uploading.stop()
    people.wait_for_review(pages.creator)

    ordering.require_success()
    uploading.require_success()
    assert ordering.visitor.repeats + uploading.visitor.repeats == []
    assert all(deployment.is_current(name) for name in PROCESSES)
    count = len(ordering.codes)
    assert count > 20
    assert len(uploading.digests) > 5
    with psycopg.connect(database_url) as connection:
        orders = connection.execute("SELECT code FROM shop_order WHERE email = %s", [ordering.email]).fetchall()
        assert sorted(code for (code,) in orders) == sorted(ordering.codes.values())
        assert read_stock(connection) == {"moss-kettle": 499, "clay-mug": 500 - count}
        stored = connection.execute("SELECT sha256 FROM videos_source WHERE user_file_name = %s", [FILE_NAME])
        assert sorted(digest for (digest,) in stored) == sorted(uploading.digests)
        assert connection.execute("SELECT second_version FROM shop_order LIMIT 1").fetchone() == ("",)
    assert len(payment_site.all_of("checkout.session")) == 1 + count


def read_stock(connection: psycopg.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT slug, stock FROM catalog_product").fetchall())


def newest_migration(app: str) -> str:
    return max(path.stem for path in (ROOT / app / "migrations").glob("[0-9]*.py"))


@pytest.fixture
def regular(chromium: Browser, deployment: Deployment) -> Iterator[Page]:
    context = chromium.new_context(base_url=deployment.shop.url, **PHONE)
    page = context.new_page()
    page.set_default_timeout(30_000)
    problems: list[str] = []
    watch(page, problems)
    yield page
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/money-regular.png")
    context.close()
    assert problems == []


def read_orders(database_url: str) -> dict[str, tuple[str, int, int]]:
    """Return state, total and refunded amount of the regular shopper's orders by code."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT code, state, total_minor, refunded_minor FROM shop_order WHERE email = %s", [REGULAR]
        )
        return {code: (state, total, refunded) for code, state, total, refunded in rows}


def read_reasons(database_url: str) -> list[str]:
    """Return why events were set aside."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT reason FROM shop_providerevent WHERE state = 'set_aside'")
        return sorted({reason for (reason,) in rows})


def test_kept_card_pays_and_what_happens_at_the_provider_alone_is_followed(
    first_clip: FirstClip,
    regular: Page,
    mail: MailServer,
    payment_site: PaymentSite,
    database_url: str,
) -> None:
    people.sign_up(regular, mail, REGULAR)
    people.check_out(regular, "moss-kettle")
    first = people.keep_card(regular, "$89.00")
    payment_site.outcome = "authenticate"
    people.check_out(regular, "moss-kettle")
    second = people.pay_with_kept_card(regular, "$89.00")
    paid = dict.fromkeys((first, second), ("paid", 8900, 0))
    assert read_orders(database_url) == paid

    payment_site.send(payment_site.sent)  # everything once more
    assert (read_orders(database_url), read_reasons(database_url)) == (paid, [])

    line = {"0": {"quantity": "1", "price_data": {"unit_amount": "50", "currency": "usd"}}}
    foreign = {"key": "payment-1", "installation": "ffffffffffff"}
    params = {"mode": "payment", "line_items": line, "success_url": "https://other.example/", "metadata": foreign}
    session = payment_site.create_session({**params, "payment_intent_data": {"metadata": foreign}})
    payment_site.pay(session["id"])
    payment_site.send_events()
    assert (read_orders(database_url), read_reasons(database_url)) == (paid, ["other_shop"])

    intent = payment_site.all_of("payment_intent")[-2]  # the second order's; the last one is the other shop's
    payment_site.refund_in_dashboard(intent["id"], 1000)
    payment_site.send_events()
    assert read_orders(database_url) == {**paid, second: ("partly_refunded", 8900, 1000)}
    regular.reload()
    expect(regular.get_by_text("Partly refunded").first).to_be_visible()

    regular.goto("/accounts/")
    expect(regular.get_by_text("Visa •••• 4242", exact=True)).to_be_visible()
    regular.locator("summary", has_text="Remove").click()
    regular.get_by_role("button", name=re.compile("Remove .Visa ••••.4242")).click()
    expect(regular.get_by_text("is removed.")).to_be_visible()
    assert {method["customer"] for method in payment_site.all_of("payment_method")} == {None}
