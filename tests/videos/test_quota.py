"""The upload quota of one creator: unfinished uploads, and the files and bytes of a day."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.videos.clips import make_clip
from tests.videos.test_tus import TUS, request_upload, send, start
from videos.intake import disk, quota, tus, tus_sweep
from videos.intake.errors import UploadGone
from videos.models import Source, Upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    return make_clip(tmp_path / "holiday.mp4").read_bytes()


def test_unfinished_uploads_of_one_creator_are_limited(as_creator: Client) -> None:
    for _ in range(quota.MAX_UNFINISHED):
        start(as_creator, 1000)
    refused = request_upload(as_creator, 1000)
    assert refused.status_code == 429
    assert refused.json()["detail"].startswith("You have several unfinished uploads.")
    assert Upload.objects.count() == quota.MAX_UNFINISHED


@pytest.mark.parametrize(("name", "limit"), [("MAX_PER_DAY", 2), ("MAX_BYTES_PER_DAY", 2500)])
def test_files_and_bytes_of_one_creator_in_a_day_are_limited(
    as_creator: Client, monkeypatch: pytest.MonkeyPatch, name: str, limit: int
) -> None:
    monkeypatch.setattr(quota, name, limit)
    for _ in range(2):
        start(as_creator, 1000)
    assert_quota_is_used_up(as_creator, 1000)
    Upload.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    tus_sweep.sweep_uploads(now=timezone.now())
    start(as_creator, 1000)


def assert_quota_is_used_up(client: Client, size: int) -> None:
    """Check that a file of that size is refused with a sentence, and that nothing has changed."""
    before = list(Upload.objects.order_by("pk").values()), sorted(disk.uploads_folder().iterdir())
    refused = request_upload(client, size)
    assert refused.status_code == 429
    assert refused.json()["detail"].startswith("You've reached today's upload limit.")
    assert (list(Upload.objects.order_by("pk").values()), sorted(disk.uploads_folder().iterdir())) == before


def cancel(client: Client, location: str) -> None:
    assert client.delete(location, **TUS).status_code == 204


def abandon(client: Client, location: str) -> None:
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    tus_sweep.sweep_uploads(now=timezone.now())


def send_the_rest_of_a_file_that_is_not_a_video(client: Client, location: str) -> None:
    Upload.objects.update(size_bytes=1001)
    assert send(client, location, 1000, b"x").status_code == 422


@pytest.mark.parametrize(
    ("give_up", "counts"), [(cancel, 1000), (abandon, 1000), (send_the_rest_of_a_file_that_is_not_a_video, 1001)]
)
def test_arrived_bytes_of_an_upload_given_up_count_for_a_day(
    as_creator: Client, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch, give_up: Any, counts: int
) -> None:
    monkeypatch.setattr(quota, "MAX_BYTES_PER_DAY", 2500)
    location = start(as_creator, 2000)
    send(as_creator, location, 0, clip_bytes[:1000])
    give_up(as_creator, location)
    assert as_creator.head(location, **TUS).status_code == 404
    assert send(as_creator, location, 1000, b"x").status_code == 404
    assert list(disk.uploads_folder().iterdir()) == []
    assert_quota_is_used_up(as_creator, 2501 - counts)
    cancel(as_creator, start(as_creator, 2500 - counts))  # no byte of this one arrives
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=23))
    assert Upload.objects.get().lost_bytes == counts
    tus_sweep.sweep_uploads(now=timezone.now() + timedelta(hours=25))
    assert Upload.objects.count() == 0
    start(as_creator, 2500)


def test_upload_given_up_counts_as_a_file_once_a_byte_has_arrived(
    as_creator: Client, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MAX_PER_DAY", 1)
    cancel(as_creator, start(as_creator, 2000))
    location = start(as_creator, 2000)
    send(as_creator, location, 0, clip_bytes[:1])
    cancel(as_creator, location)
    assert_quota_is_used_up(as_creator, 1)


def test_finished_upload_that_is_cancelled_still_counts(
    as_creator: Client, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MAX_BYTES_PER_DAY", len(clip_bytes) + 10)
    location = start(as_creator, len(clip_bytes))
    send(as_creator, location, 0, clip_bytes)
    assert_quota_is_used_up(as_creator, 11)
    cancel(as_creator, location)
    assert as_creator.head(location, **TUS).status_code == 404
    assert_quota_is_used_up(as_creator, 11)
    assert Source.objects.count() == 1


def test_upload_cancelled_during_a_piece_accepts_no_more_bytes(as_creator: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, 5000)
    upload, pieces = Upload.objects.get(), [clip_bytes[:1000], clip_bytes[1000:2000], clip_bytes[2000:3000]]

    def read(size: int) -> bytes:
        if len(pieces) == 2:
            cancel(as_creator, location)
        return pieces.pop(0)

    with pytest.raises(UploadGone):
        tus.append(upload=upload, offset=0, read=read)
    assert len(pieces) == 1
    assert Upload.objects.get().lost_bytes == 1000
    with pytest.raises(UploadGone):
        tus.finish_upload(upload=upload, now=timezone.now())
    assert list(disk.uploads_folder().iterdir()) == []
