"""The studio's form of photo posts, as a page without scripts."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from creators.models import Creator
from tests.factories import make_creator, make_product
from tests.html_forms import read_form
from tests.photo_posts import let_everybody_post, make_photo_draft, make_published_post, make_waiting_post, picture
from videos.models import Clip, Photo
from videos.states import ClipState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def open_shop() -> None:
    let_everybody_post()


def fields_of(client: Client, address: str) -> dict[str, Any]:
    page = client.get(address)
    assert page.status_code == 200
    return read_form(page.content.decode(), field="photos-TOTAL_FORMS")


def test_photos_are_added_described_tagged_and_submitted(as_creator: Client, creator: Creator) -> None:
    product = make_product("blue-mug")
    fields = fields_of(as_creator, "/studio/photos/")
    typed = fields | {"caption": "My morning", "add": "1"}
    added = as_creator.post("/studio/photos/", typed | {"pictures": [picture("red"), picture("blue")]})
    clip = Clip.objects.get()
    assert (added.status_code, added.headers["Location"]) == (302, f"/studio/clips/{clip.code}/edit/")
    fields = fields_of(as_creator, added.headers["Location"])
    first, second = clip.photos.order_by("position")
    assert (fields["caption"], fields["photos-0-id"], fields["photos-1-id"]) == (
        "My morning",
        str(first.pk),
        str(second.pk),
    )
    place = {"tags-0-product": product.name, "tags-0-photo": str(second.pk), "tags-0-x": "25", "tags-0-y": "80.5"}
    arranged = {"photos-0-order": "2", "photos-1-order": "1", "photos-1-alternative_text": "A blue mug"}
    sent = as_creator.post(added.headers["Location"], fields | place | arranged | {"submit": "1"})
    assert sent.status_code == 302, sent.content.decode()
    clip.refresh_from_db()
    assert clip.state == ClipState.IN_REVIEW
    assert [photo.pk for photo in clip.photos.order_by("position")] == [second.pk, first.pk]
    tag = clip.tags.get()
    assert (tag.product, tag.photo_id, tag.x, tag.y, tag.start_ms) == (product, second.pk, 0.25, 0.805, None)


def test_one_bad_picture_of_ten_is_named_and_all_else_stays(as_creator: Client) -> None:
    bad = SimpleUploadedFile("mums-house.jpg", b"<svg onload='alert(1)'/>")
    good = [picture(f"#{number}00000") for number in range(9)]
    fields = fields_of(as_creator, "/studio/photos/") | {"caption": "Nine of ten", "submit": "1"}
    answer = as_creator.post("/studio/photos/", fields | {"pictures": [*good[:6], bad, *good[6:]]})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Picture 7 of 10: We can&#x27;t open this file as a picture." in text and "mums-house" not in text
    assert "Nine of ten" in text and Photo.objects.exclude(position=None).count() == 9
    clip = Clip.objects.get()
    assert (clip.state, clip.caption) == (ClipState.DRAFT, "Nine of ten")


def test_a_photo_is_removed_and_what_is_typed_wrongly_stays(as_creator: Client, creator: Creator) -> None:
    clip = make_photo_draft(creator, photo_count=3)
    address = f"/studio/clips/{clip.code}/edit/"
    fields = fields_of(as_creator, address)
    wrong = as_creator.post(address, fields | {"tags-0-x": "140", "caption": "Typed"})
    assert wrong.status_code == 422 and "Typed" in wrong.content.decode() and 'value="140"' in wrong.content.decode()
    removed = as_creator.post(address, fields | {"photos-1-is_removed": "on", "keep": "1"})
    assert removed.status_code == 302
    assert [photo.position for photo in clip.photos.order_by("position")] == [0, 1]


def test_a_photo_that_arrived_meanwhile_is_not_taken_out(as_creator: Client, creator: Creator) -> None:
    clip = make_photo_draft(creator)
    fields = fields_of(as_creator, f"/studio/clips/{clip.code}/edit/")
    as_creator.post(f"/api/v1/clips/{clip.code}/photos/", {"file": picture()})
    assert as_creator.post(f"/studio/clips/{clip.code}/edit/", fields | {"keep": "1"}).status_code == 302
    assert clip.photos.exclude(position=None).count() == 3


def test_an_incomplete_post_says_what_is_missing(as_creator: Client) -> None:
    answer = as_creator.post("/studio/photos/", fields_of(as_creator, "/studio/photos/") | {"submit": "1"})
    text = answer.content.decode()
    assert answer.status_code == 422
    for sentence in ("Write a caption.", "Add at least one photo.", "Tag at least one product on a photo."):
        assert sentence in text


def test_typing_is_saved_on_the_way(as_creator: Client, creator: Creator) -> None:
    clip = make_photo_draft(creator)
    address = f"/studio/clips/{clip.code}/edit/"
    answer = as_creator.post(address, fields_of(as_creator, address) | {"caption": "Saved", "autosave": "1"})
    clip.refresh_from_db()
    assert (answer.status_code, clip.caption, clip.photos.count()) == (204, "Saved", 2)


def test_changing_a_published_post_sends_it_back_to_review(as_creator: Client, creator: Creator) -> None:
    clip = make_published_post(creator)
    address = f"/studio/clips/{clip.code}/edit/"
    fields = fields_of(as_creator, address) | {"photos-0-alternative_text": "Another text", "submit": "1"}
    assert as_creator.post(address, fields).status_code == 302
    clip.refresh_from_db()
    assert (clip.state, clip.revisions.count()) == (ClipState.IN_REVIEW, 2)
    assert as_creator.post(address, fields | {"pictures": [picture()]}).status_code == 302
    assert clip.photos.count() == 2


def test_status_page_shows_the_photos_and_a_draft_is_deleted_with_its_files(
    as_creator: Client, creator: Creator, django_capture_on_commit_callbacks: Any
) -> None:
    clip = make_photo_draft(creator, has_files=True)
    address = clip.photos.earliest("position").address(640)
    assert address in as_creator.get(f"/studio/clips/{clip.code}/").content.decode()
    assert address.replace("640", "320") in as_creator.get("/studio/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        as_creator.post(f"/studio/clips/{clip.code}/delete/")
    assert not Clip.objects.exists()
    assert as_creator.head(address).status_code == 404


def test_nobody_else_opens_the_form(as_stranger: Client) -> None:
    clip = make_waiting_post()
    other = Client()
    other.force_login(make_creator().user)
    assert other.get(f"/studio/clips/{clip.code}/edit/").status_code == 404
    assert as_stranger.get("/studio/photos/").status_code == 302
