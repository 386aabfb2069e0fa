"""A post has at most ten photos, and each file once, however many uploads end at the same moment.

Each upload looks at the post's photos before it adds its own. The guard is a lock on the clip's row.
"""

import os
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.picture_rules import PictureRefused, StoredPicture
from tests.concurrency.crowd import Meeting, run_at_once
from tests.factories import NOW
from tests.photo_posts import make_photo_draft, picture
from videos.intake import photos
from videos.models import Clip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all uploads be decoded before any of them is added to the post."""
    meeting = Meeting(2, patience_s=0.5)

    def store(file: Any, *, rules: Any) -> StoredPicture:
        meeting.wait()
        return StoredPicture(f"photos/{os.getpid()}", 640, 400)

    monkeypatch.setattr(photos, "store_picture", store)
    monkeypatch.setattr(photos, "delete_picture", lambda stem, rules: None)


def add(clip: Clip, colour: str) -> str:
    try:
        photos.add_photo(clip=clip, file=picture(colour), now=NOW)
    except (PictureRefused, IntegrityError) as refusal:
        return type(refusal).__name__
    return "added"


def add_at_once(clip: Clip, *colours: str) -> list[str]:
    return sorted(outcome.result for outcome in run_at_once([partial(add, clip, colour) for colour in colours]))


def test_of_two_photos_for_the_last_place_one_is_added() -> None:
    clip = make_photo_draft(photo_count=9)
    assert add_at_once(clip, "red", "blue") == ["PictureRefused", "added"]
    assert [photo.position for photo in clip.photos.order_by("position")] == list(range(10))


def test_with_the_guard_off_two_photos_take_the_last_place(monkeypatch: pytest.MonkeyPatch) -> None:
    clip, meeting = make_photo_draft(photo_count=9), Meeting(2)
    count = photos._next_position

    def count_together(clip: Clip) -> int:
        position = count(clip)
        meeting.wait()
        return position

    monkeypatch.setattr(photos, "_lock_editable", lambda clip: Clip.objects.get(pk=clip.pk))
    monkeypatch.setattr(photos, "_next_position", count_together)
    assert "IntegrityError" in add_at_once(clip, "red", "blue")


def test_the_same_file_twice_at_once_is_one_photo() -> None:
    clip = make_photo_draft(photo_count=1)
    assert add_at_once(clip, "red", "red") == ["added", "added"]
    assert clip.photos.count() == 2
