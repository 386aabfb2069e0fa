"""Space on the disk is promised once, however many creators announce an upload at the same moment.

Each announcement compares its size with the free space that was not promised yet. The guard is a lock that all share.
"""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from creators.models import Creator
from tests.concurrency.crowd import run_at_once
from tests.concurrency.test_quota_race import BYTES, meeting_of, start_resumable, wait_after
from tests.factories import make_creator
from videos.intake import part_files
from videos.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)
CREATORS = 6
FILES_WITH_ROOM = 2
DISK_FULL = 507


@pytest.fixture
def users(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[User]:
    """Return creators whose announcements wait for each other after they have looked for room."""
    settings.DATA_DIR = tmp_path
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}  # no throttling
    monkeypatch.setattr("videos.intake.disk.free_bytes", lambda *_folder: 2 * FILES_WITH_ROOM * len(BYTES))
    is_guarded = "with_the_guard_off" not in request.node.name
    wait_after(monkeypatch, part_files.PartFiles, "has_room", meeting_of(CREATORS, is_guarded))
    creators: list[Creator] = [make_creator(f"creator{number}") for number in range(CREATORS)]
    return [creator.user for creator in creators]


def announce_at_once(users: list[User]) -> list[int]:
    outcomes = run_at_once([partial(start_resumable, user, "") for user in users], threads=3, processes=2)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return sorted(outcome.result for outcome in outcomes)


def test_six_creators_at_once_are_promised_what_the_disk_has(users: list[User]) -> None:
    refused = CREATORS - FILES_WITH_ROOM
    assert announce_at_once(users) == [201] * FILES_WITH_ROOM + [DISK_FULL] * refused
    assert Upload.objects.unfinished().count() == FILES_WITH_ROOM


def test_with_the_guard_off_more_is_promised_than_the_disk_has(
    users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("videos.intake.tus.lock_announcements", lambda: None)
    assert announce_at_once(users) == [201] * CREATORS
    assert Upload.objects.unfinished().count() > FILES_WITH_ROOM
