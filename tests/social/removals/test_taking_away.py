"""Profiles, messages and suspensions: staff take something away with a reason, and it comes back after an appeal."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from creators.avatars import set_avatar
from creators.models import Creator, Suspension
from shop.models import ThreadMessage, ThreadSide
from social.models import Removal, RemovalState
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_merchant, make_user
from tests.feedsite.test_suspensions import make_staff
from tests.social.ratings.conftest import status_of_file
from tests.social.removals.test_appeals import appeal, decide, state_of

pytestmark = pytest.mark.django_db
REMOVE = "/admin/social/removal/"


@pytest.fixture
def ann() -> Creator:
    creator = make_creator("ann")
    Creator.objects.filter(pk=creator.pk).update(display_name="Ann the Worst", bio="Buy at example.shop")
    creator.refresh_from_db()
    return creator


@pytest.fixture
def remover() -> Client:
    return client_of(make_staff("Moderator"))


@pytest.fixture
def second() -> Client:
    return client_of(make_staff("Moderator"))


def take(client: Client, creator: Creator, *parts: str, **fields: str) -> Any:
    body = {"parts": parts, "reason": "spam", "words": ""} | fields
    return client.post(f"{REMOVE}profile/{creator.pk}/", body)


@pytest.mark.django_db(transaction=True)
def test_name_text_and_picture_leave_a_profile_and_come_back(
    settings: Any, tmp_path: Path, ann: Creator, remover: Client, second: Client, client: Client
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    file = io.BytesIO()
    Image.new("RGB", (400, 400), "teal").save(file, "JPEG")
    set_avatar(creator=ann, file=SimpleUploadedFile("me.jpg", file.getvalue(), "image/jpeg"))
    url = ann.avatar_url
    assert status_of_file(client, url) == 200
    assert f"{REMOVE}profile/{ann.pk}/" in remover.get(f"/admin/creators/creator/{ann.pk}/change/").content.decode()
    assert "Ann the Worst" in remover.get(f"{REMOVE}profile/{ann.pk}/").content.decode()
    assert take(remover, ann, "display_name", "bio", "avatar_stem").status_code == 302
    ann.refresh_from_db()
    assert (ann.display_name, ann.bio, ann.avatar_stem) == ("ann", "", "")
    assert status_of_file(client, url) == 404
    assert "Buy at example.shop" in mail.outbox[-1].body and "No advertising" in mail.outbox[-1].body
    removal = Removal.objects.get()
    [kept] = removal.picture_urls
    assert (status_of_file(client, kept), status_of_file(second, kept)) == (404, 200)
    appeal(client_of(ann.user), removal)
    assert decide(second, removal, "restore").status_code == 302
    ann.refresh_from_db()
    assert (ann.display_name, ann.bio) == ("Ann the Worst", "Buy at example.shop")
    assert status_of_file(client, ann.avatar_url) == 200 and status_of_file(second, kept) == 404


def test_what_the_owner_wrote_meanwhile_stays(ann: Creator, remover: Client, second: Client) -> None:
    take(remover, ann, "display_name", "bio")
    Creator.objects.update(bio="My new text")
    removal = Removal.objects.get()
    appeal(client_of(ann.user), removal)
    decide(second, removal, "restore")
    ann.refresh_from_db()
    assert (ann.display_name, ann.bio) == ("Ann the Worst", "My new text")


def test_removing_nothing_or_without_permission_changes_nothing(
    ann: Creator, remover: Client, as_stranger: Client
) -> None:
    assert take(remover, ann).status_code == 422
    assert take(remover, ann, "avatar_stem").status_code == 422
    assert take(remover, ann, "bio", reason="other").status_code == 422
    assert take(as_stranger, ann, "bio").status_code == 302  # to the sign-in page
    assert take(client_of(make_staff("Finance")), ann, "bio").status_code == 403
    ann.refresh_from_db()
    assert ann.bio == "Buy at example.shop" and not Removal.objects.exists()


def test_message_is_removed_for_both_sides_and_comes_back(remover: Client, second: Client) -> None:
    shopper = make_user("rude@example.com")
    thread = shopper.message_threads.create(merchant=make_merchant("lamps"), created_at=NOW, last_message_at=NOW)
    message = ThreadMessage.objects.create(
        thread=thread, side=ThreadSide.SHOPPER, author=shopper, words="You fools", sent_at=NOW
    )
    url = f"{REMOVE}message/{message.pk}/"
    assert remover.post(url, {"reason": "hateful", "words": ""}).status_code == 404  # nobody reported it
    ThreadMessage.objects.update(reported_at=NOW)
    assert url in remover.get(f"/admin/shop/messagethread/{thread.pk}/change/").content.decode()
    assert remover.post(url, {"reason": "hateful", "words": ""}).status_code == 302
    assert remover.post(url, {"reason": "hateful", "words": ""}).status_code == 404
    own = client_of(shopper)
    page = own.get(f"/messages/{thread.pk}/").content.decode()
    assert "A moderator removed this message." in page and "You fools" not in page
    assert "You fools" in mail.outbox[-1].body
    removal = Removal.objects.get()
    appeal(own, removal)
    assert decide(second, removal, "restore").status_code == 302
    assert "You fools" in own.get(f"/messages/{thread.pk}/").content.decode()


def suspend(client: Client, creator: Creator) -> Removal:
    client.post(f"/admin/creators/creator/{creator.pk}/suspend/", {"reason": "You copied clips.", "clips": "hide"})
    return Removal.objects.get(suspension__creator=creator)


def test_suspension_is_appealed_and_lifted_by_somebody_else(ann: Creator, remover: Client, second: Client) -> None:
    removal = suspend(remover, ann)
    assert f"/removals/{removal.pk}/" in mail.outbox[-1].body
    own = client_of(User.objects.get(pk=ann.user_id))
    assert "You copied clips." in own.get(f"/removals/{removal.pk}/").content.decode()
    appeal(own, removal)
    assert decide(remover, removal, "restore").status_code == 422
    assert Suspension.objects.active().exists()
    assert decide(second, removal, "restore").status_code == 302
    ann.refresh_from_db()
    assert (ann.is_hidden, Suspension.objects.active().exists()) == (False, False)
    assert state_of(removal) == RemovalState.RESTORED


def test_lifting_a_suspension_ends_its_appeal(ann: Creator, remover: Client, second: Client) -> None:
    removal = suspend(remover, ann)
    appeal(client_of(User.objects.get(pk=ann.user_id)), removal)
    second.post(f"/admin/creators/creator/{ann.pk}/lift/")
    assert state_of(removal) == RemovalState.LAPSED
    assert decide(second, removal, "restore").status_code == 422
