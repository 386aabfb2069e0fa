"""What one creator may send holds however many of their connections start at the same moment, at both doors.

Each looks and then, a moment later, writes down what it sends. The guard is the creator's row, locked for both.
"""

import base64
import time
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
from tests.concurrency.crowd import at_once
from tests.conftest import client_of
from tests.videos.clips import make_clip
from videos.intake import originals as original_files
from videos.intake import quota
from videos.intake.storage import originals
from videos.models import Clip, Job, Source, Upload

pytestmark = pytest.mark.django_db(transaction=True)

CODES = [letter * 10 for letter in "abcdefghjk"]
BYTES = b"not a film" * 100
Send = Callable[[User, str], int]


@pytest.fixture(autouse=True)
def slow_counting(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a moment between counting and writing down, in which the others count too."""
    settings.DATA_DIR = tmp_path
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}  # no limit by the minute
    check = quota.check_daily_quota

    def check_slowly(*arguments: Any) -> None:
        check(*arguments)
        time.sleep(0.1)

    monkeypatch.setattr(quota, "check_daily_quota", check_slowly)


def resumable(user: User, code: str) -> int:
    metadata = f"filename {base64.b64encode(b'holiday.mp4').decode()}"
    answer = client_of(user).post(
        "/api/v1/uploads/",
        HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_UPLOAD_LENGTH=str(len(BYTES)),
        HTTP_UPLOAD_METADATA=metadata,
    )
    return answer.status_code


def in_the_form(user: User, code: str, content: bytes = BYTES) -> int:
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("holiday.mp4", content, "video/mp4")})
    return client_of(user).put(f"/api/v1/clips/{code}/file/", body, content_type=MULTIPART_CONTENT).status_code


def ten_at_once(send: Send, user: User) -> list[int]:
    happened = at_once([partial(send, user, code) for code in CODES], threads=5, processes=2)
    assert [one.trace for one in happened if one.error] == []
    return sorted(one.result for one in happened)


# What is counted is answered with 201 by the one door and, being no film, with 422 by the other.
DOORS = pytest.mark.parametrize(("send", "counted"), [(resumable, 201), (in_the_form, 422)])
LIMITS = pytest.mark.parametrize(("name", "limit"), [("MAX_PER_DAY", 3), ("MAX_BYTES_PER_DAY", 3 * len(BYTES))])


@DOORS
@LIMITS
def test_ten_files_at_once_are_counted_to_the_last_place_of_the_day(
    creator: Creator, monkeypatch: pytest.MonkeyPatch, send: Send, counted: int, name: str, limit: int
) -> None:
    monkeypatch.setattr(quota, name, limit)
    assert ten_at_once(send, creator.user) == sorted([counted] * 3 + [429] * 7)
    assert Upload.objects.filter(creator=creator).count() == 3
    assert Source.objects.count() == 0


def test_ten_uploads_begun_at_once_are_counted_to_the_last_place(creator: Creator) -> None:
    assert ten_at_once(resumable, creator.user) == [201] * 5 + [429] * 5
    assert Upload.objects.filter(creator=creator).unfinished().count() == quota.MAX_UNFINISHED == 5
    assert len(list((site_settings.DATA_DIR / "uploads").iterdir())) == 5


@DOORS
def test_with_the_guard_off_more_are_taken_than_a_day_allows(
    creator: Creator, monkeypatch: pytest.MonkeyPatch, send: Send, counted: int
) -> None:
    monkeypatch.setattr(quota, "MAX_PER_DAY", 3)
    monkeypatch.setattr(quota, "lock_creator", lambda creator: None)
    assert ten_at_once(send, creator.user).count(counted) > 3
    assert Upload.objects.filter(creator=creator).count() > 3


def test_with_the_guard_off_more_are_under_way_than_allowed(creator: Creator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "lock_creator", lambda creator: None)
    assert ten_at_once(resumable, creator.user).count(201) > quota.MAX_UNFINISHED
    assert Upload.objects.filter(creator=creator).unfinished().count() > quota.MAX_UNFINISHED


@pytest.fixture
def film(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Return a film, and leave a moment after looking whether it is known, in which the others look too."""
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "originals"}}
    settings.STORAGES = settings.STORAGES | {"originals": place}
    find = original_files.find_duplicate

    def find_slowly(*arguments: Any) -> Source | None:
        found = find(*arguments)
        time.sleep(0.5)
        return found

    monkeypatch.setattr(original_files, "find_duplicate", find_slowly)
    return make_clip(tmp_path / "film.mp4", size="90x160", seconds=0.6, rate=15).read_bytes()


def send_film_at_once(user: User, film: bytes) -> None:
    """Send the same film four times at the same moment, as who presses a button again and again does."""
    works = [partial(in_the_form, user, code, film) for code in CODES[:4]]
    happened = at_once(works, threads=2, processes=2)
    assert [one.result for one in happened] == [200] * 4, [one.trace for one in happened]


def test_same_film_four_times_at_once_is_one_original_and_one_job(creator: Creator, film: bytes) -> None:
    send_film_at_once(creator.user, film)
    assert originals().listdir("")[1] == [Source.objects.get().storage_name]
    assert Job.objects.count() == 1
    assert set(Clip.objects.values_list("code", "source")) == {(code, Source.objects.get().pk) for code in CODES[:4]}


def test_with_the_guard_off_the_same_film_would_be_transcoded_twice(
    creator: Creator, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(original_files, "lock_creator", lambda creator: None)
    send_film_at_once(creator.user, film)
    assert Job.objects.count() > 1
