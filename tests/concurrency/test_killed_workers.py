"""Workers killed between upload and review: nothing is lost, nothing is made twice, no ffmpeg survives."""

import shutil
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import sandbox
from creators.models import Creator
from tests.concurrency.crowd import run_at_once
from tests.concurrency.worker_deaths import Point, are_gone_within, die, programs_of, run_in_worker
from tests.factories import make_draft
from tests.videos.clips import make_clip
from videos.intake import disk, part_files, tus, tus_sweep
from videos.intake.originals import receive_file, store_original
from videos.intake.storage import originals
from videos.intake.workdir import work_folder
from videos.media import ffmpeg
from videos.models import Clip, Job, JobKind, JobState, Source, Upload
from videos.pipeline import job_states, worker
from videos.pipeline.outputs import Outputs
from videos.states import ClipState

pytestmark = pytest.mark.django_db(transaction=True)

UPLOAD_POINTS = (
    Point("arrived completely", "videos.intake.originals.store_original", "before"),
    Point("inspected", "videos.intake.originals.inspect_original", "after"),
    Point("stored, but not recorded", "videos.intake.originals.store_bytes", "after"),
    Point("recorded", "videos.intake.originals.store_original", "after"),
    Point("attached to its draft", "videos.models.Clip.attach_source", "after"),
)
STORED = "django.core.files.storage.FileSystemStorage.save"
JOB_POINTS = (
    Point("before the claim", "videos.pipeline.worker.claim_job", "before"),
    Point("claimed", "videos.pipeline.worker.claim_job", "after"),
    Point("in an empty folder", "videos.pipeline.worker.originals", "before"),
    Point("probed", "videos.media.running.inspect", "after"),
    Point("measuring the loudness", "videos.media.levels.run_ffmpeg", "during", 1),
    Point("in the quick run", "videos.media.running.run_ffmpeg", "during", 1),
    Point("after the quick run", "videos.media.running.run_quick", "after"),
    Point("quick run half stored", STORED, "after", 1),
    Point("before it can be watched", "videos.pipeline.worker.publish_outputs", "before"),
    Point("when it can be watched", "videos.pipeline.worker.publish_outputs", "after"),
    Point("in the full run", "videos.media.running.run_ffmpeg", "during", 2),
    Point("after the full run", "videos.media.running.run_full", "after"),
    Point("packaged", "videos.media.hls.package", "after"),
    Point("full run half stored", STORED, "after", 5),
    Point("before it is finished", "videos.pipeline.worker.finish_job", "before"),
    Point("inside the last transaction", "django.db.models.query.QuerySet.get_or_create", "before"),
    Point("finished", "videos.pipeline.worker.finish_job", "after"),
)

NEEDS_TWO_SIZES = ("videos.media.running.run_ffmpeg", "videos.media.running.run_full", STORED)


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "originals"},
    }
    settings.STORAGES = settings.STORAGES | {"originals": storage}
    return tmp_path / "data"


def make_video(folder: Path, number: int, *, size: str = "540x960") -> Path:
    """Make a video with unique bytes, because the same bytes from one creator would be the same source."""
    return make_clip(folder / f"{number}.mp4", "-metadata", f"comment={number}", size=size, seconds=0.6, rate=15)


def complete_upload(creator: Creator, path: Path) -> Upload:
    """Return an upload whose bytes have all arrived."""
    upload = tus.start_upload(
        creator=creator, clip_code="", file_name=path.name, size_bytes=path.stat().st_size, now=timezone.now()
    )
    shutil.copy(path, part_files.part_path(upload))
    return upload


def queued_clip(creator: Creator, path: Path) -> Clip:
    source = store_original(creator=creator, path=path, user_file_name=path.name, now=timezone.now())
    clip = make_draft(creator)
    Clip.objects.filter(pk=clip.pk).update(source=source, state=ClipState.UPLOADED)
    clip.refresh_from_db()
    return clip


def expire_leases() -> None:
    Job.objects.filter(state=JobState.RUNNING).update(leased_until=timezone.now() - timedelta(seconds=1))


def test_upload_killed_at_any_point_becomes_one_file_after_the_restart(creator: Creator, tmp_path: Path) -> None:
    for number, point in enumerate(UPLOAD_POINTS):
        upload = complete_upload(creator, make_video(tmp_path, number, size="90x160"))
        Upload.objects.filter(pk=upload.pk).update(clip_code=f"{'abcdefgh'[number]}" * 10)
        upload.refresh_from_db()

        def finish(upload: Upload = upload) -> None:
            tus.finish_upload(upload=upload, now=timezone.now())

        assert run_in_worker(finish, dying_at=point) == -signal.SIGKILL, point.name
    assert run_in_worker(lambda: tus_sweep.sweep_uploads(now=timezone.now())) == 0
    assert Upload.objects.filter(source=None).count() == 0
    assert Source.objects.count() == len(UPLOAD_POINTS)
    assert set(originals().listdir("")[1]) == set(Source.objects.values_list("storage_name", flat=True))
    assert Clip.objects.exclude(source=None).count() == len(UPLOAD_POINTS)
    assert list(disk.uploads_folder().iterdir()) == []


def test_form_killed_at_any_point_leaves_nothing_unrecorded(creator: Creator, tmp_path: Path) -> None:
    content = make_video(tmp_path, 0, size="90x160").read_bytes()

    def send() -> None:
        file = SimpleUploadedFile("holiday.mp4", content, "video/mp4")
        receive_file(clip=Clip.objects.start_draft(creator=creator, code="a" * 10), file=file, now=timezone.now())

    for where, moment in (("inspect_original", "after"), ("store_bytes", "after"), ("store_original", "before")):
        assert run_in_worker(send, dying_at=Point(where, f"videos.intake.originals.{where}", moment)) == -signal.SIGKILL
    assert len(originals().listdir("")[1]) == 1  # stored, but not recorded
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(minutes=30))
    assert Upload.objects.count() == 3
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=2))
    assert (Upload.objects.count(), Source.objects.count(), originals().listdir("")[1]) == (0, 0, [])
    send()
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=26))
    assert originals().listdir("")[1] == [Source.objects.get().storage_name]


def test_unrecorded_original_of_an_upload_given_up_is_deleted_when_the_row_expires(
    creator: Creator, tmp_path: Path
) -> None:
    upload = complete_upload(creator, make_video(tmp_path, 0, size="90x160"))
    stored = Point("stored, but not recorded", "videos.intake.originals.store_bytes", "after")
    assert run_in_worker(lambda: tus.finish_upload(upload=upload, now=timezone.now()), dying_at=stored) < 0
    tus.give_up_upload(upload=upload, now=timezone.now())
    assert len(originals().listdir("")[1]) == 1
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=25))
    assert (Upload.objects.count(), originals().listdir("")[1]) == (0, [])
    assert list(disk.uploads_folder().iterdir()) == []


def test_worker_killed_at_any_point_loses_nothing_and_makes_nothing_twice(
    creator: Creator, tmp_path: Path, folders: Path
) -> None:
    """Each clip loses two workers and is finished by the third attempt, which is its last."""
    pairs = [JOB_POINTS[start : start + 2] for start in range(0, len(JOB_POINTS), 2)]
    for number, pair in enumerate(pairs):
        size = "540x960" if pair[-1].where in NEEDS_TWO_SIZES else "90x160"
        clip = queued_clip(creator, make_video(tmp_path, number, size=size))
        for point in pair:
            assert run_in_worker(worker.process_next_job, dying_at=point) == -signal.SIGKILL, point.name
            assert are_gone_within(folders / "work", seconds=10), point.name
            expire_leases()
        Job.objects.filter(kind=JobKind.AV1).delete()
        assert run_in_worker(worker.process_next_job) == 0
        clip.refresh_from_db()
        assert (clip.state, clip.source_id is not None) == (ClipState.IN_REVIEW, True), [point.name for point in pair]
        Job.objects.filter(kind=JobKind.AV1).delete()
    clips = Clip.objects.filter(state=ClipState.IN_REVIEW).select_related("source")
    assert len(clips) == len(pairs)
    for clip in clips:
        assert clip.source
        assert_published_once(clip.source)
    with work_folder():
        pass
    assert not any((folders / "work").iterdir())
    assert Job.objects.exclude(state=JobState.DONE).count() == 0


def assert_published_once(source: Source) -> None:
    """Check that there is exactly one complete set of files, and that the row names it."""
    outputs = Outputs.read(source.outputs)
    assert outputs is not None and outputs.poster is not None and outputs.storyboard is not None
    folders = default_storage.listdir(source.media_folder)[0]
    assert len(folders) == 1
    assert outputs.renditions[0].name in (f"{folders[0]}/h264-90.mp4", f"{folders[0]}/h264-360.mp4")
    names = [rendition.name for rendition in outputs.renditions]
    names += [outputs.poster.name, outputs.storyboard.name, outputs.playlist]
    assert all(default_storage.size(f"{source.media_folder}/{name}") > 0 for name in names)


def test_job_started_three_times_at_once_is_processed_once(
    creator: Creator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = queued_clip(creator, make_video(tmp_path, 0, size="90x160"))
    job = Job.objects.get(source=clip.source)
    outcomes = run_at_once([lambda: worker.process_job(job_id=job.pk)] * 3, threads=1, processes=3)
    assert sorted(outcome.result for outcome in outcomes) == [False, False, True]
    job.refresh_from_db()
    assert (job.state, job.attempt, job.token) == (JobState.DONE, 1, 1)

    # Without the compare-and-set on the state, all three claim the job.
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, attempt=0)
    everything = Job.objects.all()
    monkeypatch.setattr("videos.models.job.JobQuerySet.claimable_at", lambda self, now: self & everything)
    outcomes = run_at_once(
        [lambda: job_states.claim_job(job_id=job.pk, now=timezone.now())] * 3, threads=1, processes=3
    )
    assert [outcome.result is not None for outcome in outcomes] == [True, True, True]


def test_complete_upload_swept_three_times_at_once_becomes_one_original(creator: Creator, tmp_path: Path) -> None:
    complete_upload(creator, make_video(tmp_path, 0, size="90x160"))
    outcomes = run_at_once([lambda: tus_sweep.sweep_uploads(now=timezone.now())] * 3, threads=1, processes=3)
    assert [outcome.error for outcome in outcomes] == ["", "", ""]
    assert (Source.objects.count(), Job.objects.count()) == (1, 1)
    assert list(disk.uploads_folder().iterdir()) == []


def test_job_that_kills_its_worker_every_time_fails_after_three_attempts(
    creator: Creator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = queued_clip(creator, make_video(tmp_path, 0, size="90x160"))
    deadly = Point("probing", "videos.media.running.inspect", "before")
    deaths = 0
    while run_in_worker(worker.process_next_job, dying_at=deadly) != 0:
        deaths += 1
        expire_leases()
    clip.refresh_from_db()
    job = Job.objects.get(source=clip.source)
    assert (deaths, job.attempt, job.state, clip.state) == (3, 3, JobState.FAILED, ClipState.FAILED)
    assert (job.failure_code, job.failure_text) == (
        "worker_lost",
        "Something went wrong on our side while this file was processed. Please upload it again.",
    )
    job_states.retry_failed_job(job_id=job.pk, now=timezone.now())
    monkeypatch.setattr(job_states, "MAX_ATTEMPTS", 99)  # without the limit it would go on forever
    for _ in range(4):
        assert run_in_worker(worker.process_next_job, dying_at=deadly) == -signal.SIGKILL
        expire_leases()


def test_late_writer_is_fenced_off_by_the_token_alone(
    creator: Creator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = queued_clip(creator, make_video(tmp_path, 0, size="90x160"))
    job_id = Job.objects.get(source=clip.source).pk
    first = job_states.claim_job(job_id=job_id, now=timezone.now())
    expire_leases()
    second = job_states.claim_job(job_id=job_id, now=timezone.now())
    assert first and second
    late: dict[str, Any] = {"outputs": {"renditions": ["late"]}, "now": timezone.now()}
    assert not job_states.publish_outputs(first, **late)
    assert not job_states.finish_job(first, **late, facts={})
    source = Source.objects.get(jobs=job_id)
    assert source.outputs == {}
    monkeypatch.setattr(job_states, "fenced", lambda claim: Job.objects.filter(pk=claim.job_id))
    assert job_states.publish_outputs(first, **late)
    source.refresh_from_db()
    assert source.outputs == {"renditions": ["late"]}


@pytest.mark.parametrize("guarded", [True, False])
def test_program_dies_with_its_worker_only_because_of_the_guard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    if not guarded:
        monkeypatch.setattr(sandbox, "confined_command", lambda command, **kwargs: list(command))
    mark = tmp_path / "endless.mkv"
    endless = ["-re", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=5", "-t", "60", "-loglevel", "error", str(mark)]
    limits = sandbox.Limits(wall_s=60, cpu_s=60, memory_bytes=2 << 30, file_bytes=1 << 20)

    def work() -> None:
        view = sandbox.View(programs=(ffmpeg.binary(),), inputs=(), output=tmp_path)
        ticks = iter(range(3))

        def on_tick() -> None:
            if next(ticks, None) == 1:
                die()

        sandbox.run([str(ffmpeg.binary()), *endless], view=view, limits=limits, on_tick=on_tick)

    assert run_in_worker(work) == -signal.SIGKILL
    assert are_gone_within(mark, seconds=10 if guarded else 1) is guarded
    for process in programs_of(mark):
        process.kill()


def test_next_worker_removes_the_folder_of_a_dead_one(folders: Path) -> None:
    def work() -> None:
        with work_folder() as folder:
            (folder / "out" / "half.mp4").write_bytes(b"half")
            die()

    assert run_in_worker(work) == -signal.SIGKILL
    abandoned = set((folders / "work").iterdir())
    assert len(abandoned) == 2
    with work_folder() as first, work_folder() as second:
        assert first.is_dir() and second.is_dir()
        assert not abandoned & set((folders / "work").iterdir())
    assert list((folders / "work").iterdir()) == []
