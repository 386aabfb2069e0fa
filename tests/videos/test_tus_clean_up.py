"""What becomes of uploads that are abandoned, complete before a crash, or too large for the disk."""

import errno
from datetime import timedelta
from io import FileIO
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date

from tests.videos.clips import make_clip
from tests.videos.test_tus import TUS, offset_of, request_upload, send, start
from videos.intake import disk, part_files, tus, tus_sweep
from videos.models import Source, Upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    return make_clip(tmp_path / "holiday.mp4").read_bytes()


def test_abandoned_upload_is_deleted_after_a_day(as_creator: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, len(clip_bytes))
    send(as_creator, location, 0, clip_bytes[:1000])
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=23))
    assert offset_of(as_creator, location) == 1000
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=25))
    assert as_creator.head(location, **TUS).status_code == 404
    assert list(disk.uploads_folder().iterdir()) == []


def test_orphaned_bytes_are_deleted_after_two_days(as_creator: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, len(clip_bytes))
    send(as_creator, location, 0, clip_bytes[:1000])
    tus_sweep.sweep_uploads(now=timezone.now())
    part = part_files.part_path(Upload.objects.get())
    Upload.objects.all().delete()
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=47))
    assert part.exists()
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=49))
    assert not part.exists()


def test_every_response_names_the_expiry_after_which_the_upload_is_gone(as_creator: Client, clip_bytes: bytes) -> None:
    answer = request_upload(as_creator, len(clip_bytes))
    location = answer.headers["Location"].removeprefix("http://testserver")
    upload = Upload.objects.get()
    assert upload.expires_at - upload.created_at == timedelta(hours=24)
    until = http_date(upload.expires_at.timestamp())
    sent = send(as_creator, location, 0, clip_bytes[:1000])
    for said in (answer, as_creator.head(location, **TUS), sent):
        assert said.headers["Upload-Expires"] == until
    Upload.objects.update(expires_at=timezone.now())
    assert as_creator.head(location, **TUS).status_code == 404
    assert send(as_creator, location, 1000, b"x").status_code == 404
    assert tus.received_bytes(upload) == 1000


def test_sweep_finishes_an_upload_that_was_complete_before_a_crash(as_creator: Client, clip_bytes: bytes) -> None:
    start(as_creator, len(clip_bytes))
    part_files.part_path(Upload.objects.get()).write_bytes(clip_bytes)
    tus_sweep.sweep_uploads(now=timezone.now())
    assert Upload.objects.get().source == Source.objects.get()


def test_full_disk_is_507_and_leaves_nothing_half_recorded(
    as_creator: Client, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = start(as_creator, len(clip_bytes))
    send(as_creator, location, 0, clip_bytes[:1000])

    def write_until_full(part: FileIO, chunk: bytes) -> None:
        part.write(chunk[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(part_files, "write_fully", write_until_full)
        refused = send(as_creator, location, 1000, clip_bytes[1000:])
    assert refused.status_code == 507
    assert refused.json()["detail"].startswith("There isn't enough disk space")
    assert offset_of(as_creator, location) == 1000
    assert send(as_creator, location, 1000, clip_bytes[1000:]).status_code == 204
    assert Source.objects.count() == 1


def test_upload_does_not_start_without_free_disk_space(as_creator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "SPARE_BYTES", 1 << 60)
    assert request_upload(as_creator, 1000).status_code == 507
    assert Upload.objects.count() == 0


TITLES = [
    " n:0 pts:1 pts_time:abc x sar:1/1 s:0x5 .",
    "x\n[Parsed_showinfo_1 @ 0x1] n:   0 pts:      0 pts_time:9 x sar:1/1 s:0x5 .",
    "[Parsed_showinfo_1 @ 0x1] config in time_base: 1/1, frame_rate: 9/1",
]


@pytest.mark.parametrize("title", TITLES)
def test_the_title_of_a_file_is_not_taken_for_its_first_frame(as_creator: Client, tmp_path: Path, title: str) -> None:
    content = make_clip(tmp_path / "titled.mp4", "-metadata", f"title={title}").read_bytes()
    location = start(as_creator, len(content))
    assert send(as_creator, location, 0, content).status_code == 204
    assert Upload.objects.get().source == Source.objects.get()


def test_an_upload_that_fails_keeps_none_of_the_others_waiting(
    as_creator: Client, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are complete and two expired. For the first of each the storage fails in a way that nobody foresaw."""
    for content in (clip_bytes, clip_bytes + b"\0\0\0\x0cfreeabcd", b"x" * 99, b"y" * 99):
        start(as_creator, len(content))
    uploads = list(Upload.objects.order_by("pk"))
    part_files.part_path(uploads[0]).write_bytes(clip_bytes)
    part_files.part_path(uploads[1]).write_bytes(clip_bytes + b"\0\0\0\x0cfreeabcd")
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads[2:]]).update(expires_at=timezone.now())
    broken = {uploads[0].pk, uploads[2].pk}
    received = part_files.PartFiles.received_bytes

    def fail(parts: part_files.PartFiles, upload: Upload) -> int:
        if upload.pk in broken:
            raise ZeroDivisionError
        return received(parts, upload)

    monkeypatch.setattr(part_files.PartFiles, "received_bytes", fail)
    with pytest.raises(ZeroDivisionError):
        tus_sweep.sweep_uploads(now=timezone.now())
    states = [upload.source_id is not None for upload in Upload.objects.order_by("pk")[:2]]
    assert states == [False, True]
    assert not Upload.objects.unfinished().filter(pk=uploads[3].pk).exists()
