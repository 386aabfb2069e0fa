"""Hashtags in comments are linked in the one way in which captions link theirs."""

import pytest
from django.test import Client

from creators.models import Creator
from social.models import Comment, Mention
from tests.factories import make_product
from tests.social.comments.conftest import comment_on, comments_path, read_list, send
from videos.models import Clip, Hashtag

pytestmark = pytest.mark.django_db


def test_hashtags_are_linked_once_escaped_and_isolated(clip: Clip, ann: Creator, as_ann: Client) -> None:
    make_product("mug")
    comment_on(clip, "<b>#قهوة & #Tea</b> by @ann, /p/mug/#x https://x.example/#part &#39;", by=ann)
    page = as_ann.get(comments_path(clip)).content.decode()
    assert "&lt;b&gt;<a\n" in page and "<bdi>#قهوة</bdi></a> &amp; <a" in page
    assert "<bdi>#Tea</bdi></a>&lt;/b&gt; by <a" in page and "&amp;#39;" in page
    mentions = read_list(as_ann, clip)[0]["mentions"]
    tags = {mention["key"]: mention["url"] for mention in mentions if mention["kind"] == "hashtag"}
    assert tags == {"قهوة": "/tags/%D9%82%D9%87%D9%88%D8%A9/", "tea": "/tags/tea/"}


def test_blocked_hashtag_is_not_linked(clip: Clip, ann: Creator, as_ann: Client) -> None:
    comment_on(clip, "Good #tea", by=ann)
    Hashtag.objects.update(block_reason="Spam.")
    page = as_ann.get(comments_path(clip)).content.decode()
    assert "/tags/tea/" not in page and "Good #tea" in page
    assert read_list(as_ann, clip)[0]["mentions"] == []


def test_eleven_hashtags_are_refused_with_a_sentence(clip: Clip, as_ann: Client) -> None:
    tags = [f"#tag{letter}" for letter in "abcdefghijk"]
    refused = send(as_ann, clip, " ".join(tags))
    assert (refused.status_code, refused.json()["detail"]) == (422, "Use at most 10 hashtags in a comment.")
    assert not Comment.objects.exists() and not Hashtag.objects.exists()
    assert send(as_ann, clip, " ".join(tags[:10])).status_code == 201
    assert Mention.objects.exclude(hashtag=None).count() == 10


def test_changed_comment_names_other_hashtags(clip: Clip, ann: Creator, as_ann: Client) -> None:
    comment = comment_on(clip, "#tea #Tea", by=ann)
    body = {"words": "#coffee"}
    assert as_ann.patch(f"/api/v1/comments/{comment.pk}/", body, content_type="application/json").status_code == 200
    assert list(Mention.objects.values_list("hashtag__key", flat=True)) == ["coffee"]
    assert Hashtag.objects.get(key="tea").post_count == 0
