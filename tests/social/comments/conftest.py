"""People who comment on a post."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from creators.models import Creator
from social.models import Comment
from tests.conftest import client_of, make_staff
from tests.factories import make_creator, make_published_clip
from videos.models import Clip


def comments_path(clip: Clip) -> str:
    return f"/c/{clip.code}/comments/"


def send(client: Client, clip: Clip, words: str, parent: Comment | None = None) -> Any:
    """Comment on a post through the API, and return the answer."""
    body = {"words": words, "reply_to": parent.pk if parent else None}
    return client.post(f"/api/v1/clips/{clip.code}/comments/", body, content_type="application/json")


def comment_on(
    clip: Clip, words: str = "Does it drip?", *, by: Creator | None = None, parent: Comment | None = None
) -> Comment:
    """Comment on a post through the API, and return the comment."""
    by = by or make_creator()
    response = send(client_of(by.user), clip, words, parent)
    assert response.status_code == 201, response.content
    return Comment.objects.get(pk=response.json()["comment"]["id"])


def read_list(client: Client, clip: Clip, **query: Any) -> list[dict[str, Any]]:
    """Return the comments that a client is sent."""
    comments: list[dict[str, Any]] = client.get(f"/api/v1/clips/{clip.code}/comments/", query).json()["comments"]
    return comments


def count_of(clip: Clip) -> int:
    clip.refresh_from_db()
    return clip.comment_count


@pytest.fixture(autouse=True)
def trusted_from_the_start(settings: Any) -> None:
    settings.COMMENTS_TRUSTED_AFTER = 0


@pytest.fixture
def clip() -> Clip:
    return make_published_clip()


@pytest.fixture
def ann() -> Creator:
    return make_creator("ann")


@pytest.fixture
def as_ann(ann: Creator) -> Client:
    return client_of(ann.user)


@pytest.fixture
def as_author(clip: Clip) -> Client:
    return client_of(clip.creator.user)


@pytest.fixture
def comment_moderator() -> User:
    return make_staff("comment-moderator@example.com", "social")


@pytest.fixture
def as_comment_moderator(comment_moderator: User) -> Client:
    return client_of(comment_moderator)
