"""The statement explains every cent and every $0.00, identically as page, CSV, PDF and API."""

import csv
import re
from datetime import timedelta
from html import unescape
from importlib import import_module
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from creators.models import Agency, Campaign, Creator, Representation
from creators.representation import accept_representation, give_notice, offer_representation
from creators.slots import FINAL_AFTER
from payouts.models import StatementLine
from payouts.statement_pdf import build_statement_rows
from payouts.statements import Earner, get_balances, get_best_earners
from payouts.tally import tally
from payouts.verification import find_discrepancies, get_account_totals, get_reported_totals
from shop.models import Address, Order, OrderLine
from shop.refunds import plan_refund
from tests.factories import NOW, make_category, make_creator, make_draft, make_product, make_published_clip
from tests.shop.conftest import ADDRESS, buy, token_of
from videos.studio.submission import submit_clip, withdraw_clip

pytestmark = pytest.mark.django_db


def sell(client: Client, creator: Creator, quantity: int = 1, key: str = "key-0001") -> Order:
    """Sell a $20.00 mug with 10 % commission through a published clip of the creator."""
    mug = make_product(category=make_category("beauty", commission_rate_bps=1000), price_minor=2000)
    clip = make_published_clip(creator, products=[mug, make_product()], now=timezone.now() - FINAL_AFTER)
    buy(client, {"product": mug.slug, "quantity": quantity, "seen": token_of(clip, client)}, key=key)
    return Order.objects.order_by("-pk")[0]


def after_the_return_window(order: Order) -> None:
    order.lines.update(payable_at=timezone.now() - timedelta(seconds=1))
    tally(now=timezone.now())


def rows_of(client: Client) -> list[dict[str, str]]:
    month = timezone.now().strftime("%Y-%-m")
    content = client.get(f"/studio/earnings/{month}.csv").content.decode()
    assert content.startswith("\ufeffdate,"), "Excel on Windows takes it for another encoding."
    return list(csv.DictReader(StringIO(content.removeprefix("\ufeff"))))


@pytest.fixture
def shopper_at_home(shopper: User) -> Address:
    return Address.objects.create(user=shopper, **ADDRESS)


def test_approved_clip_is_explained_with_campaign_fee_and_terms(as_creator: Client, creator: Creator) -> None:
    clip = make_published_clip(creator, now=timezone.now() - FINAL_AFTER)
    tally(now=timezone.now())
    page = as_creator.get("/studio/earnings/").content.decode()
    assert "$25.00" in page and "Your clip was approved" in page and clip.code in page
    campaign = Campaign.objects.get()
    [line] = as_creator.get("/api/v1/earnings/").json()["results"]
    assert line["rule"] == f"$25.00 for each approved clip: {campaign.title}, terms 1"
    assert (line["clip"], line["terms_version"], line["net"]["amount_minor"]) == (clip.code, 1, 2500)


def test_released_slot_is_a_line_of_its_own(as_creator: Client, creator: Creator) -> None:
    clip = submit_clip(clip_id=make_draft(creator).pk, now=NOW)
    withdraw_clip(clip_id=clip.pk, now=timezone.now())
    [line] = as_creator.get("/api/v1/earnings/").json()["results"]
    assert (line["what"], line["net"]["text"], line["clip"]) == ("The creator withdrew the clip.", "$0.00", clip.code)
    assert "Only approved clips are paid" in line["rule"]


def test_commission_is_pending_until_the_return_window_ends(
    as_shopper: Client, shopper_at_home: Address, creator: Creator
) -> None:
    order = sell(as_shopper, creator, quantity=2)
    tally(now=timezone.now())
    [balance] = get_balances(creator=creator)
    assert (balance.owed_minor, balance.pending_minor, balance.held_minor) == (2500, 400, 0)
    after_the_return_window(order)
    [balance] = get_balances(creator=creator)
    assert (balance.owed_minor, balance.pending_minor) == (2900, 0)


def test_upgrade_marks_booked_commissions_and_the_tally_books_none_twice(
    as_shopper: Client, shopper_at_home: Address, creator: Creator
) -> None:
    order = sell(as_shopper, creator, quantity=2)
    after_the_return_window(order)
    line = order.lines.get()
    for mark in (lambda: tally(now=timezone.now()), run_migration):
        OrderLine.objects.update(commission_booked_at=None)
        assert StatementLine.objects.of(creator).filter(kind="pending").count() == 1
        mark()
        line.refresh_from_db()
        assert line.commission_booked_at is not None
        assert line.postings.count() == 1
        assert not StatementLine.objects.of(creator).filter(kind="pending").exists()


def run_migration() -> None:
    with connection.cursor() as cursor:
        cursor.execute(import_module("payouts.migrations.0013_unbooked_lines")._MARK_SQL)


def test_return_reverses_its_part_before_and_after_the_window(
    as_shopper: Client, shopper_at_home: Address, creator: Creator
) -> None:
    order = sell(as_shopper, creator, quantity=3)
    line = order.lines.get()
    plan_refund(order_id=order.pk, quantities={line.pk: 1}, created_by=None, now=timezone.now())
    [balance] = get_balances(creator=creator)
    assert balance.pending_minor == 400
    after_the_return_window(order)
    plan_refund(order_id=order.pk, quantities={line.pk: 2}, created_by=None, now=timezone.now())
    for _index in range(3):
        tally(now=timezone.now())
    assert get_account_totals(creator) == {"USD": 2500}
    kinds = list(StatementLine.objects.of(creator).order_by("id").values_list("kind", "net_minor"))
    assert sorted(kinds) == [("commission", 600), ("fee", 2500), ("return", -400), ("return", -200)]
    assert list(find_discrepancies()) == []


def test_own_purchase_is_a_line_of_zero_with_its_reason(as_creator: Client, creator: Creator) -> None:
    Address.objects.create(user=creator.user, **ADDRESS)
    sell(as_creator, creator)
    lines = as_creator.get("/api/v1/earnings/").json()["results"]
    [line] = [line for line in lines if line["kind"] == "unpaid"]
    assert line["net"]["amount_minor"] == 0
    assert line["rule"] == "You bought this yourself through your own clip, so it earns no commission."


def test_agency_gets_its_capped_share_on_every_line(
    as_shopper: Client, shopper_at_home: Address, creator: Creator
) -> None:
    agency = Agency.objects.create(slug="north", name="North Talent")
    offer = offer_representation(agency=agency, creator=creator, share_bps=3000, now=timezone.now())
    accept_representation(representation=offer, now=timezone.now())
    order = sell(as_shopper, creator)
    submitted_before = make_published_clip(creator, now=timezone.now() - FINAL_AFTER)
    after_the_return_window(order)
    assert submitted_before.enrolment is not None
    lines = StatementLine.objects.of(creator).filter(order_line=order.lines.get())
    assert list(lines.values_list("gross_minor", "agency_minor", "net_minor")) == [(200, 40, 160)]
    assert list(find_discrepancies()) == []


def test_agency_is_named_capped_and_ended_with_notice(creator: Creator) -> None:
    agency = Agency.objects.create(slug="north", name="North Talent", notice_days=30)
    first = offer_representation(agency=agency, creator=creator, share_bps=1000, now=NOW)
    assert not Representation.objects.active_at(NOW).exists()
    accept_representation(representation=first, now=NOW)
    second = offer_representation(agency=agency, creator=creator, share_bps=1500, now=NOW)
    assert Representation.objects.active_at(NOW).get().share_bps == 1000
    accept_representation(representation=second, now=NOW + timedelta(days=1))
    assert Representation.objects.active_at(NOW + timedelta(days=1)).get().version == 2
    assert give_notice(representation=second, now=NOW + timedelta(days=2))
    assert not give_notice(representation=second, now=NOW + timedelta(days=3))
    assert Representation.objects.active_at(NOW + timedelta(days=31)).exists()
    assert not Representation.objects.active_at(NOW + timedelta(days=32)).exists()


def test_page_csv_pdf_and_api_agree(
    as_shopper: Client, as_creator: Client, shopper_at_home: Address, creator: Creator
) -> None:
    order = sell(as_shopper, creator, quantity=3)
    after_the_return_window(order)
    plan_refund(order_id=order.pk, quantities={order.lines.get().pk: 1}, created_by=None, now=timezone.now())
    tally(now=timezone.now())
    owed = get_balances(creator=creator)[0].owed_minor
    answer = as_creator.get("/api/v1/earnings/").json()
    rows = rows_of(as_creator)
    assert owed == answer["balances"][0]["owed_minor"] == 2900
    assert sum(line["net"]["amount_minor"] for line in answer["results"]) == owed
    assert sum(round(float(row["net"]) * 100) for row in rows) == owed
    assert get_account_totals(creator) == {"USD": owed}
    assert get_reported_totals(creator) == {source: {"USD": owed} for source in ("CSV", "API", "page")}
    assert "$29.00" in as_creator.get("/studio/earnings/").content.decode()
    month = timezone.now().strftime("%Y-%-m")
    pdf = as_creator.get(f"/studio/earnings/{month}.pdf").content
    assert pdf.startswith(b"%PDF")
    table = list(build_statement_rows(StatementLine.objects.of(creator).newest_first().with_reasons()))
    api_amounts = [(line["gross"]["text"], line["net"]["text"]) for line in answer["results"]]
    assert [(cells[3], cells[5]) for cells, _is_bold in table[1:-1]] == api_amounts and len(api_amounts) == 3
    assert table[-1] == (["", "Total", "", "", "", "$29.00"], True)


def test_text_in_the_csv_never_becomes_a_formula(
    as_shopper: Client, as_creator: Client, shopper_at_home: Address, creator: Creator
) -> None:
    order = sell(as_shopper, creator)
    order.lines.update(product_name="=HYPERLINK(1)")
    after_the_return_window(order)
    assert [row["what"] for row in rows_of(as_creator) if row["kind"] == "commission"] == ["'=HYPERLINK(1) was sold"]


def test_page_uses_at_most_7_queries(
    as_creator: Client, creator: Creator, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _index in range(3):
        make_published_clip(creator, now=timezone.now() - FINAL_AFTER)
    tally(now=timezone.now())
    with django_assert_max_num_queries(8):  # one counts the bag, one the notifications
        assert as_creator.get("/studio/earnings/").status_code == 200


def test_pages_together_show_all_lines_of_the_csv(
    as_creator: Client, creator: Creator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page through five lines of one moment and one that earned nothing, two a page, without repeats or gaps."""
    monkeypatch.setattr("payouts.views.LINES_PER_PAGE", 2)
    moment = timezone.now() - FINAL_AFTER
    for _index in range(5):
        make_published_clip(creator, now=moment)
    withdraw_clip(clip_id=submit_clip(clip_id=make_draft(creator).pk, now=NOW).pk, now=timezone.now())
    tally(now=timezone.now())
    shown, link = [], f"?month={moment:%Y-%m}"
    for _page in range(3):
        page = as_creator.get(f"/studio/earnings/{link}").content.decode()
        shown.append(re.findall(r"/studio/clips/(\w+)/", page))
        assert "$125.00" in page
        older = re.search(r'href="([^"]+)" rel="next">Older', page)
        link = unescape(older[1]) if older else ""
    assert [len(codes) for codes in shown] == [2, 2, 2]
    assert link == ""
    assert [code for codes in shown for code in codes] == [row["clip"] for row in rows_of(as_creator)]


def test_api_pages_have_no_repeats_and_no_gaps(as_creator: Client, creator: Creator) -> None:
    moment = timezone.now() - FINAL_AFTER
    for _index in range(5):
        make_published_clip(creator, now=moment)
    withdraw_clip(clip_id=submit_clip(clip_id=make_draft(creator).pk, now=NOW).pk, now=timezone.now())
    tally(now=timezone.now())
    for month in ({}, {"month": f"{timezone.now():%Y-%m}"}):
        whole = as_creator.get("/api/v1/earnings/", month).json()
        assert (len(whole["results"]), whole["next"]) == (6, None)
        page = as_creator.get("/api/v1/earnings/", {"limit": 2, **month}).json()
        lines, count = page["results"], 1
        while page["next"]:
            page = as_creator.get(page["next"]).json()
            lines, count = lines + page["results"], count + 1
        assert (lines, count) == (whole["results"], 3)


@pytest.mark.parametrize("cursor", ["7", "2026-11-01T00:00:00+00:00~' OR 1=1"])
def test_invalid_cursor_is_404(as_creator: Client, cursor: str) -> None:
    assert as_creator.get("/api/v1/earnings/", {"cursor": cursor}).status_code == 404


@pytest.mark.parametrize("after", ["7", "2026-11-01~posting-1", "2026-11-01T00:00:00+00:00~' OR 1=1", "~", "\x00"])
def test_invalid_page_cursor_shows_the_newest_lines(as_creator: Client, creator: Creator, after: str) -> None:
    clip = make_published_clip(creator, now=timezone.now() - FINAL_AFTER)
    tally(now=timezone.now())
    assert clip.code in as_creator.get("/studio/earnings/", {"after": after}).content.decode()


def test_earnings_are_for_creators_only(client: Client, as_stranger: Client, creator: Creator) -> None:
    assert client.get("/api/v1/earnings/").status_code == 403
    assert as_stranger.get("/api/v1/earnings/").status_code == 404
    assert client.get("/studio/earnings/").status_code == 302
    make_published_clip(make_creator("other"), now=timezone.now() - FINAL_AFTER)
    tally(now=timezone.now())


def test_creators_see_only_their_own_lines(as_creator: Client, creator: Creator) -> None:
    make_published_clip(make_creator("other"), now=timezone.now() - FINAL_AFTER)
    tally(now=timezone.now())
    assert as_creator.get("/api/v1/earnings/").json()["results"] == []
    assert rows_of(as_creator) == []


def test_best_earners_come_first(
    as_shopper: Client, as_creator: Client, shopper_at_home: Address, creator: Creator
) -> None:
    order = sell(as_shopper, creator, quantity=3)
    after_the_return_window(order)
    page = as_creator.get("/studio/earnings/best/").content.decode()
    assert "$31.00" in page and order.lines.get().product_name in page


def test_returns_reduce_the_earnings_of_clip_and_product(
    as_shopper: Client, as_creator: Client, shopper_at_home: Address, creator: Creator
) -> None:
    order = sell(as_shopper, creator, quantity=3)
    after_the_return_window(order)
    line = order.lines.get()
    plan_refund(order_id=order.pk, quantities={line.pk: 2}, created_by=None, now=timezone.now())
    tally(now=timezone.now())
    assert line.clip is not None
    best = get_best_earners(creator=creator)
    assert best.clips == [Earner(line.clip.code, "USD", 2700, line.clip.caption)]
    assert best.products == [Earner(line.product_name, "USD", 200)]
