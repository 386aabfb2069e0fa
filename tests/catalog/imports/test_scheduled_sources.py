"""Sources with an address are fetched on a schedule, and imported by themselves unless something about a file is unusual."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import User
from catalog.imports.retention import forget_old_imports
from catalog.imports.schedule.fetches import claim_source
from catalog.imports.schedule.times import first_fetch_at, next_fetch_at
from catalog.models import CatalogueSource, FetchOutcome, Import, ImportState, Product, SourceFetch
from tests.catalog.imports.pretend_web import PretendWeb, open_web
from tests.catalog.imports.readings import FEEDS
from tests.catalog.imports.runs import check_bytes, import_text, make_source, variant_by
from tests.catalog.imports.scheduled import (
    ADDRESS,
    HOST,
    last_run,
    make_address_source,
    make_due,
    outcomes,
    pans,
    show,
    work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


@pytest.fixture
def web() -> Iterator[PretendWeb]:
    with open_web() as web:
        yield web


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def during_lookup(web: PretendWeb, patch: pytest.MonkeyPatch, action: Callable[[], object]) -> None:
    """Do something while a worker looks up the name of the server."""
    resolve = web.resolve

    def act_and_resolve(host: str, port: int) -> list[tuple[str, int]]:
        action()
        return resolve(host, port)

    patch.setattr(web, "resolve", act_and_resolve)


def test_a_new_file_is_imported_by_itself(web: PretendWeb, patch: pytest.MonkeyPatch) -> None:
    source = make_address_source()
    show(web, pans(3, **{"Variant Price": "6.00"}))
    started = timezone.now()
    work(web, patch)
    run = last_run(source)
    assert (run.state, run.changed, run.file_name, run.created_by) == (ImportState.DONE, 3, "goods.csv", None)
    assert (variant_by("PAN-1").price_minor, outcomes(source)) == (600, [FetchOutcome.NEW_FILE])
    source.refresh_from_db()
    assert source.next_fetch_at is not None
    assert timedelta(minutes=59) < source.next_fetch_at - started < timedelta(minutes=61)


def test_an_unchanged_file_makes_no_run_and_is_recorded(web: PretendWeb, patch: pytest.MonkeyPatch) -> None:
    source = make_address_source()
    show(web, pans(3), ETag='"1"', Last_Modified="Mon, 02 Nov 2026 12:00:00 GMT")
    work(web, patch)
    make_due(source)
    work(web, patch)
    assert web.headers[1]["if-none-match"] == '"1"'
    assert web.headers[1]["if-modified-since"] == "Mon, 02 Nov 2026 12:00:00 GMT"
    show(web, pans(3))
    make_due(source)
    work(web, patch)
    assert outcomes(source) == [FetchOutcome.NEW_FILE, FetchOutcome.UNCHANGED, FetchOutcome.UNCHANGED]
    assert Import.objects.filter(source=source).count() == 2
    assert Product.objects.filter(is_active=True).count() == 3


def test_a_file_is_read_whatever_its_etag(web: PretendWeb, patch: pytest.MonkeyPatch) -> None:
    source = make_address_source()
    show(web, pans(3), ETag='"1"')
    work(web, patch)
    show(web, pans(3, **{"Variant Price": "6.00"}), ETag='"2"')
    CatalogueSource.objects.update(etag='"2 of a server that answers 200 all the same"')
    make_due(source)
    work(web, patch)
    assert (last_run(source).state, variant_by("PAN-1").price_minor) == (ImportState.DONE, 600)


def test_a_gzipped_file_is_unpacked(web: PretendWeb, patch: pytest.MonkeyPatch) -> None:
    source = make_address_source(address=f"{ADDRESS}.gz")
    show(web, "", path="goods.csv.gz")
    web.pages[f"{HOST}/goods.csv.gz"].body = gzip.compress(pans(4).encode())
    work(web, patch)
    assert (last_run(source).state, last_run(source).created) == (ImportState.DONE, 1)


def test_the_first_file_of_a_source_waits_for_a_person(
    web: PretendWeb, patch: pytest.MonkeyPatch, merchant: User, mailoutbox: list[EmailMessage]
) -> None:
    source = make_source(address=ADDRESS, interval="hourly", next_fetch_at=timezone.now())
    show(web, pans(3))
    work(web, patch)
    assert (last_run(source).state, Product.objects.count()) == (ImportState.CHECKED, 0)
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([merchant.email], "A file of “Warehouse” waits for you")
    assert f"/admin/catalog/import/{last_run(source).pk}/change/" in mail.body


@pytest.mark.parametrize(
    ("text", "note"), [(pans(1), ""), ("\n".join(pans(3).splitlines()[:3]) + '\n"pan-3', "The file ends early.")]
)
def test_a_file_that_lacks_much_waits_and_the_next_one_takes_its_place(
    web: PretendWeb, patch: pytest.MonkeyPatch, merchant: User, mailoutbox: list[EmailMessage], text: str, note: str
) -> None:
    source = make_address_source()
    import_text(pans(6), source)
    show(web, text, ETag='"1"')
    for _fetch in range(2):
        make_due(source)
        work(web, patch)
    small = last_run(source)
    assert small.state == ImportState.CHECKED and note in " ".join(small.sentences)
    assert Product.objects.filter(is_active=True).count() == 6
    assert len(mailoutbox) == 1
    show(web, pans(6, **{"Variant Price": "6.00"}), ETag='"2"')
    make_due(source)
    work(web, patch)
    small.refresh_from_db()
    assert (small.state, last_run(source).state) == (ImportState.FAILED, ImportState.DONE)
    assert "The source sent a newer file before this one was started." in small.sentences


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("login_page.csv", "This is a web page, not a catalogue."),
        ("empty.csv", "The file is empty."),
        ("header_only.csv", "The file contains no products."),
        ("xml_entity_bomb.xml", "The file declares a document type (DOCTYPE)"),
        ("xml_external_entity.xml", "The file declares a document type (DOCTYPE)"),
        ("gzip_bomb.csv.gz", "The file unpacks to more than 500 times its size."),
    ],
)
def test_a_file_that_is_no_catalogue_is_a_failure_and_is_read_again(
    web: PretendWeb, patch: pytest.MonkeyPatch, name: str, sentence: str
) -> None:
    source = make_address_source()
    show(web, "", ETag='"1"')
    web.pages[f"{HOST}/goods.csv"].body = (FEEDS / name).read_bytes()
    for failures in (1, 2):
        make_due(source)
        work(web, patch)
        source.refresh_from_db()
        assert (source.failures, source.etag, source.digest) == (failures, "", "")
    fetch = source.fetches.latest("pk")
    assert (fetch.outcome, fetch.run) == (FetchOutcome.FAILED, last_run(source)) and sentence in fetch.sentence
    assert Product.objects.filter(is_active=True).count() == 3


def test_a_source_whose_import_is_not_finished_waits(web: PretendWeb, patch: pytest.MonkeyPatch) -> None:
    source = make_address_source()
    show(web, pans(3, **{"Variant Price": "6.00"}))
    run = check_bytes(pans(3).encode(), source)
    for state in (ImportState.READ, ImportState.RUNNING, ImportState.PAUSED):
        Import.objects.filter(pk=run.pk).update(state=state)
        work(web, patch)
        assert (web.asked, claim_source(now=timezone.now())) == ([], None)
    Import.objects.filter(pk=run.pk).update(state=ImportState.DONE)
    work(web, patch)
    assert last_run(source).state == ImportState.DONE and len(web.asked) == 1


def test_a_file_that_was_fetched_waits_for_a_run_that_somebody_started_meanwhile(
    web: PretendWeb, patch: pytest.MonkeyPatch
) -> None:
    source = make_address_source()
    upload = Import.objects.filter(pk=check_bytes(pans(3).encode(), source).pk)
    show(web, pans(4))
    during_lookup(web, patch, lambda: upload.update(state=ImportState.RUNNING))
    work(web, patch)
    assert (last_run(source).state, outcomes(source)) == (ImportState.CHECKED, [FetchOutcome.CHECKING])
    upload.update(state=ImportState.DONE)
    work(web, patch)
    assert (last_run(source).state, outcomes(source)) == (ImportState.RUNNING, [FetchOutcome.NEW_FILE])


def test_what_was_fetched_from_an_address_that_changed_meanwhile_is_dropped(
    web: PretendWeb, patch: pytest.MonkeyPatch
) -> None:
    source = make_address_source()
    show(web, pans(4))
    elsewhere = {"address": "https://other.example/", "next_fetch_at": None}
    during_lookup(web, patch, lambda: CatalogueSource.objects.update(**elsewhere))
    work(web, patch)
    source.refresh_from_db()
    assert (web.asked, outcomes(source), source.digest) == ([f"{HOST}/goods.csv"], [], "")
    assert Import.objects.filter(source=source).count() == 1


def test_times_follow_the_interval_and_the_shops_zone(settings: object) -> None:
    settings.TIME_ZONE = "Europe/Berlin"  # type: ignore[attr-defined]
    now = datetime(2026, 10, 24, 12, 30, tzinfo=UTC)
    hourly, six = CatalogueSource(interval="hourly"), CatalogueSource(interval="six_hours")
    daily, later = CatalogueSource(interval="daily"), CatalogueSource(interval="daily", daily_hour=15)
    assert [first_fetch_at(source, now) for source in (hourly, six, CatalogueSource())] == [now, now, None]
    assert next_fetch_at(hourly, now) == now + timedelta(hours=1)
    assert next_fetch_at(six, now) == now + timedelta(hours=6)
    # At three o'clock on the day on which summer time ends, and at fifteen o'clock today.
    assert first_fetch_at(daily, now) == next_fetch_at(daily, now) == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    assert next_fetch_at(later, now) == datetime(2026, 10, 24, 13, 0, tzinfo=UTC)


def test_a_source_is_fetched_by_one_worker_and_again_after_its_lease() -> None:
    source, now = make_address_source(), timezone.now()
    assert claim_source(now=now) == source
    assert claim_source(now=now + timedelta(minutes=14)) is None
    assert claim_source(now=now + timedelta(minutes=15)) == source


def test_what_came_of_fetches_is_kept_for_thirty_days() -> None:
    source, now = make_source(), timezone.now()
    for days in (29, 31):
        outcome = FetchOutcome.UNCHANGED
        SourceFetch.objects.create(source=source, fetched_at=now - timedelta(days=days), outcome=outcome)
    forget_old_imports(now=now)
    assert SourceFetch.objects.get().fetched_at == now - timedelta(days=29)
