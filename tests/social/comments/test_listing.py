"""Lists of comments: order, pages, likes, pins, and how many queries they take."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from creators.models import Creator
from social.models import Comment, CommentLike, Mention
from tests.conftest import client_of
from tests.factories import make_creator, make_user
from tests.social.comments.conftest import comment_on, comments_path, read_list
from videos.models import Clip

pytestmark = pytest.mark.django_db


def make_comments(clip: Clip, count: int, **fields: object) -> list[Comment]:
    """Create comments of one author in bulk."""
    author, now = make_creator(), timezone.now()
    rows = [Comment(clip=clip, author=author, words=f"Number {n}", created_at=now, **fields) for n in range(count)]
    return Comment.objects.bulk_create(rows)


def words_of(client: Client, clip: Clip, **query: str) -> list[str]:
    return [comment["words"] for comment in read_list(client, clip, **query)]


def test_newest_or_most_liked_first_and_pinned_before(clip: Clip, client: Client, as_author: Client) -> None:
    first, second, third = (comment_on(clip, words) for words in ("One", "Two", "Three"))
    for comment, likes in ((first, 2), (second, 3)):
        for _number in range(likes):
            assert client_of(make_user()).post(f"/api/v1/comments/{comment.pk}/like/").status_code == 204
    assert words_of(client, clip) == ["Three", "Two", "One"]
    assert words_of(client, clip, sort="best") == ["Two", "One", "Three"]
    assert as_author.post(f"/api/v1/comments/{third.pk}/pin/").status_code == 204
    assert as_author.post(f"/api/v1/comments/{first.pk}/pin/").status_code == 204
    assert words_of(client, clip) == ["One", "Three", "Two"]
    assert words_of(client, clip, sort="best") == ["One", "Two", "Three"]
    assert client_of(second.author.user).post(f"/api/v1/comments/{second.pk}/pin/").status_code == 422
    as_author.post(f"/comments/{first.pk}/change/", {"change": "unpin"})
    assert words_of(client, clip) == ["Three", "Two", "One"]


def test_like_counts_once_and_can_be_taken_back(clip: Clip, ann: Creator, as_ann: Client, as_author: Client) -> None:
    comment = comment_on(clip, by=ann)
    assert as_ann.post(f"/api/v1/comments/{comment.pk}/like/").status_code == 422
    for _number in range(2):
        as_author.post(f"/comments/{comment.pk}/change/", {"change": "like"})
    [listed] = read_list(as_author, clip)
    assert (listed["like_count"], listed["is_liked"]) == (1, True)
    assert "Liked" in as_author.get(comments_path(clip)).content.decode()
    assert as_author.delete(f"/api/v1/comments/{comment.pk}/like/").status_code == 204
    assert not CommentLike.objects.exists() and read_list(as_author, clip)[0]["like_count"] == 0


@pytest.mark.parametrize("sort", ["newest", "best"])
def test_cursor_leads_through_all_comments_once(clip: Clip, client: Client, sort: str) -> None:
    comments = make_comments(clip, 45)
    Comment.objects.filter(pk=comments[3].pk).update(is_pinned=True)
    seen: list[str] = []
    cursor, url = "", f"/api/v1/clips/{clip.code}/comments/"
    for _number in range(3):
        body = client.get(url, {"sort": sort, "cursor": cursor}).json()
        seen += [comment["words"] for comment in body["comments"]]
        cursor = body["cursor"]
    assert (len(seen), len(set(seen)), seen[0], cursor) == (45, 45, "Number 3", "")
    assert client.get(url, {"cursor": "junk"}).status_code == 404
    assert client.get(comments_path(clip), {"after": "junk", "sort": "junk"}).status_code == 200


def test_replies_have_a_page_of_their_own(clip: Clip, client: Client) -> None:
    comment = comment_on(clip)
    make_comments(clip, 25, parent=comment)
    [listed] = read_list(client, clip)
    assert (listed["reply_count"], [reply["words"] for reply in listed["replies"]]) == (25, ["Number 0", "Number 1"])
    assert "All 25 replies" in client.get(comments_path(clip)).content.decode()
    body = client.get(f"/api/v1/comments/{comment.pk}/replies/").json()
    rest = client.get(f"/api/v1/comments/{comment.pk}/replies/", {"cursor": body["cursor"]}).json()
    assert [reply["words"] for reply in body["replies"] + rest["replies"]] == [f"Number {n}" for n in range(25)]
    last = comment.replies.get(words="Number 24")
    page = client.get(last.get_absolute_url()).content.decode()
    assert f'id="comment-{last.pk}"' in page and "Earlier replies" in page
    assert client.get("/api/v1/comments/999999/replies/").status_code == 404


def test_a_page_takes_four_queries_however_many_there_are(clip: Clip, client: Client) -> None:
    comments = make_comments(clip, 2000)
    make_comments(clip, 60, parent=comments[-1])
    make_comments(clip, 3, parent=comments[-2])
    Mention.objects.create(comment=comments[-1], person=make_creator("ben"), key="ben")
    client.get(comments_path(clip))
    for path in (comments_path(clip), f"/api/v1/clips/{clip.code}/comments/"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        assert len(queries) == 4, [query["sql"] for query in queries]
