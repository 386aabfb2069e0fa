"""Fetches sources that are due. The row of the source is the queue: `next_fetch_at` is a lease while a worker fetches."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import unquote, urlsplit

from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from catalog.imports.runs import receive_import
from catalog.imports.schedule.fetcher import FetchedFile, SourceFetcher, SourceNotFetched, SourceRequest
from catalog.imports.schedule.notices import tell_of_failures
from catalog.imports.schedule.settings import AT_WORK
from catalog.imports.schedule.times import next_fetch_at, read_retry_after, retry_at
from catalog.models import CatalogueSource, FetchOutcome, Import, SourceFetch
from catalog.public_web.client import Validators

logger = logging.getLogger(__name__)
SLICE_S = 200.0
LEASE = timedelta(minutes=15)
"""After which a source is claimed again, because its worker must have died."""


def fetch_due_sources(*, fetcher: SourceFetcher, slice_s: float = SLICE_S) -> Iterator[Import]:
    """Fetch sources until none is due or the time is over. Yield the imports whose check is to be enqueued."""
    ends_at = time.monotonic() + slice_s
    while time.monotonic() < ends_at and (source := claim_source(now=timezone.now())):
        with TemporaryFile() as file:
            if run := _fetch(source, fetcher, file):
                yield run


@transaction.atomic
def claim_source(*, now: datetime) -> CatalogueSource | None:
    """Return the source that is due for the longest time. One whose import is not finished waits."""
    at_work = Import.objects.filter(source=OuterRef("pk"), state__in=AT_WORK)
    due = CatalogueSource.objects.filter(~Exists(at_work), next_fetch_at__lte=now).exclude(address="")
    source = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_fetch_at", "pk").first()
    if source is not None:
        source.next_fetch_at = now + LEASE
        source.save(update_fields=["next_fetch_at"])
    return source


def _fetch(source: CatalogueSource, fetcher: SourceFetcher, file: IO[bytes]) -> Import | None:
    """Fetch a source, record what came of it, and return an import if there is a new file."""
    known = Validators(source.etag, source.last_modified)
    request = SourceRequest(source.address, source.user_name, source.password, known)
    try:
        fetched = fetcher.fetch(request, file)
    except SourceNotFetched as error:
        now = timezone.now()
        fetch = SourceFetch(source=source, fetched_at=now, failure=error.failure, values=error.values)
        with transaction.atomic():
            if _holds(source):
                record_failure(fetch, now=now, retry_after=read_retry_after(error.retry_after, now))
        return None
    return _record_file(source, fetched, file, now=timezone.now())


def _holds(source: CatalogueSource) -> bool:
    """Lock a claimed source, and return whether it is still claimed by this worker, for the same address."""
    same = CatalogueSource.objects.filter(pk=source.pk, address=source.address, next_fetch_at=source.next_fetch_at)
    return same.select_for_update(no_key=True).exists()


def record_failure(fetch: SourceFetch, *, now: datetime, retry_after: timedelta = timedelta()) -> None:
    """Note why a locked source could not be fetched or read, and let it wait. After some failures, tell the staff once."""
    source = fetch.source
    logger.warning("A source was not fetched", extra={"source": source.pk, "code": fetch.failure})
    fetch.outcome = FetchOutcome.FAILED
    fetch.save()
    failures = source.failures + 1
    due_at = retry_at(source, now, failures=failures, retry_after=retry_after)
    CatalogueSource.objects.filter(pk=source.pk).update(failures=failures, next_fetch_at=due_at)
    tell_of_failures(fetch, failures=failures)


@transaction.atomic
def _record_file(source: CatalogueSource, fetched: FetchedFile, file: IO[bytes], *, now: datetime) -> Import | None:
    """Note what was fetched. A file with the same bytes as the last one is not read again."""
    if not _holds(source):
        return None
    is_new = fetched.digest not in ("", source.digest)
    validators = fetched.validators
    source.etag, source.last_modified = validators.etag, validators.last_modified
    source.next_fetch_at = next_fetch_at(source, now)
    fetch = SourceFetch(source=source, fetched_at=now, size_bytes=fetched.size_bytes, outcome=FetchOutcome.UNCHANGED)
    if is_new:
        source.digest, fetch.outcome = fetched.digest, FetchOutcome.CHECKING
        fetch.run = receive_import(
            source=source, file=File(file), file_name=_file_name(source.address), created_by=None, now=now
        )
    else:
        source.failures = 0
    source.save(update_fields=["etag", "last_modified", "digest", "failures", "next_fetch_at"])
    fetch.save()
    logger.info("A source was fetched", extra={"source": source.pk, "outcome": fetch.outcome})
    return fetch.run


def _file_name(address: str) -> str:
    """Return the last part of an address, without its query, or its host."""
    parts = urlsplit(address)
    return PurePosixPath(unquote(parts.path)).name or str(parts.hostname)
