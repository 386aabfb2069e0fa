"""Finance in real browsers: from a campaign that the manager opens to the bank's file and its results."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from creators.models import Campaign, Creator
from payouts.models import Batch, Payout, PayoutAccount, Posting
from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.browser.test_end_to_end import wait_until
from tests.factories import (
    PASSWORD,
    make_category,
    make_creator,
    make_enrolment,
    make_product,
    make_published_clip,
    make_user,
)

CLIPS = {"maya": 2, "nour": 1}
"""Approved clips at $400.00 per clip: $1,200.00 in all, above the limit at which a second person has to approve."""


@pytest.fixture
def staff(transactional_db: None) -> None:
    call_command("sync_roles", verbosity=0)
    for name, role in (("manager", "Campaign manager"), ("finance", "Finance"), ("second", "Finance")):
        make_user(f"{name}@example.com", is_staff=True).groups.add(Group.objects.get(name=role))


def enter_admin(page: Page, name: str) -> None:
    sign_in(page, f"{name}@example.com", PASSWORD)


@pytest.mark.usefixtures("staff")
def test_finance_walks_from_a_campaign_to_the_banks_file(chromium: Browser, site: str, tmp_path: Path) -> None:
    pages = [chromium.new_context(base_url=site, **kind).new_page() for kind in (DESKTOP, DESKTOP, DESKTOP, PHONE)]
    manager, finance, second, maya = pages
    for page in pages:
        page.set_default_timeout(30_000)

    open_campaign(manager)
    enter_admin(second, "second")
    approve_terms(second)
    film()
    wait_until(finance, lambda: Posting.objects.filter(kind="fee").count() == sum(CLIPS.values()))
    see_burn_down(finance)
    batch = plan(finance)
    approve(second, batch)
    file = send_and_download(finance, batch, tmp_path / "bank.csv")
    see_that_statements_agree(maya, file)
    answer(finance, batch, file, tmp_path / "answer.csv")
    call_command("verify_ledger")

    for page in pages:
        page.context.close()


def open_campaign(page: Page) -> None:
    enter_admin(page, "manager")
    page.goto("/admin/creators/campaign/add/")
    page.get_by_label("Title").fill("Slow mornings")
    page.get_by_label("Brief").fill("Film what you use before nine.")
    page.get_by_label("Maximum clips in total").fill("10")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("No slots have been taken yet.")).to_be_visible()
    page.get_by_role("link", name="Publish new terms").click()
    page.get_by_label("Fee per approved clip").fill("400")
    page.get_by_label("Maximum clips per creator").fill("5")
    page.locator("[name=opens_at_0]").fill("2026-01-01")
    page.locator("[name=opens_at_1]").fill("00:00:00")
    page.locator("[name=confirms_past_opening]").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Nothing changes until a second person approves it.")).to_be_visible()
    assert Campaign.objects.get().terms is None


def approve_terms(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name="Proposals to approve").click()
    page.get_by_role("link", name=re.compile("Slow mornings")).first.click()
    expect(page.get_by_text("$4,000.00")).to_be_visible()  # ten clips at $400.00
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The change is made.")).to_be_visible()
    campaign = Campaign.objects.get()
    assert campaign.terms is not None
    assert (campaign.slug, campaign.terms.fee_minor, campaign.terms.version) == ("slow-mornings", 40_000, 1)


def film() -> None:
    """Create approved clips; the periodic task books their fees when the grace period is over."""
    campaign = Campaign.objects.with_terms().get()
    goods = [make_product("kettle", category=make_category("kitchen")), make_product("mug")]
    for handle, count in CLIPS.items():
        creator = make_creator(handle, user=make_user(f"{handle}@example.com", adult_confirmed_at=campaign.created_at))
        PayoutAccount.objects.create(creator=creator, holder_name=handle.title(), number=f"DE00{handle.upper()}")
        enrolment = make_enrolment(creator, campaign)
        for _index in range(count):
            make_published_clip(enrolment=enrolment, products=goods)


def see_burn_down(page: Page) -> None:
    enter_admin(page, "finance")
    page.goto("/admin/creators/campaign/")
    expect(page.get_by_text("3 / 0 / 7")).to_be_visible()
    page.get_by_role("link", name="Slow mornings").click()
    expect(page.get_by_role("img", name="Slots left by day")).to_be_visible()
    expect(page.get_by_text("$400.00 per approved clip").first).to_be_visible()


def plan(page: Page) -> Batch:
    page.goto("/admin/payouts/batch/")
    page.get_by_role("button", name="Plan a batch").click()
    expect(page.get_by_role("heading", name="$1,200.00")).to_be_visible()
    expect(page.get_by_text("A second person must sign in again and approve this batch.")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_have_count(0)
    expect(page.get_by_text("You can't approve a batch that you planned.")).to_be_visible()
    expect(page.get_by_role("link", name="Approve")).to_have_count(0)
    batch = Batch.objects.get()
    assert (batch.approved_at, batch.payouts.count()) == (None, len(CLIPS))
    return batch


def confirm_password(page: Page) -> None:
    page.wait_for_url(re.compile("/accounts/reauthenticate/"))
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile("/approve/"))


def approve(page: Page, batch: Batch) -> None:
    page.goto(f"/admin/payouts/batch/{batch.pk}/change/")
    page.get_by_role("link", name="Approve").click()
    confirm_password(page)
    expect(page.get_by_role("heading", name="$1,200.00")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(re.compile("/change/"))
    batch.refresh_from_db()
    assert batch.approved_by is not None and batch.approved_by.email == "second@example.com"


def send_and_download(page: Page, batch: Batch, path: Path) -> list[dict[str, str]]:
    page.goto(f"/admin/payouts/batch/{batch.pk}/change/")
    page.get_by_role("link", name="Send").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("2 payouts are being sent.")).to_be_visible()
    wait_until(page, lambda: not batch.payouts.filter(state="planned").exists())
    page.reload()
    page.get_by_role("button", name="Make a bank order with 2 payouts").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the bank's file").click()
    waiting.value.save_as(path)
    rows = list(csv.DictReader(StringIO(path.read_text())))
    expected = {handle.title(): str(count * 40_000) for handle, count in CLIPS.items()}
    assert {row["holder"]: row["amount_minor"] for row in rows} == expected
    return rows


def see_that_statements_agree(page: Page, file: list[dict[str, str]]) -> None:
    """The creator's page, CSV and API show the amount in the bank's file as paid."""
    sign_in(page, "maya@example.com", PASSWORD)
    month = f"{Posting.objects.filter(kind='fee').latest('occurred_at').occurred_at:%Y-%m}"
    page.goto(f"/studio/earnings/?month={month}")
    expect(page.get_by_role("definition").filter(has_text="$800.00")).to_be_visible()
    expect(page.get_by_text("$400.00").first).to_be_visible()
    earnings = page.request.get("/api/v1/earnings/").json()
    [balance] = earnings["balances"]
    [payout] = [row for row in file if row["holder"] == "Maya"]
    fees = [line["net"]["amount_minor"] for line in earnings["results"] if line["kind"] == "fee"]
    assert (fees, balance["paid_minor"], balance["owed_minor"]) == ([40_000] * 2, int(payout["amount_minor"]), 0)
    rows = list(csv.DictReader(StringIO(page.request.get(f"/studio/earnings/{month}.csv").body().decode("utf-8-sig"))))
    assert [row["net"] for row in rows if row["kind"] == "fee"] == ["400.00"] * 2


def answer(page: Page, batch: Batch, file: list[dict[str, str]], path: Path) -> None:
    """Upload the bank's results twice: settled payouts stay settled."""
    path.write_text("key,status,reference\n" + "".join(f"{row['key']},paid,R{row['key']}\n" for row in file))
    page.locator("input[name=results]").set_input_files(path)
    page.get_by_role("button", name="Upload results").click()
    expect(page.get_by_text("2 payouts were settled.")).to_be_visible()
    assert set(Payout.objects.values_list("state", flat=True)) == {"paid"}
    assert Creator.objects.filter(payouts__state="paid").count() == len(CLIPS)
