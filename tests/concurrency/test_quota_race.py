"""A creator's upload quota holds however many connections start at the same moment, at every entry point.

Each request counts the creator's uploads before it records its own. The guard is a lock on the creator's row.
"""

import base64
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.models import User
from creators.models import Creator
from tests.concurrency.crowd import Meeting, run_at_once
from tests.conftest import client_of
from tests.videos.clips import make_clip
from videos.intake import originals as original_files
from videos.intake import quota
from videos.intake.storage import originals
from videos.models import Clip, Job, Source, Upload

pytestmark = pytest.mark.django_db(transaction=True)

CODES = [letter * 10 for letter in "abcdefghjk"]
BYTES = b"not a video" * 100
Send = Callable[[User, str], int]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}  # no throttling


@pytest.fixture(autouse=True)
def counted_together(monkeypatch: pytest.MonkeyPatch, is_guarded: bool) -> None:
    """After each count, wait until all requests have counted. With the guard on, they cannot."""
    wait_after(monkeypatch, quota, "check_daily_quota", meeting_of(len(CODES), is_guarded))
    wait_after(monkeypatch, quota, "check_unfinished", meeting_of(len(CODES), is_guarded))


@pytest.fixture
def is_guarded(request: pytest.FixtureRequest) -> bool:
    return "with_the_guard_off" not in request.node.name


def meeting_of(requests: int, is_guarded: bool) -> Meeting:
    return Meeting(requests, patience_s=0.5) if is_guarded else Meeting(requests)


def wait_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, meeting: Meeting) -> None:
    """Let the calls of a function wait for each other before they return."""
    function = getattr(module, name)

    def meet(*arguments: Any, **options: Any) -> Any:
        result = function(*arguments, **options)
        meeting.wait()
        return result

    monkeypatch.setattr(module, name, meet)


def start_resumable(user: User, code: str) -> int:
    metadata = f"filename {base64.b64encode(b'holiday.mp4').decode()}"
    response = client_of(user).post(
        "/api/v1/uploads/",
        HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_UPLOAD_LENGTH=str(len(BYTES)),
        HTTP_UPLOAD_METADATA=metadata,
    )
    return response.status_code


def put_file(user: User, code: str, content: bytes = BYTES) -> int:
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("holiday.mp4", content, "video/mp4")})
    return client_of(user).put(f"/api/v1/clips/{code}/file/", body, content_type=MULTIPART_CONTENT).status_code


def send_ten_at_once(send: Send, user: User) -> list[int]:
    outcomes = run_at_once([partial(send, user, code) for code in CODES], threads=5, processes=2)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return sorted(outcome.result for outcome in outcomes)


# For an upload that counts, tus responds with 201, and PUT with 422, because the bytes are not a video.
ENTRY_POINTS = pytest.mark.parametrize(("send", "counted"), [(start_resumable, 201), (put_file, 422)])
LIMITS = pytest.mark.parametrize(("name", "limit"), [("MAX_PER_DAY", 3), ("MAX_BYTES_PER_DAY", 3 * len(BYTES))])


@ENTRY_POINTS
@LIMITS
def test_ten_files_at_once_do_not_exceed_the_daily_quota(
    creator: Creator, monkeypatch: pytest.MonkeyPatch, send: Send, counted: int, name: str, limit: int
) -> None:
    monkeypatch.setattr(quota, name, limit)
    assert send_ten_at_once(send, creator.user) == sorted([counted] * 3 + [429] * 7)
    assert Upload.objects.filter(creator=creator).count() == 3
    assert Source.objects.count() == 0


def test_ten_uploads_started_at_once_do_not_exceed_the_limit_of_unfinished_ones(creator: Creator) -> None:
    assert send_ten_at_once(start_resumable, creator.user) == [201] * 5 + [429] * 5
    assert Upload.objects.filter(creator=creator).unfinished().count() == quota.MAX_UNFINISHED == 5
    assert len(list((site_settings.DATA_DIR / "uploads").iterdir())) == 5


def turn_off_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn off the lock on the creator, and the lock for the space on the disk, behind which one announcement follows another."""
    monkeypatch.setattr(quota, "lock_creator", lambda creator: None)
    monkeypatch.setattr("videos.intake.tus.lock_announcements", lambda: None)


@ENTRY_POINTS
def test_with_the_guard_off_the_daily_quota_is_exceeded(
    creator: Creator, monkeypatch: pytest.MonkeyPatch, send: Send, counted: int
) -> None:
    monkeypatch.setattr(quota, "MAX_PER_DAY", 3)
    turn_off_locks(monkeypatch)
    assert send_ten_at_once(send, creator.user).count(counted) > 3
    assert Upload.objects.filter(creator=creator).count() > 3


def test_with_the_guard_off_too_many_uploads_are_unfinished(creator: Creator, monkeypatch: pytest.MonkeyPatch) -> None:
    turn_off_locks(monkeypatch)
    assert send_ten_at_once(start_resumable, creator.user).count(201) > quota.MAX_UNFINISHED
    assert Upload.objects.filter(creator=creator).unfinished().count() > quota.MAX_UNFINISHED


@pytest.fixture
def video(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, is_guarded: bool) -> bytes:
    """Return a video, and let the requests wait for each other after the search for a duplicate."""
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "originals"},
    }
    settings.STORAGES = settings.STORAGES | {"originals": storage}
    for name in ("check_daily_quota", "check_unfinished"):
        monkeypatch.setattr(quota, name, lambda *_arguments: None)
    wait_after(monkeypatch, original_files, "find_duplicate", meeting_of(4, is_guarded))
    return make_clip(tmp_path / "video.mp4", size="90x160", seconds=0.6, rate=15).read_bytes()


def send_at_once(user: User, video: bytes) -> None:
    """Send the same video four times at the same moment, like a user who presses a button repeatedly."""
    requests = [partial(put_file, user, code, video) for code in CODES[:4]]
    outcomes = run_at_once(requests, threads=2, processes=2)
    assert [outcome.result for outcome in outcomes] == [200] * 4, [outcome.trace for outcome in outcomes]


def test_same_video_four_times_at_once_is_one_original_and_one_job(creator: Creator, video: bytes) -> None:
    send_at_once(creator.user, video)
    assert originals().listdir("")[1] == [Source.objects.get().storage_name]
    assert Job.objects.count() == 1
    assert set(Clip.objects.values_list("code", "source")) == {(code, Source.objects.get().pk) for code in CODES[:4]}


def test_with_the_guard_off_the_same_video_would_be_transcoded_twice(
    creator: Creator, video: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(original_files, "lock_creator", lambda creator: None)
    send_at_once(creator.user, video)
    assert Job.objects.count() > 1
