"""The life of an import: a file is received and checked; then it runs in chunks, and can pause and resume.

The row of the import is the queue. Its position moves in the transaction that writes a chunk, so that each row has one
effect, whoever is killed when.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.imports.chunk_import import ChunkImport
from catalog.imports.chunks import Chunk, in_chunks
from catalog.imports.missing_items import count_missing, is_large_drop, take_off_missing
from catalog.imports.remarks import CatalogueStopped, StopReason
from catalog.imports.run_remarks import pack_remark
from catalog.imports.surveyed_file import SurveyedFile
from catalog.models import CatalogueSource, Import, ImportState, RowOutcome

SLICE_S = 240
"""How long a worker goes on with a run before others have their turn."""


class ImportRefused(Exception):
    """An import that cannot be started, paused or resumed. Nothing was changed. The message says why."""


def receive_import(
    *, source: CatalogueSource, file: File[bytes], file_name: str, created_by: User | None, now: datetime
) -> Import:
    """Keep a file, and return the import whose check is to be enqueued."""
    run = Import(source=source, file_name=file_name[-200:], created_by=created_by, created_at=now, active_at=now)
    run.file.save(f"{now:%Y/%m}/{source.pk}-catalogue", file, save=False)
    run.save()
    return run


@contextmanager
def _open(run: Import) -> Iterator[SurveyedFile]:
    """Survey the file of an import. Raises CatalogueStopped."""
    source = run.source
    sign = source.decimal_sign or None
    try:
        opened = run.file.open("rb")
    except FileNotFoundError as error:  # as after a restored backup, which has no catalogues
        raise CatalogueStopped(StopReason.FILE_GONE) from error
    with opened as file, SurveyedFile(file, decimal_sign=sign, encoding=source.encoding) as surveyed:
        yield surveyed


@transaction.atomic
def check_import(*, run_id: int, now: datetime) -> bool:
    """Find out what an import would do, row by row. Return False if somebody else does or did."""
    waiting = Import.objects.filter(pk=run_id, state=ImportState.READ).select_related("source")
    run = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if run is None:
        return False
    try:
        with _open(run) as surveyed:
            values = _check(run, surveyed, now)
    except CatalogueStopped as stopped:
        remarks = [pack_remark(stopped.remark)]
        return Import.objects.move(run_id, ImportState.READ, ImportState.FAILED, remarks=remarks, ended_at=now)
    return Import.objects.move(run_id, ImportState.READ, ImportState.CHECKED, active_at=now, **values)


def _check(run: Import, surveyed: SurveyedFile, now: datetime) -> dict[str, Any]:
    importer = ChunkImport(run, surveyed, now=now, is_dry=True)
    counts: Counter[str] = Counter()
    for chunk in in_chunks(surveyed.outcomes()):
        counts += importer.take(chunk)
    missing, total = count_missing(run.source, importer.taken.variants)
    takes_off: bool | None = not surveyed.ends_early and not surveyed.is_own
    if takes_off and is_large_drop(missing, total):
        takes_off = None
    return {
        "format_name": surveyed.format_name,
        "remarks": [pack_remark(remark) for remark in surveyed.notes],
        "rows": surveyed.row_count,
        "missing": missing,
        "takes_off_missing": takes_off,
        "asks_in_stock": importer.asks_in_stock,
        **_counts(counts),
    }


def _counts(counts: Counter[str]) -> dict[str, int]:
    outcomes = (RowOutcome.CREATED, RowOutcome.CHANGED, RowOutcome.UNCHANGED, RowOutcome.REFUSED)
    return {outcome.value: counts[outcome] for outcome in outcomes}


@transaction.atomic
def start_import(*, run_id: int, now: datetime, takes_off_missing: bool | None = None) -> None:
    """Start a checked import. `takes_off_missing` answers for one that asks. Raises ImportRefused."""
    run = Import.objects.select_for_update(of=("self",)).select_related("source").get(pk=run_id)
    answer = run.takes_off_missing if run.takes_off_missing is not None else takes_off_missing
    if run.state != ImportState.CHECKED:
        raise ImportRefused(_("This import cannot be started: it is not waiting for a start."))
    if run.asks_in_stock and not run.source.in_stock_means:
        raise ImportRefused(_("Say first what “in stock” without a number means for this source."))
    if answer is None:
        sentence = _("%(count)d products or variants are missing from the file. Say whether they go off sale.")
        raise ImportRefused(sentence % {"count": run.missing})
    _require_newest(run)
    values = {"takes_off_missing": answer, "position": 0, "active_at": now, **_counts(Counter())}
    try:
        with transaction.atomic():
            Import.objects.move(run_id, ImportState.CHECKED, ImportState.RUNNING, **values)
    except IntegrityError as error:
        raise ImportRefused(_("Another import of this source is running or paused. Finish it first.")) from error
    run.import_rows.all().delete()


def _require_newest(run: Import) -> None:
    """Raises ImportRefused if a newer file was imported: an older one would undo it."""
    later = (ImportState.RUNNING, ImportState.PAUSED, ImportState.DONE)
    if Import.objects.filter(source=run.source, pk__gt=run.pk, state__in=later).exists():
        raise ImportRefused(
            _("A newer file of this source was imported already. Send this one again if it is the right one.")
        )


def pause_import(*, run_id: int, now: datetime) -> None:
    """Pause a run after the chunk that is being written. Raises ImportRefused."""
    if not Import.objects.move(run_id, ImportState.RUNNING, ImportState.PAUSED, active_at=now):
        raise ImportRefused(_("This import is not running."))


def resume_import(*, run_id: int, now: datetime) -> None:
    """Let a paused run go on where it stopped. Enqueue it. Raises ImportRefused."""
    if not Import.objects.move(run_id, ImportState.PAUSED, ImportState.RUNNING, active_at=now):
        raise ImportRefused(_("This import is not paused."))


def discard_import(*, run_id: int, now: datetime) -> None:
    """End an import that was checked or paused. What was written stays. Raises ImportRefused."""
    if not any(
        Import.objects.move(run_id, state, ImportState.FAILED, ended_at=now)
        for state in (ImportState.CHECKED, ImportState.PAUSED)
    ):
        raise ImportRefused(_("Only an import that waits or is paused can be discarded."))


def run_import(*, run_id: int, slice_s: float = SLICE_S) -> bool:
    """Go on with a running import. Return True if the slice ended before the file, so that it is to be enqueued again."""
    run = Import.objects.filter(pk=run_id, state=ImportState.RUNNING).select_related("source").first()
    if run is None:
        return False
    try:
        has_ended = _run_slice(run, ends_at=time.monotonic() + slice_s)
    except CatalogueStopped as stopped:
        remarks = [pack_remark(stopped.remark)]
        Import.objects.move(run_id, ImportState.RUNNING, ImportState.PAUSED, remarks=remarks)
        return False
    if not has_ended:
        return Import.objects.filter(pk=run_id, state=ImportState.RUNNING, position=run.position).exists()
    if run.takes_off_missing:
        take_off_missing(run, now=timezone.now())
    now = timezone.now()
    Import.objects.move(run_id, ImportState.RUNNING, ImportState.DONE, ended_at=now, active_at=now)
    return False


def _run_slice(run: Import, *, ends_at: float) -> bool:
    """Write chunks until the file or the time is over, or another writer is ahead. Return whether the file ended."""
    with _open(run) as surveyed:
        importer = ChunkImport(run, surveyed, now=timezone.now(), is_dry=False)
        for chunk in in_chunks(surveyed.outcomes(), start=run.position):
            if not _write(run, importer, chunk):
                return False
            if time.monotonic() > ends_at and not chunk.is_last:
                return False
    return True


@transaction.atomic
def _write(run: Import, importer: ChunkImport, chunk: Chunk) -> bool:
    """Write a chunk. Return False, without writing, if the run was paused or another worker is further."""
    at_place = Import.objects.filter(pk=run.pk, state=ImportState.RUNNING, position=run.position)
    if not at_place.update(position=chunk.end, active_at=timezone.now()):
        return False
    counts = _counts(importer.take(chunk))
    Import.objects.filter(pk=run.pk).update(**{name: F(name) + count for name, count in counts.items()})
    run.position = chunk.end
    return True
