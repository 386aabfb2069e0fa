"""What one creator may send holds however many of their connections start at the same moment, at both doors.

Each counts and then, a moment later, writes down what it sends. The guard is the creator's row, locked for both.
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
from videos import booking
from videos.models import Source, Upload

pytestmark = pytest.mark.django_db(transaction=True)

CODES = [letter * 10 for letter in "abcdefghjk"]
BYTES = b"not a film" * 100
Send = Callable[[User, str], int]


@pytest.fixture(autouse=True)
def slow_counting(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a moment between counting and writing down, in which the others count too."""
    settings.DATA_DIR = tmp_path
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}  # no limit by the minute
    check = booking._check_day

    def check_slowly(*arguments: Any) -> None:
        check(*arguments)
        time.sleep(0.1)

    monkeypatch.setattr(booking, "_check_day", check_slowly)


def resumable(user: User, code: str) -> int:
    metadata = f"filename {base64.b64encode(b'holiday.mp4').decode()}"
    answer = client_of(user).post(
        "/api/v1/uploads/",
        HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_UPLOAD_LENGTH=str(len(BYTES)),
        HTTP_UPLOAD_METADATA=metadata,
    )
    return answer.status_code


def in_the_form(user: User, code: str) -> int:
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("holiday.mp4", BYTES, "video/mp4")})
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
    monkeypatch.setattr(booking, name, limit)
    assert ten_at_once(send, creator.user) == sorted([counted] * 3 + [429] * 7)
    assert Upload.objects.filter(creator=creator).count() == 3
    assert Source.objects.count() == 0


def test_ten_uploads_begun_at_once_are_counted_to_the_last_place(creator: Creator) -> None:
    assert ten_at_once(resumable, creator.user) == [201] * 5 + [429] * 5
    assert Upload.objects.filter(creator=creator).unfinished().count() == booking.MAX_UNFINISHED == 5
    assert len(list((site_settings.DATA_DIR / "uploads").iterdir())) == 5


@DOORS
def test_with_the_guard_off_more_are_taken_than_a_day_allows(
    creator: Creator, monkeypatch: pytest.MonkeyPatch, send: Send, counted: int
) -> None:
    monkeypatch.setattr(booking, "MAX_PER_DAY", 3)
    monkeypatch.setattr(booking, "_wait_for_others_of", lambda creator: None)
    assert ten_at_once(send, creator.user).count(counted) > 3
    assert Upload.objects.filter(creator=creator).count() > 3


def test_with_the_guard_off_more_are_under_way_than_allowed(creator: Creator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking, "_wait_for_others_of", lambda creator: None)
    assert ten_at_once(resumable, creator.user).count(201) > booking.MAX_UNFINISHED
    assert Upload.objects.filter(creator=creator).unfinished().count() > booking.MAX_UNFINISHED
