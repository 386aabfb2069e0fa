"""Working on a job: fetch the original, run the pipeline, store what it made, and flip the pointer."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from videos.intake.confinement import require_sandbox
from videos.intake.disk import DiskFull, told_when_full
from videos.intake.storage import LocalFile, originals, upload_policy
from videos.media import hls, results, running
from videos.media.policy import SENTENCES, MediaFailed, MediaRefused
from videos.models import JobKind, Source
from videos.pipeline import outputs as shape
from videos.pipeline.claims import (
    MAX_ATTEMPTS,
    Claim,
    claim_job,
    fail_job,
    finish_job,
    give_way,
    note_progress,
    publish_outputs,
    requeue_job,
)
from videos.pipeline.scheduling import WATCHABLE, is_to_give_way, next_job_ids
from videos.pipeline.workdir import work_folder

logger = logging.getLogger(__name__)

DATABASE_PATIENCE_S = 50.0
"""For how long a finished result waits for a database that restarts: less than a lease."""


class LeaseLost(Exception):
    """Another worker has the job by now; whatever this one made is thrown away."""


class GaveWay(Exception):
    """Another job comes first; this one was put back, and wants a bell of its own again."""


def process_next_job() -> bool:
    """Work on the job whose turn it is; False when nothing waits. Raises GaveWay."""
    while waiting := next_job_ids(now=timezone.now()):
        if any(process_job(job_id=job_id) for job_id in waiting):
            return True
    return False


def process_job(*, job_id: int) -> bool:
    """Work on a waiting job until it is done, failed, or given back; False when there was nothing to take.

    Raises GaveWay when it was put back because another one comes first.
    """
    require_sandbox()
    claim = claim_job(job_id=job_id, now=timezone.now())
    if claim is None:
        return False
    source = Source.objects.get(jobs=claim.job_id)
    try:
        with told_when_full(), work_folder() as folder:
            work = _add_av1 if claim.kind == JobKind.AV1 else _make_playable
            work(claim, source, _local_copy(source, folder), folder / "out")
    except LeaseLost:
        logger.warning("Job %d was taken over by another worker.", job_id)
        _discard(source, _prefix_of(claim))
    except GaveWay:
        _patiently(lambda: give_way(claim, now=timezone.now()))
        raise
    except MediaRefused as refused:
        _refuse(claim, refused)
    except (MediaFailed, DiskFull) as failed:
        _give_back(claim, failed)
    return True


def _make_playable(claim: Claim, source: Source, original: Path, folder: Path) -> None:
    prefix = _prefix_of(claim)

    def on_playable(playable: results.Playable) -> None:
        _store(source, prefix, (playable.rendition.path, playable.poster.path))
        first = shape.Outputs((_rendition(prefix, playable.rendition),), _still(prefix, playable.poster))
        if not _patiently(lambda: publish_outputs(claim, outputs=first.stored(), now=timezone.now())):
            raise LeaseLost
        _discard_other_attempts(source, prefix)

    produced = running.process(original, folder, _progress_of(claim), policy=upload_policy(), on_playable=on_playable)
    stored = {produced.renditions[0].path, produced.poster.path}
    _store(source, prefix, tuple(path for path in produced.files if path not in stored))
    made = _outputs(prefix, produced).stored()
    facts = {"duration_ms": produced.duration_ms}
    if not _patiently(lambda: finish_job(claim, outputs=made, facts=facts, now=timezone.now())):
        raise LeaseLost


def _add_av1(claim: Claim, source: Source, original: Path, folder: Path) -> None:
    """Add smaller renditions of the same sizes; what can be watched already stays as it is."""
    made = shape.Outputs.read(source.outputs)
    if made is None:
        raise MediaFailed("There is nothing to add to.")
    prefix, first = _prefix_of(claim), made.renditions[0].name
    with default_storage.open(f"{source.media_folder}/{first}") as stored:
        (folder / Path(first).name).write_bytes(stored.read())
    renditions = running.process_av1(original, folder, _progress_of(claim), policy=upload_policy())
    _store(source, prefix, tuple(one.path for one in renditions))
    after = replace(made, modern=tuple(_rendition(prefix, one) for one in renditions))
    if renditions and made.playlist:
        packaged = hls.package_modern(renditions, folder, sound_folder=f"../{Path(made.playlist).parent}")
        _store(source, prefix, packaged)
        after = replace(after, modern_playlist=f"{prefix}/{packaged[0].name}")
    outputs = after.stored()
    if not _patiently(lambda: finish_job(claim, outputs=outputs, facts={}, now=timezone.now())):
        raise LeaseLost


def _refuse(claim: Claim, refused: MediaRefused) -> None:
    text = _(SENTENCES[refused.code]) % refused.parameters
    _patiently(lambda: fail_job(claim, code=refused.code, text=text, now=timezone.now()))


def _give_back(claim: Claim, failed: MediaFailed | DiskFull) -> None:
    """Queue a job again after a passing fault, or end it when it has had its attempts."""
    logger.warning("Attempt %d of job %d failed: %s", claim.attempt, claim.job_id, failed)
    tail = f"{failed}\n{failed.log_tail}" if isinstance(failed, MediaFailed) else str(failed)
    if claim.attempt < MAX_ATTEMPTS:
        _patiently(lambda: requeue_job(claim, now=timezone.now(), stderr_tail=tail))
    else:
        text = _("We could not process this file. Please try again, or upload another one.")
        _patiently(lambda: fail_job(claim, code="technical", text=text, now=timezone.now(), stderr_tail=tail))


def _patiently(write: Callable[[], bool]) -> bool:
    """Repeat a write while the database restarts. Safe, since each of them is fenced by the claim's token."""
    until = time.monotonic() + DATABASE_PATIENCE_S
    while True:
        try:
            return write()
        except OperationalError:
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def _progress_of(claim: Claim) -> Callable[[float], None]:
    """Return a listener that stores the percent and renews the lease. It raises LeaseLost or GaveWay.

    What makes a clip playable gives way only until it can be watched: a quarter of the work is lost at most.
    """
    until = 100.0 if claim.kind == JobKind.AV1 else WATCHABLE

    def on_progress(percent: float) -> None:
        now = timezone.now()
        try:
            held = note_progress(claim, percent=int(percent), now=now)
            gives_way = held and percent < until and is_to_give_way(claim.job_id, now=now)
        except OperationalError:  # the database restarts: the next second's call renews the lease
            connection.close()
            return
        if not held:
            raise LeaseLost
        if gives_way:
            raise GaveWay

    return on_progress


def _local_copy(source: Source, folder: Path) -> Path:
    """Return the original's path; a storage elsewhere is copied from first."""
    try:
        return Path(originals().path(source.storage_name))
    except NotImplementedError:
        target = folder / "in" / source.storage_name
        with originals().open(source.storage_name) as original, target.open("wb") as copy:
            for chunk in File(original).chunks():
                copy.write(chunk)
        return target


def _store(source: Source, prefix: str, paths: tuple[Path, ...]) -> None:
    """Copy finished files to where they are served from. Each attempt has a folder of its own."""
    for path in paths:
        link = path.with_name(f"stored-{path.name}")
        os.link(path, link)  # the storage renames what it is given, and later runs still read the file here
        with LocalFile(link) as file:
            default_storage.save(f"{source.media_folder}/{prefix}/{path.name}", file)


def _discard_other_attempts(source: Source, prefix: str) -> None:
    folders, _files = default_storage.listdir(source.media_folder)
    for folder in folders:
        if folder.isdigit() and folder != prefix:
            _discard(source, folder)


def _prefix_of(claim: Claim) -> str:
    """Return the folder of one attempt, inside the source's."""
    return f"av1-{claim.token}" if claim.kind == JobKind.AV1 else f"{claim.token}"


def _discard(source: Source, prefix: str) -> None:
    folder = f"{source.media_folder}/{prefix}"
    try:
        _folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was stored yet
        return
    for name in files:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)


def _outputs(prefix: str, produced: results.Produced) -> shape.Outputs:
    board = produced.storyboard
    return shape.Outputs(
        renditions=tuple(_rendition(prefix, one) for one in produced.renditions),
        poster=_still(prefix, produced.poster),
        storyboard=shape.Storyboard(
            name=f"{prefix}/{board.image.path.name}",
            tile_width_px=board.tiles.tile.width,
            tile_height_px=board.tiles.tile.height,
            columns=board.tiles.columns,
            rows=board.tiles.rows,
            count=board.tiles.count,
            interval_ms=board.tiles.interval_ms,
        ),
        playlist=f"{prefix}/{produced.playlist.name}",
        fingerprint=produced.fingerprint,
    )


def _rendition(prefix: str, made: results.Rendition) -> shape.Rendition:
    return shape.Rendition(
        name=f"{prefix}/{made.path.name}",
        codecs=made.codecs,
        width_px=made.width,
        height_px=made.height,
        bitrate_bps=made.bitrate_bps,
        size_bytes=made.bytes,
    )


def _still(prefix: str, made: results.Still) -> shape.Still:
    return shape.Still(f"{prefix}/{made.path.name}", made.width, made.height)
