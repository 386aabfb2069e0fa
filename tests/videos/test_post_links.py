"""Hashtags and mentions of captions: stored on approval, counted while the post is public, linked where it is read."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from feedsite.account_erasure import erase_account
from tests.conftest import client_of
from tests.factories import NOW, approve, make_creator, make_draft, make_published_clip, make_reason, make_waiting_clip
from tests.feed.watching import make_watchable_clip
from videos.models import Clip, DecisionAction, Hashtag, PostHashtag, PostMention
from videos.models.hashtag import MAX_HASHTAGS
from videos.review.decisions import decide
from videos.review.post_links import read_unread_links
from videos.review.take_downs import take_down, undo_take_down
from videos.states import ClipState
from videos.studio.validation import find_problems

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    return dict(Hashtag.objects.order_by("key").values_list("key", "post_count"))


def test_posts_are_counted_from_approval_to_take_down(moderator: User) -> None:
    waiting = make_waiting_clip(caption="My #Summer by #sea, #SUMMER again")
    assert counts() == {}
    clip = approve(waiting)
    assert counts() == {"sea": 1, "summer": 1}
    take_down(clips=[clip], moderator=moderator, reason=make_reason(), words="", now=timezone.now())
    assert counts() == {"sea": 0, "summer": 0}
    undo_take_down(decision=clip.decisions.latest("pk"), moderator=moderator, now=timezone.now())
    assert counts() == {"sea": 1, "summer": 1}
    call_command("verify_hashtags", stdout=StringIO())


def test_changed_caption_counts_when_it_is_approved_again() -> None:
    clip = make_published_clip(caption="My #summer")
    Clip.objects.filter(pk=clip.pk).update(state=ClipState.IN_REVIEW, caption="My #winter")
    assert counts() == {"summer": 0}
    approve(clip)
    assert counts() == {"summer": 0, "winter": 1}
    assert PostHashtag.objects.get().hashtag.key == "winter"


def test_rejected_clip_leaves_no_hashtag(moderator: User) -> None:
    clip = make_waiting_clip(caption="Buy #cheap")
    decide(
        revision=clip.revisions.get(),
        moderator=moderator,
        action=DecisionAction.REJECT,
        reason=make_reason(),
        now=NOW,
    )
    assert not Hashtag.objects.exists()


def test_hidden_creator_and_deleted_account_take_their_posts_along() -> None:
    creator, other = make_creator("maya"), make_creator("ann")
    for author in (creator, creator, other):
        make_published_clip(author, caption=f"#summer with @{other.handle} and @maya")
    assert counts() == {"summer": 3}
    User.objects.filter(pk=creator.user_id).update(is_active=False)
    assert counts() == {"summer": 1}
    User.objects.filter(pk=creator.user_id).update(is_active=True)
    assert counts() == {"summer": 3}
    erase_account(user=creator.user, gives_up_pay=True)
    assert counts() == {"summer": 1}
    assert not PostMention.objects.filter(person=creator).exists()
    assert not PostHashtag.objects.filter(clip__creator=creator).exists()
    call_command("verify_hashtags", stdout=StringIO())


def test_hashtag_is_named_by_the_spelling_that_most_posts_use() -> None:
    make_published_clip(caption="#homeoffice")
    assert Hashtag.objects.get().name == "homeoffice"
    make_published_clip(caption="#HomeOffice")
    assert Hashtag.objects.get().name == "homeoffice", "A draw changes nothing."
    make_published_clip(caption="#HomeOffice")
    assert Hashtag.objects.get().name == "HomeOffice"


def test_command_names_what_differs() -> None:
    make_published_clip(caption="#summer")
    Hashtag.objects.update(post_count=7, name="winter")
    PostHashtag.objects.update(published_at=timezone.now())
    out = StringIO()
    with pytest.raises(CommandError, match="3 discrepancies"):
        call_command("verify_hashtags", stdout=out)
    assert "#summer: 7 posts are noted, 1 are there." in out.getvalue()


def test_captions_of_before_are_read_once_in_chunks() -> None:
    clips = [make_published_clip(caption="Old #news") for _clip in range(3)]
    hidden = make_waiting_clip(caption="#waiting")
    PostHashtag.objects.all().delete()
    Clip.objects.update(links_read_at=None)
    assert counts() == {"news": 0}
    assert read_unread_links(now=timezone.now(), at_most=2) == 2
    assert counts() == {"news": 2}
    assert (read_unread_links(now=timezone.now()), read_unread_links(now=timezone.now())) == (1, 0)
    assert counts() == {"news": 3}
    assert set(PostHashtag.objects.values_list("published_at", flat=True)) == {clips[0].published_at}
    assert not hidden.post_hashtags.exists()
    call_command("verify_hashtags", stdout=StringIO())


def test_too_many_hashtags_or_people_are_refused_with_a_sentence() -> None:
    many = " ".join(f"#t{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(MAX_HASHTAGS + 1))
    clip = make_draft(caption=many)
    assert "Use at most 30 hashtags in a caption." in find_problems(clip)["caption"]
    clip.caption = many.rsplit(" ", 1)[0]
    assert "caption" not in find_problems(clip)
    clip.caption = " ".join(f"@person{number}" for number in range(11))
    assert find_problems(clip)["caption"] == ["Mention at most 10 people in a caption."]


@pytest.fixture
def linked_clip() -> Clip:
    make_creator("ann")
    return make_watchable_clip(caption="With @Ann & @nobody: #قهوة <b>#Tea</b>")


def test_caption_links_in_the_feed_and_on_the_text_page(client: Client, linked_clip: Clip) -> None:
    Clip.objects.filter(pk=linked_clip.pk).update(links_read_at=None)
    read_unread_links(now=timezone.now())
    parts = client.get("/api/v1/feed/").json()["clips"][0]["caption_parts"]
    assert [(part["text"], bool(part["url"])) for part in parts] == [
        ("With ", False),
        ("@Ann", True),
        (" & @nobody: ", False),
        ("#قهوة", True),
        (" <b>", False),
        ("#Tea", True),
        ("</b>", False),
    ]
    for address in (f"/c/{linked_clip.code}/", f"/c/{linked_clip.code}/transcript/"):
        page = " ".join(client.get(address).content.decode().split())
        assert '<a href="/@ann/"><bdi>@Ann</bdi></a> &amp; @nobody: <a' in page
        assert '<bdi>#قهوة</bdi></a> &lt;b&gt;<a href="/tags/tea/"><bdi>#Tea</bdi>' in page


def test_blocked_hashtags_and_hidden_people_are_not_linked(
    client: Client, linked_clip: Clip, as_moderator: Client, django_capture_on_commit_callbacks: Any
) -> None:
    Clip.objects.filter(pk=linked_clip.pk).update(links_read_at=None)
    read_unread_links(now=timezone.now())
    assert len(client.get("/api/v1/feed/").json()["clips"][0]["caption_parts"]) == 7
    tea = Hashtag.objects.get(key="tea")
    with django_capture_on_commit_callbacks(execute=True):
        form = {"block_reason": "Spam."}
        answer = as_moderator.post(f"/admin/videos/hashtag/{tea.pk}/change/", form)
    assert answer.status_code == 302, answer.content
    tea.refresh_from_db()
    assert (tea.block_reason, tea.post_count) == ("Spam.", 1)
    User.objects.filter(creator__handle="ann").update(is_active=False)
    page = client.get(f"/c/{linked_clip.code}/transcript/").content.decode()
    assert "/tags/tea/" not in page and 'href="/@ann/"' not in page and "@Ann" in page and "#Tea" in page
    parts = client.get("/api/v1/feed/").json()["clips"][0]["caption_parts"]
    assert "/tags/tea/" not in [part["url"] for part in parts]


def test_staff_block_a_hashtag_that_nobody_has_used(as_moderator: Client, merchant: User) -> None:
    add = "/admin/videos/hashtag/add/"
    assert as_moderator.post(add, {"name": "two words", "block_reason": "Spam."}).status_code == 200
    assert as_moderator.post(add, {"name": "#İyi", "block_reason": "Spam."}).status_code == 302
    assert as_moderator.post(add, {"name": "IYI", "block_reason": "Spam."}).status_code == 200
    assert client_of(merchant).post(add, {"name": "other", "block_reason": "Spam."}).status_code == 403
    assert list(Hashtag.objects.values_list("key", "name")) == [("iyi", "İyi")]
