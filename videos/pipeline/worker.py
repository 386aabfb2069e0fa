"""The worker. It claims a job, fetches the original, encodes, publishes playable files, and finishes or fails the job.

`process_job` handles one job from claim to end. `job_states` writes the rows, `attempt_files` writes the files, and
`heartbeat` renews the lease.
"""

import logging
import shutil
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.object_storage import StoreAway
from accounts.stored_files import open_stored
from videos.intake.disk import raise_storage_faults, require_room
from videos.intake.errors import StorageFault
from videos.intake.policy_checks import require_sandbox
from videos.intake.storage import originals, upload_policy
from videos.intake.workdir import work_folder
from videos.media import running
from videos.media.policy import SENTENCES, MediaFailed, MediaRefused
from videos.media.results import Playable, Rendition, Still, Storyboard
from videos.models import JobKind, Source
from videos.pipeline.attempt_files import attempt_folder, discard_attempt, discard_other_attempts, store_files
from videos.pipeline.heartbeat import JobYielded, LeaseLost, heartbeat, retry_during_restart
from videos.pipeline.job_states import (
    MAX_ATTEMPTS,
    Claim,
    InReviewHook,
    claim_job,
    fail_job,
    finish_job,
    postpone_job,
    publish_outputs,
    requeue_job,
    yield_job,
)
from videos.pipeline.outputs import Outputs
from videos.pipeline.scheduling import WORK_COPIES, next_job_ids

logger = logging.getLogger(__name__)
DOWNLOAD_BYTES = 1 << 20
DOWNLOAD_BEAT_S = 5.0
AUDIO_LANGUAGES = {"en": "eng", "ar": "ara", "he": "heb"}


def process_next_job(*, on_in_review: InReviewHook | None = None) -> bool:
    """Process the next job in fair order that fits on the disk. Return False if there is none.

    Raises JobYielded, ImproperlyConfigured.
    """
    while job_ids := next_job_ids(now=timezone.now()):
        if any(process_job(job_id=job_id, on_in_review=on_in_review) for job_id in job_ids):
            return True
    return False


def process_job(*, job_id: int, on_in_review: InReviewHook | None = None) -> bool:
    """Process a waiting job until it is done, failed or requeued. Return False if it could not be claimed.

    `on_in_review` is called for each clip that enters review. Raises JobYielded after requeuing the job so that a more
    urgent one can run, and ImproperlyConfigured if there is no sandbox.
    """
    require_sandbox()
    claim = claim_job(job_id=job_id, now=timezone.now())
    if claim is None:
        return False
    source = Source.objects.select_related("creator__user").get(jobs=claim.job_id)
    language = source.creator.user.language or settings.LANGUAGE_CODE
    try:
        with raise_storage_faults(), work_folder() as folder:
            require_room(WORK_COPIES * source.size_bytes)
            original = _fetch_original(claim, source, folder / "in")
            if claim.kind == JobKind.AV1:
                _add_av1(claim, source, original, folder / "out")
            else:
                _make_playable(claim, source, original, folder / "out", on_in_review)
    except LeaseLost:
        logger.warning("Job %d was claimed by another worker; this attempt is discarded.", job_id)
        with suppress(StoreAway):
            discard_attempt(source, attempt_folder(claim))
    except StorageFault as fault:  # not the file's fault: the sweep enqueues the job again, as often as it takes
        logger.warning("Job %d waits for its storage: %s", job_id, fault.__cause__ or fault)
        with suppress(StoreAway, OSError):
            discard_attempt(source, attempt_folder(claim))
        retry_during_restart(lambda: postpone_job(claim, now=timezone.now()))
    except JobYielded:
        retry_during_restart(lambda: yield_job(claim, now=timezone.now()))
        raise
    except MediaRefused as refusal:
        with override(language):
            _fail(claim, refusal)
    except MediaFailed as failure:
        with override(language):
            _retry_or_fail(claim, failure)
    return True


def _fetch_original(claim: Claim, source: Source, folder: Path) -> Path:
    """Return a local path to the original. Download the file into `folder` first if its storage is remote.

    Raises LeaseLost, JobYielded, StoreAway.
    """
    try:
        return Path(originals().path(source.storage_name))
    except NotImplementedError:
        path = folder / source.storage_name
        beat, beaten_at = heartbeat(claim), time.monotonic()
        with open_stored(originals(), source.storage_name) as original, path.open("wb") as copy:
            while chunk := original.read(DOWNLOAD_BYTES):
                copy.write(chunk)
                if time.monotonic() > beaten_at + DOWNLOAD_BEAT_S:  # a large file takes longer than a lease
                    beat(0)
                    beaten_at = time.monotonic()
        return path


def _make_playable(
    claim: Claim, source: Source, original: Path, workdir: Path, on_in_review: InReviewHook | None
) -> None:
    """Make a clip's H.264 renditions, poster and storyboard, and send the clip to review.

    Raises LeaseLost, JobYielded, MediaRefused, MediaFailed.
    """
    folder = attempt_folder(claim)

    # 1. Publish the smallest rendition as soon as it is ready, so that the clip can be watched.
    def publish_first(playable: Playable) -> None:
        store_files(source, folder, (playable.encoded_file.path, workdir / playable.poster.name))
        first = Outputs(
            (_in_folder(playable.encoded_file.rendition, folder),), _in_folder(playable.poster, folder)
        ).to_json()
        if not retry_during_restart(lambda: publish_outputs(claim, outputs=first, now=timezone.now())):
            raise LeaseLost
        discard_other_attempts(source, folder)

    produced = running.process(
        original,
        workdir,
        heartbeat(claim),
        policy=upload_policy(),
        languages=_languages(source),
        on_playable=publish_first,
    )

    # 2. Store the rest.
    stored = {produced.encoded_files[0].path, workdir / produced.poster.name}
    store_files(source, folder, tuple(path for path in produced.files if path not in stored))

    # 3. Record all outputs in the row, and send the clip to review.
    outputs = Outputs(
        renditions=tuple(_in_folder(encoded.rendition, folder) for encoded in produced.encoded_files),
        poster=_in_folder(produced.poster, folder),
        storyboard=_in_folder(produced.storyboard, folder),
        playlist=f"{folder}/{produced.playlist.name}",
        fingerprint=produced.fingerprint,
        lost_sound=produced.lost_sound,
    ).to_json()
    facts = {"duration_ms": produced.duration_ms}
    if not retry_during_restart(
        lambda: finish_job(claim, outputs=outputs, facts=facts, now=timezone.now(), on_in_review=on_in_review)
    ):
        raise LeaseLost


def _add_av1(claim: Claim, source: Source, original: Path, workdir: Path) -> None:
    """Add AV1 renditions in the same sizes as the H.264 ones. The other outputs stay unchanged.

    Raises LeaseLost, JobYielded, MediaRefused, MediaFailed.
    """
    outputs = Outputs.read(source.outputs)
    if outputs is None:
        raise MediaFailed("The source has no playable rendition.")
    folder, smallest = attempt_folder(claim), outputs.renditions[0].name
    with (
        open_stored(storages["default"], f"{source.media_folder}/{smallest}") as stored,
        (workdir / Path(smallest).name).open("wb") as copy,
    ):
        shutil.copyfileobj(stored, copy, DOWNLOAD_BYTES)  # the AV1 files copy its sound
    encoded_files = running.process_av1(
        original,
        workdir,
        heartbeat(claim),
        policy=upload_policy(),
        languages=_languages(source),
        has_sound="mp4a" in outputs.renditions[0].codecs,
    )
    store_files(source, folder, tuple(encoded.path for encoded in encoded_files))
    modern = tuple(_in_folder(encoded.rendition, folder) for encoded in encoded_files)
    extended = replace(outputs, modern=modern).to_json()
    if not retry_during_restart(lambda: finish_job(claim, outputs=extended, facts={}, now=timezone.now())):
        raise LeaseLost


def _languages(source: Source) -> tuple[str, ...]:
    """Return the language of the sound to prefer if a file has several, as in containers (ISO 639-2)."""
    language = source.creator.user.language
    return (AUDIO_LANGUAGES[language],) if language in AUDIO_LANGUAGES else ()


def _in_folder[File: (Rendition, Still, Storyboard)](file: File, folder: str) -> File:
    """Return a copy of a file's description, with `folder` added in front of the file's name."""
    return replace(file, name=f"{folder}/{file.name}")


def _fail(claim: Claim, refusal: MediaRefused) -> None:
    """Fail a job whose file is at fault. Another attempt would end the same way."""
    logger.info("Job %d is refused: %s", claim.job_id, refusal)
    text, tail = _(SENTENCES[refusal.code]) % refusal.parameters, refusal.log_tail
    retry_during_restart(lambda: fail_job(claim, code=refusal.code, text=text, now=timezone.now(), stderr_tail=tail))


def _retry_or_fail(claim: Claim, failure: MediaFailed) -> None:
    """Requeue a job after a transient fault, or fail it if no attempts are left."""
    logger.warning("Attempt %d of job %d failed: %s", claim.attempt, claim.job_id, failure)
    tail = f"{failure}\n{failure.log_tail}"
    if claim.attempt < MAX_ATTEMPTS:
        retry_during_restart(lambda: requeue_job(claim, now=timezone.now(), stderr_tail=tail))
    else:
        text = _("Something went wrong on our side while this file was processed. Please upload it again.")
        retry_during_restart(lambda: fail_job(claim, code="technical", text=text, now=timezone.now(), stderr_tail=tail))
