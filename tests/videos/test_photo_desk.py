"""Photo posts on the review desk."""

from typing import Any

import pytest
from django.test import Client

from creators.models import Creator
from tests.factories import make_product, make_reason
from tests.photo_posts import make_photo_draft, make_waiting_post
from videos.models import Clip, Photo
from videos.states import ClipState
from videos.studio.submission import submit_clip

pytestmark = pytest.mark.django_db


def decide(client: Client, clip: Clip, **fields: Any) -> int:
    revision = clip.revisions.latest("number")
    return client.post(f"/admin/videos/clip/desk/{clip.code}/decide/", {"revision": revision.pk} | fields).status_code


def test_the_desk_shows_photos_with_their_words_and_products(as_moderator: Client) -> None:
    clip = make_waiting_post(products=[make_product("mug", name="Blue mug")])
    queue = as_moderator.get("/admin/videos/clip/desk/").content.decode()
    assert clip.photos.earliest("position").address(640) in queue and "Blue mug" in queue
    page = as_moderator.get(f"/admin/videos/clip/desk/{clip.code}/").content.decode()
    for photo in clip.photos.all():
        assert photo.address(1080, "avif") in page
    assert "1. A mug on a table" in page and '<circle cx="300" cy="450"' in page and "<video" not in page
    assert decide(as_moderator, clip, action="approve") == 302
    clip.refresh_from_db()
    assert clip.state == ClipState.PUBLISHED


def test_changes_are_requested_and_the_next_revision_shows_them(
    as_moderator: Client, as_creator: Client, creator: Creator
) -> None:
    clip = make_waiting_post(creator)
    assert decide(as_moderator, clip, action="request_changes", reason=make_reason().code) == 302
    Photo.objects.filter(clip=clip, position=1).update(alternative_text="A mug from above")
    answer = as_creator.post(f"/api/v1/clips/{clip.code}/submit/")
    assert (answer.status_code, answer.json()["state"]) == (200, "in_review")
    page = as_moderator.get(f"/admin/videos/clip/desk/{clip.code}/").content.decode()
    assert "2 revisions" in page and "photos" in page and "A mug from above" in page


def test_the_same_photo_in_another_post_is_named(as_moderator: Client) -> None:
    first, copy = make_waiting_post(), make_photo_draft(photo_count=1)
    Photo.objects.filter(clip=copy).update(sha256=first.photos.earliest("position").sha256)
    submit_clip(clip_id=copy.pk, now=first.submitted_at)  # type: ignore[arg-type]  # it was submitted
    page = as_moderator.get(f"/admin/videos/clip/desk/{copy.code}/").content.decode()
    assert "1 similar clip" in page and f"/desk/{first.code}/" in page
