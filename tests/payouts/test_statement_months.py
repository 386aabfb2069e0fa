"""Months of a statement in the shop's time zone, pending commissions, and shares of 0%."""

import csv
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import override

from accounts.models import User
from creators.models import Campaign, Creator, Slot
from creators.slots import FINAL_AFTER
from payouts.ledger import PostingDraft, book_posting, get_account
from payouts.models import AccountKind, PostingKind, StatementLine
from payouts.pdf import FACES, build_statement_rows, render_statement_pdf
from payouts.statements import Month, get_balances, get_statement_lines, get_statement_page
from payouts.tally import tally
from payouts.verification import find_discrepancies
from shop.models import Address, Order
from shop.refunds import plan_refund
from tests.factories import NOW, make_campaign, make_category, make_enrolment, make_product, make_published_clip
from tests.payouts.pdf_reader import find_word, read_lines
from tests.payouts.test_statement import after_the_return_window, sell
from tests.shop.conftest import ADDRESS, buy, token_of

pytestmark = pytest.mark.django_db


def earn(creator: Creator, key: str, at: datetime) -> None:
    amounts = {
        get_account(AccountKind.CREATOR, "USD", creator=creator): 100,
        get_account(AccountKind.FEES, "USD"): -100,
    }
    book_posting(PostingDraft(key, PostingKind.REVERSAL, "USD", 100, amounts, at, creator=creator), now=NOW)


@pytest.mark.parametrize(
    ("zone", "month", "day"),
    [
        ("UTC", "2026-10", 31),
        ("Asia/Tokyo", "2026-11", 1),
        ("Asia/Jerusalem", "2026-11", 1),
        ("Pacific/Apia", "2026-11", 1),
    ],
)
def test_date_of_a_line_lies_in_its_month_everywhere(
    as_creator: Client, creator: Creator, settings: Any, zone: str, month: str, day: int
) -> None:
    settings.TIME_ZONE = zone
    earn(creator, "late", datetime(2026, 10, 31, 22, 30, tzinfo=UTC))
    other = "2026-11" if month == "2026-10" else "2026-10"
    [line] = as_creator.get("/api/v1/earnings/", {"month": month}).json()["results"]
    assert as_creator.get("/api/v1/earnings/", {"month": other}).json()["results"] == []
    moment = parse_datetime(line["occurred_at"])
    assert moment is not None and (f"{moment:%Y-%m}", moment.day) == (month, day)
    year, number = month.split("-")
    [row] = csv.DictReader(
        StringIO(as_creator.get(f"/studio/earnings/{year}-{int(number)}.csv").content.decode("utf-8-sig"))
    )
    assert row["date"].startswith(f"{month}-{day:02}")
    page = as_creator.get("/studio/earnings/", {"month": month}).content.decode()
    assert "$1.00" in page and f'datetime="{month}-{day:02}' in page
    assert "No activity this month." in as_creator.get("/studio/earnings/", {"month": other}).content.decode()
    parsed = Month.parse(month)
    assert parsed is not None
    _heading, (cells, _is_bold), _total = build_statement_rows(
        get_statement_lines(creator=creator, month=parsed).with_reasons()
    )
    assert cells[0] == f"{number}/{day:02}/2026"


@pytest.mark.parametrize("text", ["0001-01", "9999-12", "2026-13", "x"])
def test_month_out_of_range_is_refused(as_creator: Client, text: str) -> None:
    assert as_creator.get("/api/v1/earnings/", {"month": text}).status_code == 400
    assert as_creator.get("/studio/earnings/", {"month": text}).status_code == 200


@pytest.fixture
def home(shopper: User) -> Address:
    return Address.objects.create(user=shopper, **ADDRESS)


def test_pending_commission_is_a_line_with_the_date_from_which_it_counts(
    as_shopper: Client, as_creator: Client, home: Address, creator: Creator
) -> None:
    order = sell(as_shopper, creator, quantity=2)
    tally(now=timezone.now())
    answer = as_creator.get("/api/v1/earnings/").json()
    [line] = [line for line in answer["results"] if line["kind"] == "pending"]
    assert (line["net"]["amount_minor"], line["pending"]["amount_minor"]) == (0, 400)
    payable_at = order.lines.get().payable_at
    assert payable_at is not None
    date = date_format(payable_at, "DATE_FORMAT")
    assert (
        line["rule"]
        == f"10% of $40.00, excluding tax and shipping. It counts from {date}, when the return period ends."
    )
    assert sum(line["net"]["amount_minor"] for line in answer["results"]) == answer["balances"][0]["owed_minor"]
    assert answer["balances"][0]["pending_minor"] == 400
    page = as_creator.get("/studio/earnings/").content.decode()
    assert "$4.00" in page and "It counts from" in page
    assert list(find_discrepancies()) == []
    after_the_return_window(order)
    kinds = list(StatementLine.objects.of(creator).order_by("id").values_list("kind", "net_minor", "pending_minor"))
    assert sorted(kinds) == [("commission", 400, 0), ("fee", 2500, 0)]


def test_page_is_full_although_commissions_were_pending_before(
    as_shopper: Client, home: Address, creator: Creator
) -> None:
    """The day of payment of a booked commission is no line any more, so it must not count when the page is cut."""
    order = sell(as_shopper, creator)
    Order.objects.filter(pk=order.pk).update(paid_at=timezone.now() - timedelta(days=10))
    after_the_return_window(order)
    for days in (12, 13, 14):
        earn(creator, f"older-{days}", timezone.now() - timedelta(days=days))
    lines = list(get_statement_lines(creator=creator))
    for size in range(1, len(lines) + 1):
        assert list(get_statement_page(creator=creator, month=None, after=None, at_most=size)) == lines[:size]


def test_pending_commission_shrinks_with_each_return(as_shopper: Client, home: Address, creator: Creator) -> None:
    order = sell(as_shopper, creator, quantity=2)
    line = order.lines.get()
    for left in (200, 0):
        plan_refund(order_id=order.pk, quantities={line.pk: 1}, created_by=None, now=timezone.now())
        pending = StatementLine.objects.of(creator).get(kind="pending")
        assert pending.pending_minor == left
        [balance] = get_balances(creator=creator)
        assert balance.pending_minor == left


@pytest.mark.parametrize(
    ("rate_bps", "price_minor", "sentence"),
    [
        (0, 2000, "This product's category paid no commission at the time of the order."),
        (1, 1000, "The commission is less than the smallest amount that we can pay."),
    ],
)
def test_share_of_nothing_says_why(
    as_shopper: Client,
    as_creator: Client,
    home: Address,
    creator: Creator,
    rate_bps: int,
    price_minor: int,
    sentence: str,
) -> None:
    mug = make_product(category=make_category("odd", commission_rate_bps=rate_bps), price_minor=price_minor)
    clip = make_published_clip(creator, products=[mug, make_product()], now=timezone.now() - FINAL_AFTER)
    buy(as_shopper, {"product": mug.slug, "quantity": 1, "seen": token_of(clip, as_shopper)}, key="key-0001")
    assert Order.objects.get().lines.get().commission_minor == 0
    [line] = [line for line in as_creator.get("/api/v1/earnings/").json()["results"] if line["kind"] == "unpaid"]
    assert (line["net"]["text"], line["rule"]) == ("$0.00", sentence)


def test_clip_without_a_fee_says_why(as_creator: Client, creator: Creator) -> None:
    make_published_clip(creator, now=timezone.now() - FINAL_AFTER)
    Slot.objects.update(fee_minor=0, agency_minor=0)
    tally(now=timezone.now())
    for answer in (
        as_creator.get("/api/v1/earnings/").json(),
        as_creator.get("/api/v1/earnings/", {"limit": 1}).json(),
    ):
        [line] = answer["results"]
        assert (line["kind"], line["net"]["text"]) == ("unpaid", "$0.00")
        assert "pays no fee for clips" in line["rule"]


@pytest.mark.parametrize("language", ["en", "ar", "he"])
def test_pdf_is_written_in_the_creators_language(creator: Creator, language: str) -> None:
    earn(creator, "one", NOW - timedelta(days=1))
    creator.user.language = language
    month = Month.of(NOW - timedelta(days=1))
    lines = get_statement_lines(creator=creator, month=month).with_reasons()
    pdf = render_statement_pdf(creator=creator, month=month, lines=lines)
    assert pdf.startswith(b"%PDF") and f"/Lang ({language})".encode() in pdf and b"FiraGO" in pdf


@pytest.mark.parametrize("language", ["en", "ar", "he"])
def test_every_word_of_the_pdf_is_drawn_joined_in_order_and_can_be_copied(creator: Creator, language: str) -> None:
    """The glyphs are compared with those of HarfBuzz, so that Arabic letters that do not join would be noticed."""
    campaign = make_campaign("autumn")
    Campaign.objects.update(title="حملة الخريف 2026 קמפיין סתיו")
    make_published_clip(enrolment=make_enrolment(creator, campaign), now=NOW - FINAL_AFTER)
    tally(now=NOW)
    creator.user.language = language
    month = Month.of(NOW - FINAL_AFTER)
    lines = get_statement_lines(creator=creator, month=month).with_reasons()
    with override(language):
        words = {word for cells, _bold in build_statement_rows(lines) for cell in cells for word in cell.split()}
    drawn = read_lines(render_statement_pdf(creator=creator, month=month, lines=lines))
    assert words >= {"حملة", "קמפיין", "2026"}
    for word in words:
        letters = re.sub(r"[^\w]", "", re.sub(r"[\u200e\u200f\u2066-\u2069]", "", word))
        if not letters or letters != word:
            continue  # the order of punctuation and amounts depends on what is around them
        copied = find_word(drawn, word, list(FACES.values()))
        assert copied is not None, word
        is_rtl = unicodedata.bidirectional(word[0]) in ("R", "AL")
        assert "".join(copied[::-1] if is_rtl else copied) == word
