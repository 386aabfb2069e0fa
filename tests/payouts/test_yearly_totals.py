"""Totals of each payee in a tax year, as CSV in admin."""

import csv
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.history import read_history_line
from creators.models import Agency, Creator
from feedsite.roles import ROLES
from payouts.ledger import PostingDraft, book_posting, get_account
from payouts.models import AccountKind, Batch, Payout, PayoutAccount, PostingKind
from tests.conftest import client_of
from tests.factories import NOW, PASSWORD, make_creator, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_finance() -> Client:
    user = make_user("finance@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    client = client_of(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def earn(creator: Creator, key: str, at: datetime, net: int, agency: Agency | None = None, share: int = 0) -> None:
    amounts = {
        get_account(AccountKind.CREATOR, "USD", creator=creator): net,
        get_account(AccountKind.FEES, "USD"): -net - share,
    }
    if agency:
        amounts[get_account(AccountKind.AGENCY, "USD", agency=agency)] = share
    draft = PostingDraft(
        key, PostingKind.REVERSAL, "USD", net + share, amounts, at, creator=creator, agency_minor=share
    )
    book_posting(draft, now=NOW)


def rows_of(client: Client, year: int) -> list[dict[str, str]]:
    response = client.get("/admin/payouts/payout/year/", {"year": str(year)})
    assert response.headers["Content-Disposition"] == f'attachment; filename="payees-{year}.csv"'
    content = response.content.decode()
    assert content.startswith("\ufeffyear,"), "Excel on Windows takes it for another encoding."
    return list(csv.DictReader(StringIO(content.removeprefix("\ufeff"))))


def test_totals_are_by_payee_with_country_and_tax_id(as_finance: Client) -> None:
    maya, north = make_creator("maya"), Agency.objects.create(slug="north", name="=North")
    PayoutAccount.objects.create(
        creator=maya, holder_name="Maya Meyer", number="DE89370400440532013000", tax_id="DE123", country_code="DE"
    )
    earn(maya, "one", datetime(2026, 3, 1, tzinfo=UTC), 2000, north, 500)
    earn(maya, "two", datetime(2026, 4, 1, tzinfo=UTC), -300)
    earn(maya, "old", datetime(2025, 4, 1, tzinfo=UTC), 77)
    batch = Batch.objects.create(currency="USD", provider="csv", created_at=NOW)
    values: dict[str, Any] = {"batch": batch, "creator": maya, "currency": "USD", "holder_name": "M", "number": "DE1"}
    Payout.objects.create(**values, amount_minor=1500, state="paid", settled_at=datetime(2026, 5, 1, tzinfo=UTC))
    Payout.objects.create(**values, amount_minor=99, state="failed", settled_at=datetime(2026, 5, 1, tzinfo=UTC))
    creator, agency = rows_of(as_finance, 2026)
    assert creator == {
        "year": "2026",
        "payee": "creator",
        "handle": "maya",
        "name": maya.display_name,
        "account_holder": "Maya Meyer",
        "country": "DE",
        "tax_id": "DE123",
        "currency": "USD",
        "gross": "22.00",
        "agency": "5.00",
        "net": "17.00",
        "paid": "15.00",
    }
    assert (agency["payee"], agency["name"], agency["gross"], agency["net"]) == ("agency", "'=North", "5.00", "5.00")
    assert [row["net"] for row in rows_of(as_finance, 2025)] == ["0.77"]


@pytest.mark.parametrize(("zone", "year"), [("UTC", 2026), ("Asia/Tokyo", 2027), ("America/New_York", 2026)])
def test_year_follows_the_shops_time_zone(as_finance: Client, settings: Any, zone: str, year: int) -> None:
    settings.TIME_ZONE = zone
    earn(make_creator("maya"), "one", datetime(2026, 12, 31, 20, 30, tzinfo=UTC), 2000)
    assert [row["net"] for row in rows_of(as_finance, year)] == ["20.00"]
    assert rows_of(as_finance, 4053 - year) == []


def test_year_must_be_chosen(as_finance: Client) -> None:
    assert "Download CSV" in as_finance.get("/admin/payouts/payout/").content.decode()
    for year in ("", "20", "abcd", "٢٠٢٦", "99999"):
        assert as_finance.get("/admin/payouts/payout/year/", {"year": year}).status_code == 302
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize("role", [role for role in ROLES if role != "Finance"])
def test_only_finance_downloads_what_has_tax_ids_and_account_numbers_in_full(role: str) -> None:
    user = make_user("other@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client, batch = client_of(user), Batch.objects.create(currency="USD", provider="csv", created_at=NOW)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    files = [f"batch/{batch.pk}/order/1/{kind}/" for kind in ("file", "pain001")]
    answers = [client.get(f"/admin/payouts/{page}").status_code for page in ("payout/year/?year=2026", *files)]
    assert answers == [403, 403, 403]
    assert "Download CSV" not in client.get("/admin/payouts/payout/").content.decode()
    assert LogEntry.objects.count() == 0


def test_download_asks_for_the_password_and_is_in_the_users_history() -> None:
    user = make_user("books@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name="Finance"))
    client, url = client_of(user), "/admin/payouts/payout/year/?year=2026"
    assert "/reauthenticate/" in client.get(url).headers["Location"] and LogEntry.objects.count() == 0
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get(url).status_code == 200
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (user, str(user.pk))
    assert read_history_line(entry.change_message) == "Downloaded the totals of all payees in 2026, with tax IDs."
