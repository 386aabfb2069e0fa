"""How much one creator may send: what is under way, what arrived, and what came of what was given up."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.videos.clips import make_clip
from tests.videos.test_tus import TUS, begin, begun, send
from videos.intake import quota, tus
from videos.models import Source, Upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path / "data"
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "originals"}}
    settings.STORAGES = settings.STORAGES | {"originals": place}


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    return make_clip(tmp_path / "holiday.mp4").read_bytes()


def test_unfinished_uploads_of_one_creator_are_limited(as_creator: Client) -> None:
    for _ in range(quota.MAX_UNFINISHED):
        begun(as_creator, 1000)
    refused = begin(as_creator, 1000)
    assert refused.status_code == 429
    assert refused.json()["detail"].startswith("You have several unfinished uploads.")
    assert Upload.objects.count() == quota.MAX_UNFINISHED


@pytest.mark.parametrize(("name", "limit"), [("MAX_PER_DAY", 2), ("MAX_BYTES_PER_DAY", 2500)])
def test_files_and_bytes_of_one_creator_in_a_day_are_limited(
    as_creator: Client, monkeypatch: pytest.MonkeyPatch, name: str, limit: int
) -> None:
    monkeypatch.setattr(quota, name, limit)
    for _ in range(2):
        begun(as_creator, 1000)
    assert_day_is_over(as_creator, 1000)
    Upload.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    tus.sweep_uploads(now=timezone.now())
    begun(as_creator, 1000)


def assert_day_is_over(client: Client, size: int) -> None:
    """A file of that size is refused with a sentence, and nothing has changed."""
    before = list(Upload.objects.order_by("pk").values()), sorted(tus._folder().iterdir())
    refused = begin(client, size)
    assert refused.status_code == 429
    assert refused.json()["detail"].startswith("You have sent as many files as are taken")
    assert (list(Upload.objects.order_by("pk").values()), sorted(tus._folder().iterdir())) == before


def cancel(client: Client, place: str) -> None:
    assert client.delete(place, **TUS).status_code == 204


def abandon(client: Client, place: str) -> None:
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    tus.sweep_uploads(now=timezone.now())


def send_the_rest_which_is_no_video(client: Client, place: str) -> None:
    Upload.objects.update(size_bytes=1001)
    assert send(client, place, 1000, b"x").status_code == 422


@pytest.mark.parametrize(
    ("give_up", "counts"), [(cancel, 1000), (abandon, 1000), (send_the_rest_which_is_no_video, 1001)]
)
def test_what_came_of_a_given_up_upload_counts_for_a_day(
    as_creator: Client, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch, give_up: Any, counts: int
) -> None:
    monkeypatch.setattr(quota, "MAX_BYTES_PER_DAY", 2500)
    place = begun(as_creator, 2000)
    send(as_creator, place, 0, clip_bytes[:1000])
    give_up(as_creator, place)
    assert as_creator.head(place, **TUS).status_code == 404
    assert send(as_creator, place, 1000, b"x").status_code == 404
    assert list(tus._folder().iterdir()) == []
    assert_day_is_over(as_creator, 2501 - counts)
    cancel(as_creator, begun(as_creator, 2500 - counts))  # nothing came of this one
    tus.sweep_uploads(now=timezone.now() + timedelta(hours=23))
    assert Upload.objects.get().lost_bytes == counts
    tus.sweep_uploads(now=timezone.now() + timedelta(hours=25))
    assert Upload.objects.count() == 0
    begun(as_creator, 2500)


def test_given_up_upload_counts_among_the_files_of_a_day_once_a_byte_came(
    as_creator: Client, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MAX_PER_DAY", 1)
    cancel(as_creator, begun(as_creator, 2000))
    place = begun(as_creator, 2000)
    send(as_creator, place, 0, clip_bytes[:1])
    cancel(as_creator, place)
    assert_day_is_over(as_creator, 1)


def test_finished_upload_that_is_cancelled_still_counts(
    as_creator: Client, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MAX_BYTES_PER_DAY", len(clip_bytes) + 10)
    place = begun(as_creator, len(clip_bytes))
    send(as_creator, place, 0, clip_bytes)
    assert_day_is_over(as_creator, 11)
    cancel(as_creator, place)
    assert as_creator.head(place, **TUS).status_code == 404
    assert_day_is_over(as_creator, 11)
    assert Source.objects.count() == 1


def test_nothing_more_is_taken_of_an_upload_that_is_cancelled_while_it_is_sent(
    as_creator: Client, clip_bytes: bytes
) -> None:
    place = begun(as_creator, 5000)
    upload, pieces = Upload.objects.get(), [clip_bytes[:1000], clip_bytes[1000:2000], clip_bytes[2000:3000]]

    def read(size: int) -> bytes:
        if len(pieces) == 2:
            cancel(as_creator, place)
        return pieces.pop(0)

    with pytest.raises(tus.UploadGone):
        tus.append(upload=upload, offset=0, read=read)
    assert len(pieces) == 1
    assert Upload.objects.get().lost_bytes == 1000
    with pytest.raises(tus.UploadGone):
        tus.finish_upload(upload=upload, now=timezone.now())
    assert list(tus._folder().iterdir()) == []
