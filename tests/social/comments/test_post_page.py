"""The page of a post has its newest comments and the form for one, for browsers without scripts."""

import re

import pytest
from django.test import Client

from creators.models import Creator
from social.models import Comment
from tests.conftest import client_of
from tests.factories import make_creator
from tests.feed.watching import make_watchable_clip
from tests.social.comments.conftest import comment_on

pytestmark = pytest.mark.django_db


def plain_part(client: Client, address: str) -> str:
    parts = re.findall(r"<noscript>(?:(?!</noscript>).)*</noscript>", client.get(address).content.decode(), re.DOTALL)
    return next((part for part in parts if "comments-heading" in part), "")


def test_newest_comments_stand_below_the_post_that_was_opened(client: Client, ann: Creator) -> None:
    clip, other = make_watchable_clip(), make_watchable_clip()
    for number in range(7):
        comment_on(clip, f"Question {number}.", by=make_creator())
    comment_on(other, "Elsewhere.", by=ann)
    part = plain_part(client, f"/c/{clip.code}/")
    assert re.findall(r"Question \d", part) == [f"Question {number}" for number in (6, 5, 4, 3, 2)]
    assert "Elsewhere" not in part and f'href="/c/{clip.code}/comments/"' in part
    assert f"/accounts/login/?next=/c/{clip.code}/" in part
    assert plain_part(client, "/") == ""


def test_form_on_the_page_of_a_post_adds_a_comment(ann: Creator) -> None:
    clip, client = make_watchable_clip(), client_of(ann.user)
    part = plain_part(client, f"/c/{clip.code}/")
    (action,) = re.findall(r'<form class="stack" method="post"\s+action="([^"]+)"', part)
    assert client.post(action, {"words": "Does it drip?"}).status_code == 302
    assert Comment.objects.get().words == "Does it drip?"
    assert "Does it drip?" in plain_part(client, f"/c/{clip.code}/")
