"""Addresses that do not give a file: nothing in the shop changes, and they are asked less and less often."""

import itertools
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import User
from catalog.imports.schedule.times import read_retry_after
from catalog.models import CatalogueSource, FetchOutcome, Import, Product
from tests.catalog.imports.pretend_web import PUBLIC, Page, PretendWeb, open_web
from tests.catalog.imports.scheduled import ADDRESS, HOST, make_address_source, make_due, outcomes, pans, show, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
SECRET = "hunter2-of-the-warehouse"
BASIC = "Basic bWU6aHVudGVyMi1vZi10aGUtd2FyZWhvdXNl"


@pytest.fixture
def web() -> Iterator[PretendWeb]:
    with open_web() as web:
        yield web


@pytest.fixture
def source() -> CatalogueSource:
    return make_address_source(user_name="me", password=SECRET)


def pause_of(source: CatalogueSource) -> timedelta:
    """Return how long the source waits from now on, in whole minutes."""
    source.refresh_from_db()
    assert source.next_fetch_at is not None
    return timedelta(minutes=round((source.next_fetch_at - timezone.now()).total_seconds() / 60))


def drip() -> Iterator[bytes]:
    for _byte in range(60):
        time.sleep(0.05)
        yield b"1"


def redirect(address: str) -> Page:
    return Page(status=302, headers={"Location": address})


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (Page(status=401), "The server asks for a sign-in (401). Check the user name and the password."),
        (Page(status=403), "The server asks for a sign-in (403). Check the user name and the password."),
        (Page(status=404), "There is nothing at the address (404)."),
        (Page(status=429), "The server asks to be asked less often (429)."),
        (Page(status=500), "The server answered with the error 500."),
        (Page(status=304), "The server answered with the error 304."),
        (Page(status=204), "The server answered with the error 204."),
        (Page(b"1", headers={"Content-Length": "9"}), "The file ended early: the server announced more than it sent."),
        (
            Page(b"9\r\n1", headers={"Transfer-Encoding": "chunked"}),
            "The file ended early: the server announced more than it sent.",
        ),
        (Page(itertools.repeat(bytes(100_000), 30)), "The file has more than 1 MB. Split it into smaller ones."),
        (Page(headers={"Content-Length": "2000000"}), "The file has more than 1 MB. Split it into smaller ones."),
        (Page(drip()), "The server sent its answer too slowly. It may take 0 seconds."),
        (redirect(ADDRESS), "The address redirects too often."),
        (redirect("http://shop.example/goods.csv"), "The address redirects to one without https."),
        (redirect("https://10.0.0.1/goods.csv"), "The address leads to no server on the public web."),
        (redirect("file:///etc/passwd"), "The address redirects to one without https."),
        (redirect("https://[broken"), "The server could not be reached."),
    ],
)
def test_a_fetch_that_fails_says_why_and_changes_nothing(
    web: PretendWeb, source: CatalogueSource, monkeypatch: pytest.MonkeyPatch, page: Page, sentence: str
) -> None:
    web.pages[f"{HOST}/goods.csv"] = page
    work(web, monkeypatch, max_bytes=1024**2, total_s=0.8 if "slowly" in sentence else 20.0)
    fetch = source.fetches.get()
    assert (fetch.outcome, fetch.run, fetch.sentence) == (FetchOutcome.FAILED, None, sentence)
    assert (Import.objects.count(), Product.objects.filter(is_active=True).count()) == (1, 3)


def test_pauses_grow_and_staff_are_told_once(
    web: PretendWeb,
    source: CatalogueSource,
    monkeypatch: pytest.MonkeyPatch,
    merchant: User,
    mailoutbox: list[EmailMessage],
) -> None:
    web.pages[f"{HOST}/goods.csv"] = Page(status=500)
    hours = []
    for _failure in range(10):
        make_due(source)
        work(web, monkeypatch)
        hours.append(pause_of(source) // timedelta(hours=1))
    assert hours == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([merchant.email], "The source “Warehouse” can't be imported")
    assert "failed 3 times in a row" in mail.body and "The server answered with the error 500." in mail.body
    assert ADDRESS not in mail.body and SECRET not in mail.body
    show(web, pans(3))
    make_due(source)
    work(web, monkeypatch)
    assert (pause_of(source), source.failures) == (timedelta(hours=1), 0)


def test_a_server_that_names_a_pause_gets_it(
    web: PretendWeb, source: CatalogueSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, hours in (("18000", 5), ("60", 2), ("99999999", 168), ("soon", 8)):
        web.pages[f"{HOST}/goods.csv"] = Page(status=429, headers={"Retry-After": name})
        make_due(source)
        work(web, monkeypatch)
        assert pause_of(source) == timedelta(hours=hours), name
    now = timezone.now()
    text = (now + timedelta(hours=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert timedelta(hours=2, minutes=59) < read_retry_after(text, now) <= timedelta(hours=3)
    assert read_retry_after("Mon, 02 Nov 2020 12:00:00 GMT", now) == timedelta()


def test_name_and_password_are_sent_to_the_sources_own_server_only(
    web: PretendWeb, source: CatalogueSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    CatalogueSource.objects.update(etag='"1"')
    web.pages[f"{HOST}/goods.csv"] = redirect("/moved.csv?token=1")
    web.pages[f"{HOST}/moved.csv?token=1"] = redirect("https://files.example/goods.csv")
    web.pages["files.example/goods.csv"] = Page(pans(3).encode())
    work(web, monkeypatch)
    assert web.asked == [f"{HOST}/goods.csv", f"{HOST}/moved.csv?token=1", "files.example/goods.csv"]
    assert [headers.get("authorization") for headers in web.headers] == [BASIC, BASIC, None]
    assert [headers.get("if-none-match") for headers in web.headers] == ['"1"', '"1"', None]
    assert all("referer" not in headers and "cookie" not in headers for headers in web.headers)
    assert outcomes(source) == [FetchOutcome.NEW_FILE]


def test_no_hop_leads_to_a_private_address(
    web: PretendWeb, source: CatalogueSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.names["private.example"] = [["127.0.0.1"]]
    web.names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    web.pages[f"{HOST}/goods.csv"] = redirect("https://rebinding.example/2")
    web.pages["rebinding.example/2"] = redirect("https://private.example/3")
    with closing(socket.create_server(("127.0.0.1", 0))):
        work(web, monkeypatch)
    assert [ip for ip, _port in web.dialled] == [PUBLIC, PUBLIC]
    assert source.fetches.get().failure == "not_public"


def test_nothing_of_the_address_is_logged(
    web: PretendWeb, source: CatalogueSource, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    web.pages[f"{HOST}/goods.csv"] = Page(status=401)
    with caplog.at_level(logging.DEBUG):
        work(web, monkeypatch)
    [line] = [record for record in caplog.records if record.name == "catalog.imports.schedule.fetches"]
    assert (vars(line)["source"], vars(line)["code"]) == (source.pk, "sign_in")
    written = " ".join(str(vars(record)) for record in caplog.records if not record.name.startswith("django.db"))
    assert HOST not in written and SECRET not in written and BASIC not in written


def test_a_full_disk_is_told_apart_from_a_server_that_is_away(
    web: PretendWeb, source: CatalogueSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullDisk:
        def write(self, _data: bytes) -> int:
            raise OSError(28, "No space left on device")

        def __enter__(self) -> "FullDisk":
            return self

        def __exit__(self, *_error: object) -> None:
            pass

    show(web, pans(4))
    monkeypatch.setattr("catalog.imports.schedule.fetches.TemporaryFile", FullDisk)
    work(web, monkeypatch)
    assert source.fetches.get().failure == "not_stored"
