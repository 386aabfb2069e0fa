"""What becomes of a file that was fetched and checked: it starts by itself, waits for a person, or counts as a failure."""

import logging
from datetime import datetime

from django.db import transaction

from catalog.imports.remarks import NoteKind, Remark, StopReason
from catalog.imports.run_remarks import pack_remark
from catalog.imports.runs import ImportRefused, start_import
from catalog.imports.schedule.failures import FetchFailure
from catalog.imports.schedule.fetches import record_failure
from catalog.imports.schedule.notices import tell_of_question
from catalog.models import CatalogueSource, FetchOutcome, Import, ImportState, SourceFetch

logger = logging.getLogger(__name__)


def conclude_fetches(*, now: datetime) -> None:
    """Conclude fetches whose file was checked. Several workers may do so at once."""
    checked = SourceFetch.objects.filter(outcome=FetchOutcome.CHECKING).exclude(run__state=ImportState.READ)
    for fetch_id in list(checked.order_by("pk").values_list("pk", flat=True)[:100]):
        _conclude(fetch_id, now)


@transaction.atomic
def _conclude(fetch_id: int, now: datetime) -> None:
    checking = SourceFetch.objects.filter(pk=fetch_id, outcome=FetchOutcome.CHECKING)
    fetch = checking.select_for_update(of=("self",), skip_locked=True).select_related("run").first()
    if fetch is None:
        return
    source = fetch.source = CatalogueSource.objects.select_for_update(no_key=True).get(pk=fetch.source_id)
    run = fetch.run
    if run is None or _was_stopped(run):
        fetch.failure = FetchFailure.NOT_READ
        _forget_version(source)
        record_failure(fetch, now=now)
    elif run.state != ImportState.CHECKED or _start_or_ask(source, run, now):
        CatalogueSource.objects.filter(pk=source.pk).update(failures=0)
        checking.update(outcome=FetchOutcome.NEW_FILE)


def _forget_version(source: CatalogueSource) -> None:
    """Let the file be fetched and read again, even if it does not change at its server."""
    CatalogueSource.objects.filter(pk=source.pk).update(etag="", last_modified="", digest="")


def _was_stopped(run: Import) -> bool:
    """Return whether the check refused the file as a whole."""
    return run.state == ImportState.FAILED and any(remark[0] == StopReason.__name__ for remark in run.remarks)


def _start_or_ask(source: CatalogueSource, run: Import, now: datetime) -> bool:
    """Start an import, or leave it to a person. Return False if another of the source must be finished before."""
    if Import.objects.filter(source=source, state__in=(ImportState.RUNNING, ImportState.PAUSED)).exists():
        return False
    if _ends_early(run):
        _forget_version(source)
    has_asked = _discard_older(source, run, now)
    if not needs_person(source, run):
        try:
            start_import(run_id=run.pk, now=now)
        except ImportRefused:  # another file was started meanwhile
            logger.info("A fetched file waits", extra={"source": source.pk, "run": run.pk})
        else:
            return True
    if not has_asked:
        tell_of_question(source, run)
    return True


def needs_person(source: CatalogueSource, run: Import) -> bool:
    """Return whether a person has to look at a checked file: the first of its source, one with a question, or a part."""
    is_first = not Import.objects.filter(source=source, state=ImportState.DONE).exists()
    is_open = run.asks_in_stock and not source.in_stock_means
    return is_first or is_open or run.asks_missing or _ends_early(run)


def _ends_early(run: Import) -> bool:
    return pack_remark(Remark(NoteKind.ENDS_EARLY)) in run.remarks


def _discard_older(source: CatalogueSource, run: Import, now: datetime) -> bool:
    """Discard fetched files that nobody started, and return whether there were any."""
    older = Import.objects.filter(source=source, pk__lt=run.pk, state=ImportState.CHECKED, fetches__isnull=False)
    superseded = pack_remark(Remark(StopReason.SUPERSEDED))
    discarded = [
        Import.objects.move(
            waiting.pk, ImportState.CHECKED, ImportState.FAILED, ended_at=now, remarks=[*waiting.remarks, superseded]
        )
        for waiting in older.order_by("pk")
    ]
    return any(discarded)
