"""With S3, unfinished uploads are in the bucket, so that any machine can receive the next chunk and finish them."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from creators.models import Creator
from tests.object_store import BUCKET, ObjectStore
from tests.videos.clips import make_clip
from tests.videos.test_full_disk import by_form, by_put
from tests.videos.test_tus import TUS, offset_of, send, start
from videos.intake import part_objects, tus, tus_sweep
from videos.intake.errors import ChunkTooLong, UploadBusy, UploadGone, WrongOffset
from videos.intake.originals import store_original
from videos.intake.storage import originals
from videos.models import Clip, Job, JobState, Source, Upload, UploadPart
from videos.pipeline import worker
from videos.tasks import abort_transfers

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
AWAY = "Our file store doesn't answer right now. Please try again in a minute."


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    return make_clip(tmp_path / "holiday.mp4").read_bytes()


@pytest.fixture
def small_parts(object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_objects, "PART_BYTES", 1000)


def unfinished(store: ObjectStore) -> list[str]:
    return [key for key in store.keys if key.startswith("uploads/")]


def begin(client: Client, size: int) -> Upload:
    return Upload.objects.get(code=start(client, size).split("/")[-2])


def pieces_of(content: bytes, *, breaks: bool = False) -> Any:
    """Return a function that reads the content in small pieces, and then breaks if it is told to."""
    pieces = [content[start : start + 400] for start in range(0, len(content), 400)]

    def read(size: int) -> bytes:
        if not pieces and breaks:
            raise OSError("connection reset")
        return pieces.pop(0) if pieces else b""

    return read


def test_chunks_become_the_file_of_the_draft_and_nothing_stays(
    object_store: ObjectStore, as_creator: Client, clip_bytes: bytes, tmp_path: Path
) -> None:
    location = start(as_creator, len(clip_bytes), clip="abcdefghjk")
    for first in range(0, len(clip_bytes), 40_000):
        assert offset_of(as_creator, location) == first
        assert send(as_creator, location, first, clip_bytes[first : first + 40_000]).status_code == 204
    source = Source.objects.get()
    with originals().open(source.storage_name) as stored:
        assert stored.read() == clip_bytes
    assert source.sha256 == hashlib.sha256(clip_bytes).hexdigest()
    assert Clip.objects.get(code="abcdefghjk").source == source
    assert (unfinished(object_store), UploadPart.objects.count()) == ([], 0)
    assert list((tmp_path / "data" / "work").iterdir()) == []
    assert not (tmp_path / "data" / "uploads").exists()
    assert send(as_creator, location, len(clip_bytes), b"x").status_code == 409
    assert offset_of(as_creator, location) == len(clip_bytes)


def test_bytes_before_a_broken_connection_are_kept_in_parts(
    small_parts: None, as_creator: Client, clip_bytes: bytes
) -> None:
    upload = begin(as_creator, len(clip_bytes))
    assert tus.append(upload=upload, offset=0, read=pieces_of(clip_bytes[:2500], breaks=True)) == 2500
    assert tus.append(upload=upload, offset=2500, read=pieces_of(clip_bytes[2500:])) == len(clip_bytes)
    assert list(upload.parts.order_by("pk").values_list("size_bytes", flat=True))[:3] == [1000, 1000, 500]
    with tus.unfinished_parts().local_copy(upload) as path:
        assert path.read_bytes() == clip_bytes


def test_process_that_dies_within_a_chunk_loses_nothing_that_counts(
    small_parts: None, as_creator: Client, clip_bytes: bytes
) -> None:
    upload = begin(as_creator, len(clip_bytes))
    good = pieces_of(clip_bytes[:2500])

    def read(size: int) -> bytes:
        if piece := good(size):
            return bytes(piece)
        raise KeyboardInterrupt  # as a signal ends the process

    with pytest.raises(KeyboardInterrupt):
        tus.append(upload=upload, offset=0, read=read)
    assert tus.received_bytes(upload) == 2000
    assert tus.append(upload=upload, offset=2000, read=pieces_of(clip_bytes[2000:])) == len(clip_bytes)
    tus_sweep.sweep_uploads(now=timezone.now())
    assert Source.objects.get().sha256 == hashlib.sha256(clip_bytes).hexdigest()


def test_chunk_at_the_wrong_offset_or_beyond_the_end_changes_nothing(
    small_parts: None, as_creator: Client, clip_bytes: bytes
) -> None:
    upload = begin(as_creator, 5000)
    tus.append(upload=upload, offset=0, read=pieces_of(clip_bytes[:2000]))
    with pytest.raises(WrongOffset):
        tus.append(upload=upload, offset=1000, read=pieces_of(b"x"))
    with pytest.raises(ChunkTooLong):
        tus.append(upload=upload, offset=2000, read=pieces_of(clip_bytes[:3001]))
    assert tus.received_bytes(upload) == 2000


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_damaged_chunk_is_discarded(small_parts: None, as_creator: Client, clip_bytes: bytes, algorithm: str) -> None:
    location = start(as_creator, len(clip_bytes))
    piece = clip_bytes[:2500]
    digest = base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()
    checksum = {"HTTP_UPLOAD_CHECKSUM": f"{algorithm} {digest}"}
    assert send(as_creator, location, 0, b"x" + piece[1:], **checksum).status_code == 460
    assert offset_of(as_creator, location) == 0
    assert send(as_creator, location, 0, piece, **checksum).status_code == 204
    with tus.unfinished_parts().local_copy(Upload.objects.get()) as path:
        assert path.read_bytes() == piece


def test_of_two_connections_with_the_same_bytes_one_counts(
    small_parts: None, as_creator: Client, clip_bytes: bytes
) -> None:
    upload = begin(as_creator, len(clip_bytes))
    slow = pieces_of(clip_bytes[:1500])

    def read(size: int) -> bytes:
        if not upload.parts.exists():  # meanwhile, the same bytes arrive at another machine
            tus.append(upload=upload, offset=0, read=pieces_of(clip_bytes[:1200]))
        return bytes(slow(size))

    with pytest.raises(WrongOffset):
        tus.append(upload=upload, offset=0, read=read)
    assert tus.received_bytes(upload) == 1200
    with tus.unfinished_parts().local_copy(upload) as path:
        assert path.read_bytes() == clip_bytes[:1200]


def test_upload_cancelled_during_a_chunk_is_gone_and_its_bytes_are_deleted(
    object_store: ObjectStore, small_parts: None, as_creator: Client, clip_bytes: bytes
) -> None:
    upload = begin(as_creator, len(clip_bytes))
    good = pieces_of(clip_bytes[:3000])

    def read(size: int) -> bytes:
        if upload.parts.count() == 2:
            tus.cancel_upload(upload=upload, now=timezone.now())
        return bytes(good(size))

    with pytest.raises(UploadGone):
        tus.append(upload=upload, offset=0, read=read)
    assert Upload.objects.get().lost_bytes == 2000
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=25))
    assert (Upload.objects.count(), unfinished(object_store)) == (0, [])


def test_only_one_process_finishes_and_another_one_may_after_it_died(
    object_store: ObjectStore, as_creator: Client, clip_bytes: bytes
) -> None:
    upload = begin(as_creator, len(clip_bytes))
    location = f"/api/v1/uploads/{upload.code}/"
    tus.append(upload=upload, offset=0, read=pieces_of(clip_bytes))
    Upload.objects.update(finishing_until=timezone.now() + part_objects.LEASE)
    assert as_creator.head(location, **TUS).status_code == 423
    assert as_creator.delete(location, **TUS).status_code == 423
    with pytest.raises(UploadBusy):
        tus.finish_upload(upload=upload, now=timezone.now())
    assert Source.objects.count() == 0
    Upload.objects.update(finishing_until=timezone.now())
    tus_sweep.sweep_uploads(now=timezone.now())
    assert Upload.objects.get().source == Source.objects.get()
    assert Upload.objects.get().finishing_until is None


def test_store_that_is_away_is_503_and_the_upload_goes_on_afterwards(
    object_store: ObjectStore, as_creator: Client, clip_bytes: bytes
) -> None:
    location = start(as_creator, len(clip_bytes), clip="abcdefghjk")
    assert send(as_creator, location, 0, clip_bytes[:3000]).status_code == 204
    with object_store.refusing():
        refused = send(as_creator, location, 3000, clip_bytes[3000:])
        assert (refused.status_code, refused["Retry-After"], refused.json()) == (503, "30", {"detail": AWAY})
        tus_sweep.sweep_uploads(now=timezone.now())
    assert offset_of(as_creator, location) == 3000
    with object_store.refusing(lambda method, path: "/originals/" in path):
        assert send(as_creator, location, 3000, clip_bytes[3000:]).status_code == 503
        assert (Source.objects.count(), tus.received_bytes(Upload.objects.get())) == (0, len(clip_bytes))
        tus_sweep.sweep_uploads(now=timezone.now())
    with object_store.refusing(lambda method, path: method == "DELETE" and "/uploads/" in path):
        tus_sweep.sweep_uploads(now=timezone.now())
    assert Clip.objects.get(code="abcdefghjk").source == Source.objects.get() == Upload.objects.get().source
    assert unfinished(object_store)
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=25))
    assert unfinished(object_store) == []


@pytest.mark.parametrize("post", [by_form, by_put])
def test_form_says_that_the_store_is_away_and_keeps_what_was_typed(
    object_store: ObjectStore, as_creator: Client, clip_bytes: bytes, post: Any
) -> None:
    with object_store.refusing():
        answer = post(as_creator, clip_bytes)
    assert answer.status_code == 503
    page = answer.content.decode().replace("&#x27;", "'")
    assert AWAY in page
    assert ("What I typed" in page) is (post is by_form)
    assert (Source.objects.count(), Upload.objects.count()) == (0, 0)
    assert post(as_creator, clip_bytes).status_code != 503
    assert Source.objects.count() == 1


def test_job_waits_for_the_store_and_loses_no_attempt(
    object_store: ObjectStore, creator: Creator, clip_bytes: bytes, tmp_path: Path
) -> None:
    store_original(creator=creator, path=tmp_path / "holiday.mp4", user_file_name="a.mp4", now=timezone.now())
    job = Job.objects.get()
    for is_refused in (
        lambda method, path: True,
        lambda method, path: method == "PUT" and "/media/" in path,
        lambda method, path: method == "GET" and "/originals/" in path,
        lambda method, path: method == "GET",
    ):
        with object_store.refusing(is_refused):
            assert worker.process_job(job_id=job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempt) == (JobState.QUEUED, 0)
    worker.process_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 1)


def test_abandoned_and_orphaned_uploads_are_deleted_from_the_bucket(
    object_store: ObjectStore, as_creator: Client, clip_bytes: bytes
) -> None:
    for _number in range(2):
        send(as_creator, start(as_creator, len(clip_bytes)), 0, clip_bytes[:1000])
    orphan = Upload.objects.first()
    assert orphan is not None
    orphan.delete()
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=23))
    assert len(unfinished(object_store)) == 2
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=25))
    assert [key.split("/")[1] for key in unfinished(object_store)] == [orphan.code]
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=49))
    assert unfinished(object_store) == []


def test_transfer_that_was_never_completed_is_aborted_after_two_days(object_store: ObjectStore) -> None:
    for key in ("media/clips/a/1/720.mp4", "originals/a.mp4", "backups/not-ours"):
        object_store.client.create_multipart_upload(Bucket=BUCKET, Key=key)
    for name in ("default", "originals"):
        storage: Any = storages[name]
        assert storage.abort_transfers(begun_before=datetime(2000, 1, 1, tzinfo=UTC)) == 0  # the server says 2010
    abort_transfers()
    assert [left["Key"] for left in object_store.client.list_multipart_uploads(Bucket=BUCKET)["Uploads"]] == [
        "backups/not-ours"
    ]


def test_empty_file_is_refused_before_a_byte_is_sent(object_store: ObjectStore, as_creator: Client) -> None:
    file = SimpleUploadedFile("holiday.mp4", b"", "video/mp4")
    assert as_creator.post("/studio/upload/", {"code": "abcdefghjk", "file": file, "submit": "1"}).status_code == 422
    assert unfinished(object_store) == []
