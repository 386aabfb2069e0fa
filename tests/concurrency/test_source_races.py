"""Workers that look for sources at the same moment: each source is fetched once, and each file judged once."""

from functools import partial

import pytest
from django.db.models import F
from django.utils import timezone

from catalog.imports.schedule import fetches
from catalog.imports.schedule.conclusions import conclude_fetches
from catalog.imports.schedule.fetches import claim_source
from catalog.models import CatalogueSource, FetchOutcome, SourceFetch
from tests.catalog.imports.readings import FEEDS
from tests.catalog.imports.runs import check_bytes
from tests.catalog.imports.scheduled import make_address_source, make_due
from tests.concurrency.crowd import Meeting, run_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_folders")]


def claim_without_the_guard(meeting: Meeting) -> CatalogueSource | None:
    """Claim a source as if its row were not locked: both workers read it before either writes."""
    now = timezone.now()
    source = CatalogueSource.objects.filter(next_fetch_at__lte=now).first()
    meeting.wait()
    CatalogueSource.objects.update(next_fetch_at=now + fetches.LEASE)
    return source


def test_two_workers_fetch_a_source_twice_only_without_the_guard() -> None:
    source = make_address_source()
    meeting = Meeting(2)
    unguarded = run_at_once([partial(claim_without_the_guard, meeting) for _worker in range(2)])
    assert [outcome.result for outcome in unguarded] == [source, source]
    make_due(source)
    claims = run_at_once([partial(claim_source, now=timezone.now()) for _worker in range(4)])
    assert not any(outcome.error for outcome in claims)
    assert [outcome.result for outcome in claims if outcome.result] == [source]


def conclude_without_the_guard(meeting: Meeting, fetch_id: int) -> None:
    """Count a failure as if the fetch were not locked: both workers read it before either writes."""
    fetch = SourceFetch.objects.select_related("source").get(pk=fetch_id)
    meeting.wait()
    CatalogueSource.objects.filter(pk=fetch.source_id).update(failures=F("failures") + 1)


def test_a_refused_file_counts_twice_only_without_the_guard() -> None:
    source = make_address_source()
    run = check_bytes((FEEDS / "empty.csv").read_bytes(), source)
    fetch = SourceFetch.objects.create(source=source, fetched_at=timezone.now(), outcome=FetchOutcome.CHECKING, run=run)
    meeting = Meeting(2)
    run_at_once([partial(conclude_without_the_guard, meeting, fetch.pk) for _worker in range(2)])
    assert CatalogueSource.objects.get().failures == 2
    CatalogueSource.objects.update(failures=0)
    outcomes = run_at_once([partial(conclude_fetches, now=timezone.now()) for _worker in range(4)])
    assert not any(outcome.error for outcome in outcomes)
    assert CatalogueSource.objects.get().failures == 1
    assert SourceFetch.objects.get().sentence.startswith("The file is empty.")
