"""What moderators remove of comments and ratings: the reason, one appeal, and somebody else who decides."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import User
from catalog.models import Product
from creators.models import Creator
from social.models import Comment, CommentState, Rating, Removal, RemovalReason, RemovalState
from social.removals.records import forget_removals
from tests.conftest import client_of, make_staff
from tests.factories import make_creator, make_product, make_published_clip
from tests.social.comments.conftest import comment_on, count_of
from tests.social.ratings.conftest import WORDS, make_member, rate, read_counts, status_of_file
from videos.models import Clip

pytestmark = pytest.mark.django_db
DESK = "/admin/social/removal/desk/"
WHY = "I only quoted what the maker says."


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
def remover() -> Client:
    return client_of(make_staff("remover@example.com", "social"))


@pytest.fixture
def second() -> Client:
    return client_of(make_staff("second@example.com", "social"))


def remove_comment(client: Client, comment: Comment, **fields: Any) -> Any:
    body = {"answer": "removed", "words": "Too loud", "revision": comment.revision} | fields
    return client.post(f"/admin/social/comment/desk/{comment.pk}/decide/", body)


def remove_rating(client: Client, rating: Rating, **fields: Any) -> Any:
    body = {"answer": "removed", "words": "Too loud", "revision": rating.revision} | fields
    return client.post(f"/admin/social/rating/desk/{rating.pk}/decide/", body)


def appeal(client: Client, removal: Removal, words: str = WHY) -> Any:
    return client.post(f"/removals/{removal.pk}/", {"words": words})


def decide(client: Client, removal: Removal, answer: str, words: str = "It is a quotation.") -> Any:
    return client.post(f"{DESK}{removal.pk}/decide/", {"answer": answer, "words": words})


def state_of(removal: Removal) -> str:
    return Removal.objects.get(pk=removal.pk).state


def test_author_reads_reason_and_rule_and_gets_the_comment_back_as_it_was(
    clip: Clip, ann: Creator, as_ann: Client, remover: Client, second: Client
) -> None:
    comment = comment_on(clip, "It drips.", by=ann)
    reply = comment_on(clip, "So does mine.", parent=comment)
    client_of(clip.creator.user).post(f"/comments/{comment.pk}/change/", {"change": "pin"})
    assert remove_comment(remover, comment, reason="hateful", words="").status_code == 302
    assert count_of(clip) == 1
    removal = Removal.objects.get()
    assert (removal.reason, removal.state) == (RemovalReason.HATEFUL, RemovalState.STANDS)
    letter = mail.outbox[-1]
    assert (letter.to, letter.subject) == ([ann.user.email], "Your comment was removed")
    assert "Hateful or abusive" in letter.body and "Nobody may insult" in letter.body
    assert f"/removals/{removal.pk}/" in letter.body
    page = as_ann.get(f"/removals/{removal.pk}/").content.decode()
    assert "It drips." in page and "Nobody may insult" in page and "Send appeal" in page
    assert "It drips." in as_ann.get("/removals/").content.decode()
    assert appeal(as_ann, removal).status_code == 302
    assert "1 appeal" not in second.get("/admin/").content.decode()
    assert WHY in second.get(DESK).content.decode()
    assert decide(second, removal, "restore").status_code == 302
    comment.refresh_from_db()
    assert (comment.state, comment.is_pinned, comment.removal_reason) == (CommentState.VISIBLE, True, "")
    assert (state_of(removal), count_of(clip), reply.state) == (RemovalState.RESTORED, 2, CommentState.VISIBLE)
    assert mail.outbox[-1].subject == "Your appeal was granted" and "It is a quotation." in mail.outbox[-1].body
    assert "It is a quotation." in as_ann.get(f"/removals/{removal.pk}/").content.decode()
    call_command("verify_comments")


def test_nobody_decides_on_their_own_removal_or_appeal(
    clip: Clip, ann: Creator, as_ann: Client, remover: Client, second: Client
) -> None:
    comment = comment_on(clip, by=ann)
    remove_comment(remover, comment)
    removal = Removal.objects.get()
    assert decide(second, removal, "restore").status_code == 422  # nobody has appealed
    appeal(as_ann, removal)
    assert WHY not in remover.get(DESK).content.decode()
    assert decide(remover, removal, "restore").status_code == 422
    assert decide(second, removal, "restore", words="").status_code == 422
    assert as_ann.post(f"{DESK}{removal.pk}/decide/", {"answer": "restore"}).status_code == 302  # to the sign-in page
    owner = User.objects.get(pk=ann.user_id)
    owner.is_staff = owner.is_superuser = True
    owner.save()
    assert decide(client_of(owner), removal, "restore").status_code == 422
    assert (state_of(removal), count_of(clip)) == (RemovalState.APPEALED, 0)
    assert decide(second, removal, "uphold", "It insults.").status_code == 302
    assert decide(second, removal, "restore").status_code == 422
    assert (state_of(removal), count_of(clip)) == (RemovalState.UPHELD, 0)
    assert mail.outbox[-1].subject == "Your appeal was refused" and "It insults." in mail.outbox[-1].body


def test_appeal_is_possible_once_and_for_six_months_and_for_its_owner_only(
    clip: Clip, ann: Creator, as_ann: Client, as_stranger: Client, client: Client, remover: Client
) -> None:
    comment = comment_on(clip, by=ann)
    remove_comment(remover, comment)
    removal = Removal.objects.get()
    assert client.get(f"/removals/{removal.pk}/").status_code == 302
    assert as_stranger.get(f"/removals/{removal.pk}/").status_code == 404
    assert appeal(as_stranger, removal).status_code == 404
    assert appeal(as_ann, removal, " ").status_code == 422
    assert appeal(as_ann, removal, "x" * 1001).status_code == 422
    Removal.objects.update(removed_at=timezone.now() - timedelta(days=184))
    assert appeal(as_ann, removal).status_code == 409
    assert state_of(removal) == RemovalState.STANDS
    Removal.objects.update(removed_at=timezone.now() - timedelta(days=182))
    assert appeal(as_ann, removal).status_code == 302
    assert appeal(as_ann, removal, "Again").status_code == 409
    assert Removal.objects.get().appeal_words == WHY


def test_api_lists_removals_and_takes_one_appeal(
    clip: Clip, ann: Creator, as_ann: Client, as_stranger: Client, client: Client, remover: Client
) -> None:
    remove_comment(remover, comment_on(clip, by=ann), reason="spam", words="")
    [row] = as_ann.get("/api/v1/removals/").json()["results"]
    assert (row["kind"], row["reason"], row["about"], row["state"]) == ("comment", "spam", "Does it drip?", "stands")
    url = f"/api/v1/removals/{row['id']}/"
    assert client.get(url).status_code == 403 and as_stranger.get(url).status_code == 404
    assert as_stranger.get("/api/v1/removals/").json()["results"] == []
    assert as_ann.post(f"{url}appeal/", {"words": "  "}, content_type="application/json").status_code == 400
    answer = as_ann.post(f"{url}appeal/", {"words": WHY}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (201, "appealed")
    assert as_ann.post(f"{url}appeal/", {"words": "More"}, content_type="application/json").status_code == 409
    assert as_ann.get(url).json()["appeal_words"] == WHY


def test_removal_lapses_when_its_owner_deletes_or_staff_take_it_back(
    clip: Clip, ann: Creator, as_ann: Client, remover: Client, second: Client
) -> None:
    deleted, taken_back = comment_on(clip, "First", by=ann), comment_on(clip, "Second", by=ann)
    for comment in (deleted, taken_back):
        remove_comment(remover, comment)
        appeal(as_ann, Removal.objects.latest("pk"))
    as_ann.post(f"/comments/{deleted.pk}/change/", {"change": "delete"})
    remover.post(f"/admin/social/comment/desk/{taken_back.decisions.get().pk}/undo/")
    assert [row.state for row in Removal.objects.order_by("pk")] == [RemovalState.LAPSED] * 2
    assert decide(second, deleted.removals.get(), "restore").status_code == 422
    assert (count_of(clip), Comment.objects.get(pk=deleted.pk).words) == (1, "")


@pytest.mark.django_db(transaction=True)
def test_rating_comes_back_with_its_stars_and_pictures(
    settings: Any, tmp_path: Path, remover: Client, second: Client, client: Client
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    mug, member = make_product("mug"), make_member("member@example.com")
    own, file = client_of(member), io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(file, "JPEG")
    picture = SimpleUploadedFile("kitchen.jpg", file.getvalue(), "image/jpeg")
    own.post("/p/mug/rating/", WORDS | {"pictures": [picture]})
    rating = Rating.objects.get()
    url = rating.pictures.get().small_url
    assert status_of_file(client, url) == 200
    assert remove_rating(remover, rating, reason="misleading").status_code == 302
    assert (status_of_file(client, url), status_of_file(own, url), status_of_file(second, url)) == (404, 200, 200)
    assert read_counts(mug) == (0, 0)
    removal = Removal.objects.get()
    appeal(own, removal)
    assert url in second.get(DESK).content.decode()
    assert decide(second, removal, "restore").status_code == 302
    assert (read_counts(mug), status_of_file(client, url), state_of(removal)) == ((4, 1), 200, RemovalState.RESTORED)
    call_command("verify_ratings")


def test_changed_rating_waits_and_its_appeal_lapses(mug: Product, remover: Client, second: Client) -> None:
    member = make_member("member@example.com")
    rating = rate(mug, member)
    remove_rating(remover, rating)
    removal = Removal.objects.get()
    appeal(client_of(member), removal)
    client_of(member).post("/p/mug/rating/", WORDS | {"words": "Nicer"})
    assert state_of(removal) == RemovalState.LAPSED
    assert decide(second, removal, "restore").status_code == 422
    assert Rating.objects.get().state == "held" and read_counts(mug) == (0, 0)


def test_words_of_old_removals_are_forgotten_and_open_appeals_stay(
    clip: Clip, ann: Creator, as_ann: Client, remover: Client
) -> None:
    for words in ("First", "Second"):
        remove_comment(remover, comment_on(clip, words, by=ann))
    old, appealed = Removal.objects.order_by("pk")
    appeal(as_ann, appealed)
    Removal.objects.update(removed_at=timezone.now() - timedelta(days=731))
    forget_removals(now=timezone.now())
    old.refresh_from_db()
    appealed.refresh_from_db()
    assert (old.owner, old.words, old.state) == (None, "", RemovalState.LAPSED)
    assert (appealed.owner, appealed.appeal_words, appealed.state) == (ann.user, WHY, RemovalState.APPEALED)


@pytest.fixture
def mug() -> Product:
    return make_product("mug")
