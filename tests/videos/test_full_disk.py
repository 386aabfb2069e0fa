"""A full disk: every entry point answers 507 with a sentence, and leaves nothing half-recorded."""

import errno
import html
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from creators.models import Creator
from tests.factories import make_creator, make_source
from tests.videos.clips import make_clip
from tests.videos.test_tus import offset_of, send, start
from videos.intake import disk, tus, tus_sweep
from videos.intake.originals import store_original
from videos.intake.storage import originals
from videos.models import Clip, Job, JobState, Source, Upload
from videos.pipeline import job_states, scheduling, worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
SENTENCE = "There isn't enough disk space for this file right now. Please try again later."
CODE = "abcdefghjk"


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    return make_clip(tmp_path / "holiday.mp4").read_bytes()


def fill_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the storage write the first bytes of a file and then fail with a full disk."""

    def save(storage: FileSystemStorage, name: str, content: Any, max_length: int | None = None) -> str:
        Path(storage.path(name)).parent.mkdir(parents=True, exist_ok=True)
        Path(storage.path(name)).write_bytes(content.read(100))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "save", save)


def fill_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def receive(handler: TemporaryFileUploadHandler, raw_data: bytes, start: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", receive)


def by_form(client: Client, content: bytes) -> Any:
    file = SimpleUploadedFile("holiday.mp4", content, "video/mp4")
    words = {"code": CODE, "caption": "What I typed", "kind": "review", "verdict": "recommend", "language": "en"}
    rows = {"tags-TOTAL_FORMS": "0", "tags-INITIAL_FORMS": "0"}
    return client.post("/studio/upload/", words | rows | {"file": file, "submit": "1"})


def by_put(client: Client, content: bytes) -> Any:
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("holiday.mp4", content, "video/mp4")})
    return client.put(f"/api/v1/clips/{CODE}/file/", body, content_type=MULTIPART_CONTENT)


@contextmanager
def nothing_recorded() -> Iterator[None]:
    yield
    assert (Source.objects.count(), Job.objects.count()) == (0, 0)
    assert not Clip.objects.exclude(source=None).exists()
    assert originals().listdir("")[1] == []


@pytest.mark.parametrize("fill", [fill_storage, fill_temporary_files])
@pytest.mark.parametrize("post", [by_form, by_put])
def test_upload_to_a_full_disk_is_507_with_a_sentence_and_leaves_nothing(
    as_creator: Client,
    clip_bytes: bytes,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    fill: Callable[[pytest.MonkeyPatch], None],
    post: Callable[[Client, bytes], Any],
) -> None:
    if fill is fill_temporary_files:
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    with nothing_recorded():
        with monkeypatch.context() as patch:
            fill(patch)
            answer = post(as_creator, clip_bytes)
        assert answer.status_code == 507
        assert SENTENCE in html.unescape(answer.content.decode())
        if post is by_form:
            assert "What I typed" in answer.content.decode()
    assert post(as_creator, clip_bytes).status_code != 507
    assert Source.objects.count() == 1


def test_complete_resumable_upload_is_finished_once_there_is_disk_space(
    as_creator: Client, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = start(as_creator, len(clip_bytes))
    with nothing_recorded(), monkeypatch.context() as patch:
        fill_storage(patch)
        refused: Any = send(as_creator, location, 0, clip_bytes)
        assert (refused.status_code, refused.json()) == (507, {"detail": SENTENCE})
        tus_sweep.sweep_uploads(now=timezone.now())
        assert tus.received_bytes(Upload.objects.get()) == len(clip_bytes)
    tus_sweep.sweep_uploads(now=timezone.now())
    assert offset_of(as_creator, location) == len(clip_bytes)
    assert Source.objects.get() == Upload.objects.get().source


def test_upload_whose_file_cannot_be_created_leaves_no_row(as_creator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def touch(path: Path, **kwargs: Any) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "touch", touch)
        with pytest.raises(AssertionError):
            start(as_creator, 1000)
    assert Upload.objects.count() == 0


def test_with_the_guard_off_half_an_original_would_remain(
    creator: Creator, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fill_storage(monkeypatch)
    monkeypatch.setattr("videos.intake.disk.is_disk_full", lambda error: False)
    with pytest.raises(OSError, match="No space left"):
        store_original(creator=creator, path=tmp_path / "holiday.mp4", user_file_name="holiday.mp4", now=timezone.now())
    assert len(originals().listdir("")[1]) == 1


def test_job_on_a_full_disk_waits_and_loses_no_attempt(
    creator: Creator, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = store_original(
        creator=creator, path=tmp_path / "holiday.mp4", user_file_name="holiday.mp4", now=timezone.now()
    )
    job = Job.objects.get(source=source)
    with monkeypatch.context() as patch:
        fill_storage(patch)
        worker.process_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.QUEUED, 0)
    worker.process_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 1)


def leave_room(monkeypatch: pytest.MonkeyPatch, size_bytes: int) -> None:
    """Let the reserve take all of the disk that is free now but this."""
    free = shutil.disk_usage(disk.uploads_folder()).free
    monkeypatch.setattr(disk, "SPARE_BYTES", free - size_bytes)


def test_neither_uploads_nor_transcoding_use_the_reserve_of_the_database(
    as_creator: Client,
    creator: Creator,
    clip_bytes: bytes,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    settings: Any,
) -> None:
    source = store_original(creator=creator, path=tmp_path / "holiday.mp4", user_file_name="a.mp4", now=timezone.now())
    location = start(as_creator, len(clip_bytes))
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    job, other = Job.objects.get(source=source), clip_bytes + b"\0\0\0\x0cfreeabcd"
    with monkeypatch.context() as patch:
        leave_room(patch, -(1 << 30))  # even when the others on this machine delete something
        answers = [send(as_creator, location, 0, clip_bytes), by_form(as_creator, other), by_put(as_creator, other)]
        assert [answer.status_code for answer in answers] == [507, 507, 507]
        assert worker.process_job(job_id=job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempt) == (JobState.QUEUED, 0)
        assert tus.received_bytes(Upload.objects.unfinished().get()) == 0
    assert worker.process_job(job_id=job.pk)
    assert send(as_creator, location, 0, clip_bytes).status_code == 204
    assert Source.objects.get() == source


def test_space_of_announced_uploads_is_promised_once(
    as_creator: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """There is room for two files of 400 MB, each of which is copied once."""
    settings.UPLOAD_MAX_BYTES = 500_000_000
    leave_room(monkeypatch, 2_000_000_000)
    start(as_creator, 400_000_000)
    start(as_creator, 400_000_000)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "400000000", "Upload-Metadata": "filename YS5tcDQ="}
    refused = as_creator.post("/api/v1/uploads/", headers=headers)
    assert (refused.status_code, refused.json()) == (507, {"detail": SENTENCE})
    assert Upload.objects.count() == 2
    Upload.objects.update(expires_at=timezone.now())
    start(as_creator, 400_000_000)


def test_a_file_for_which_there_is_no_room_keeps_no_other_waiting(
    creator: Creator, monkeypatch: pytest.MonkeyPatch
) -> None:
    big, own, other = [make_source(maker, is_ready=False) for maker in (creator, creator, make_creator())]
    Source.objects.filter(pk=big.pk).update(size_bytes=1 << 40)
    now = timezone.now()

    def waiting() -> list[int]:
        jobs = [Job.objects.get(pk=pk) for pk in scheduling.next_job_ids(now=timezone.now())]
        return [job.source_id for job in jobs]

    assert waiting() == [own.pk, other.pk]
    assert scheduling.count_waiting_jobs(now=now) == 3
    Job.objects.exclude(source=big).update(state=JobState.DONE)
    av1 = Job.objects.create(source=own, kind="av1", queued_at=now)
    assert scheduling.next_job_ids(now=now) == [av1.pk]
    assert job_states.claim_job(job_id=av1.pk, now=now)
    assert not scheduling.should_yield(av1.pk, now=now)
    monkeypatch.setattr(scheduling, "WORK_COPIES", 1e-9)  # without the guard
    assert waiting() == [big.pk]
    assert scheduling.should_yield(av1.pk, now=now)


def test_a_job_that_meets_a_full_disk_goes_behind_the_others_and_uses_up_its_creators_turn(
    creator: Creator, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    now = timezone.now()
    first = store_original(creator=creator, path=tmp_path / "holiday.mp4", user_file_name="holiday.mp4", now=now)
    own, other = make_source(creator, is_ready=False), make_source(make_creator(), is_ready=False)
    Job.objects.exclude(source=first).update(queued_at=now)
    jobs = {source.pk: Job.objects.get(source=source).pk for source in (first, own, other)}
    with monkeypatch.context() as patch:
        fill_storage(patch)
        assert worker.process_next_job()
    assert scheduling.next_job_ids(now=timezone.now()) == [jobs[other.pk], jobs[own.pk]]
