"""One job after another: what a worker stores, publishes, retries and refuses."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts import sandbox
from creators.models import Creator
from tests.factories import NOW, make_draft
from tests.videos.clips import make_clip
from videos.intake.errors import UploadRefused
from videos.intake.originals import store_original
from videos.intake.storage import originals
from videos.media.policy import MediaFailed
from videos.models import Clip, Job, JobKind, JobState, Source
from videos.pipeline import job_states, scheduling, worker
from videos.pipeline.outputs import Outputs
from videos.states import ClipState
from videos.tasks import process_next_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


def upload(creator: Creator, path: Path) -> Source:
    return store_original(creator=creator, path=path, user_file_name=path.name, now=NOW)


def submitted_clip(creator: Creator, path: Path) -> tuple[Clip, Job]:
    source = upload(creator, path)
    clip = make_draft(creator)
    Clip.objects.filter(pk=clip.pk).update(source=source, state=ClipState.UPLOADED)
    return clip, Job.objects.get(source=source, kind=JobKind.PLAYABLE)


def test_uploaded_clip_enters_review_with_all_its_files_stored(creator: Creator, tmp_path: Path) -> None:
    clip, job = submitted_clip(creator, make_clip(tmp_path / "clip.mp4", size="540x960", seconds=2))
    assert worker.process_job(job_id=job.pk)
    clip.refresh_from_db()
    job.refresh_from_db()
    assert clip.state == ClipState.IN_REVIEW
    assert (job.state, job.progress_percent, job.attempt) == (JobState.DONE, 100, 1)
    assert clip.source is not None
    source = clip.source
    assert source.duration_ms == 2000
    outputs = Outputs.read(source.outputs)
    assert outputs is not None
    assert [rendition.name for rendition in outputs.renditions] == ["1/h264-360.mp4", "1/h264-540.mp4"]
    assert outputs.playlist == "1/master.m3u8"
    assert outputs.poster is not None
    assert outputs.storyboard is not None
    names = [rendition.name for rendition in outputs.renditions] + [
        outputs.poster.name,
        outputs.storyboard.name,
        outputs.playlist,
    ]
    for name in names:
        assert default_storage.size(f"{source.media_folder}/{name}") > 0
    assert list((tmp_path / "data" / "work").iterdir()) == []


def test_av1_renditions_follow_when_no_other_job_waits(creator: Creator, tmp_path: Path) -> None:
    clip, job = submitted_clip(creator, make_clip(tmp_path / "clip.mp4"))
    other = submitted_clip(creator, make_clip(tmp_path / "other.mp4", rate=25))[1]
    worker.process_job(job_id=job.pk)
    second = Job.objects.get(source=job.source, kind=JobKind.AV1)
    assert scheduling.next_job_ids(now=timezone.now()) == [other.pk]
    Job.objects.filter(pk=other.pk).update(state=JobState.DONE)
    assert scheduling.next_job_ids(now=timezone.now()) == [second.pk]
    before = Outputs.read(Source.objects.get(pk=job.source_id).outputs)
    worker.process_job(job_id=second.pk)
    second.refresh_from_db()
    assert (second.state, second.failure_text) == (JobState.DONE, "")
    source = Source.objects.get(pk=job.source_id)
    after = Outputs.read(source.outputs)
    assert before is not None
    assert after is not None
    assert after == replace(before, modern=after.modern)
    assert [(rendition.name, rendition.codecs) for rendition in after.modern] == [
        ("av1-1/av1-180.mp4", "av01.0.00M.08,mp4a.40.2")
    ]
    assert default_storage.size(f"{source.media_folder}/av1-1/av1-180.mp4") == after.modern[0].size_bytes
    clip.refresh_from_db()
    assert clip.state == ClipState.IN_REVIEW


def test_clip_can_be_watched_before_the_other_renditions_are_ready(
    creator: Creator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    publish_outputs = job_states.publish_outputs

    def spy(claim: job_states.Claim, **kwargs: object) -> bool:
        published = publish_outputs(claim, **kwargs)  # type: ignore[arg-type]
        source = Source.objects.get(jobs=claim.job_id)
        seen.append([rendition["name"] for rendition in source.outputs["renditions"]])
        assert default_storage.exists(f"{source.media_folder}/1/h264-360.mp4")
        return published

    monkeypatch.setattr(worker, "publish_outputs", spy)
    _clip, job = submitted_clip(creator, make_clip(tmp_path / "clip.mp4", size="540x960"))
    worker.process_job(job_id=job.pk)
    assert seen == [["1/h264-360.mp4"]]


def test_refused_file_fails_the_clip_with_a_sentence(creator: Creator, tmp_path: Path) -> None:
    clip, job = submitted_clip(creator, make_clip(tmp_path / "clip.mp4"))
    short = make_clip(tmp_path / "short.mp4", seconds=0.2)
    Path(originals().path(job.source.storage_name)).write_bytes(short.read_bytes())
    worker.process_job(job_id=job.pk)
    clip.refresh_from_db()
    job.refresh_from_db()
    assert clip.state == ClipState.FAILED
    assert (job.state, job.failure_code) == (JobState.FAILED, "too_short")
    assert job.failure_text == "The clip is 0.20 s long; it must be at least 0.5 s."
    assert not default_storage.exists(f"clips/{job.source.key}")


def test_transient_fault_is_retried_twice_and_then_fails_the_job(
    creator: Creator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, job = submitted_clip(creator, make_clip(tmp_path / "clip.mp4"))

    def fail(*args: object, **kwargs: object) -> None:
        raise MediaFailed("Killed.", log_tail="out of memory")

    monkeypatch.setattr("videos.media.running.process", fail)
    states = []
    for _ in range(4):
        worker.process_job(job_id=job.pk)
        job.refresh_from_db()
        clip.refresh_from_db()
        states.append((job.state, job.attempt, clip.state))
    ended = ("failed", 3, ClipState.FAILED)
    assert states == [("queued", 1, ClipState.UPLOADED), ("queued", 2, ClipState.UPLOADED), ended, ended]
    assert job.failure_code == "technical"
    assert job.stderr_tail == "Killed.\nout of memory"


def test_worker_that_lost_its_lease_writes_nothing(
    creator: Creator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, job = submitted_clip(creator, make_clip(tmp_path / "clip.mp4"))
    takeovers: list[job_states.Claim | None] = []
    publish_outputs = job_states.publish_outputs

    def lose(claim: job_states.Claim, **kwargs: object) -> bool:
        later = timezone.now() + timedelta(minutes=5)
        takeovers.append(job_states.claim_job(job_id=claim.job_id, now=later))
        return publish_outputs(claim, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "publish_outputs", lose)
    worker.process_job(job_id=job.pk)
    job.refresh_from_db()
    clip.refresh_from_db()
    assert takeovers[0] is not None
    assert (job.state, job.token) == (JobState.RUNNING, takeovers[0].token)
    assert clip.state == ClipState.PROCESSING
    assert Source.objects.get(pk=job.source_id).outputs == {}


def test_second_attempt_deletes_the_files_of_the_first(creator: Creator, tmp_path: Path) -> None:
    _clip, job = submitted_clip(creator, make_clip(tmp_path / "clip.mp4"))
    default_storage.save(f"{job.source.media_folder}/1/h264-360.mp4", ContentFile(b"half"))
    Job.objects.filter(pk=job.pk).update(token=1)
    worker.process_job(job_id=job.pk)
    assert default_storage.listdir(job.source.media_folder)[0] == ["2"]


def test_task_reports_each_clip_that_enters_review(
    creator: Creator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, _job = submitted_clip(creator, make_clip(tmp_path / "clip.mp4", size="90x160"))
    reported: list[int] = []
    monkeypatch.setattr("videos.tasks.publish_on_trust", lambda *, clip_id, now: reported.append(clip_id))
    process_next_job()
    clip.refresh_from_db()
    assert (clip.state, reported) == (ClipState.IN_REVIEW, [clip.pk])


def test_job_is_processed_once_however_often_it_is_enqueued(creator: Creator, tmp_path: Path) -> None:
    _clip, job = submitted_clip(creator, make_clip(tmp_path / "clip.mp4"))
    assert [worker.process_job(job_id=job.pk) for _ in range(3)] == [True, False, False]


def test_original_is_stored_under_a_generated_name(creator: Creator, tmp_path: Path) -> None:
    source = upload(creator, make_clip(tmp_path / "..my clip.MP4", "-f", "mp4"))
    assert source.storage_name.endswith(".mp4")
    assert "my clip" not in source.storage_name
    assert source.user_file_name == "..my clip.MP4"
    assert originals().size(source.storage_name) == source.size_bytes


def test_text_under_a_video_name_is_not_stored(creator: Creator, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"#EXTM3U\n" * 20)
    with pytest.raises(UploadRefused, match="not a video file"):
        upload(creator, path)
    assert Source.objects.count() == 0


def test_nothing_is_processed_without_a_sandbox_outside_the_demo(
    creator: Creator, tmp_path: Path, settings: Any
) -> None:
    settings.DEMO = False
    _clip, job = submitted_clip(creator, make_clip(tmp_path / "clip.mp4"))
    with sandbox.at_most(sandbox.Level.LIMITS), pytest.raises(ImproperlyConfigured, match="No sandbox"):
        worker.process_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.QUEUED, 0)


def test_no_file_is_opened_without_a_sandbox_outside_the_demo(creator: Creator, tmp_path: Path, settings: Any) -> None:
    settings.DEMO = False
    with sandbox.at_most(sandbox.Level.LIMITS), pytest.raises(ImproperlyConfigured, match="No sandbox"):
        upload(creator, make_clip(tmp_path / "clip.mp4"))
    assert Source.objects.count() == 0
    assert list((tmp_path / "originals").iterdir()) == []


def test_lost_sound_is_told_to_the_creator_and_kept_for_the_desk(
    creator: Creator, tmp_path: Path, as_creator: Client
) -> None:
    silent = make_clip(tmp_path / "dts.mkv", "-c:a", "dca", "-strict", "-2", "-ac", "2")
    clip, job = submitted_clip(creator, silent)
    assert worker.process_job(job_id=job.pk)
    source = Source.objects.get(jobs=job)
    assert source.outputs["lost_sound"] == "dca"
    page = as_creator.get(f"/studio/clips/{clip.code}/").content.decode()
    assert "the sound in your file (DCA) can&#x27;t be played here" in page.replace("can't", "can&#x27;t")
    assert worker.process_job(job_id=Job.objects.get(source=source, kind=JobKind.AV1).pk)
    assert Job.objects.get(source=source, kind=JobKind.AV1).state == JobState.DONE
