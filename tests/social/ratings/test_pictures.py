"""Pictures of ratings: re-encoded without metadata, at most four, and gone with the rating."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from catalog.models import Product
from social.models import Rating, RatingPicture
from tests.conftest import client_of
from tests.social.ratings.conftest import WORDS, make_member, rate, status_of_file
from tests.social.ratings.test_moderation import decide

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Taken at home"
    Image.new("RGB", (60, 40), "teal").save(file, "JPEG", exif=exif)
    return SimpleUploadedFile("kitchen.jpg", file.getvalue(), "image/jpeg")


def stored_files() -> list[Path]:
    folder = Path(default_storage.path("ratings"))
    return sorted(folder.rglob("*.*")) if folder.exists() else []


def test_pictures_are_stored_without_metadata_and_shown(mug: Product, as_member: Client, client: Client) -> None:
    as_member.post("/p/mug/rating/", WORDS | {"pictures": [picture(), picture()]})
    assert [row.position for row in Rating.objects.get().pictures.order_by("position")] == [0, 1]
    assert all(b"Taken at home" not in path.read_bytes() for path in stored_files())
    first = RatingPicture.objects.earliest("position")
    assert first.small_url in client.get("/p/mug/").content.decode()
    assert client.get("/api/v1/products/mug/ratings/").json()["ratings"][0]["pictures"][0]["small"] == first.small_url
    as_member.post("/p/mug/rating/", WORDS | {"removed_pictures": [first.pk]})
    assert [row.position for row in RatingPicture.objects.all()] == [1]
    assert len(stored_files()) == 6
    as_member.post("/p/mug/rating/delete/")
    assert stored_files() == []


def test_fifth_picture_and_other_files_are_refused_and_nothing_stays(
    mug: Product, member: User, as_member: Client
) -> None:
    rate(mug, member)
    response = as_member.post("/p/mug/rating/", WORDS | {"pictures": [picture() for _number in range(5)]})
    assert response.status_code == 422
    assert "A rating can have at most 4 pictures." in response.content.decode()
    wrong = SimpleUploadedFile("virus.jpg", b"no picture", "image/jpeg")
    response = as_member.post("/p/mug/rating/", WORDS | {"stars": 1, "pictures": [picture(), wrong]})
    assert response.status_code == 422
    assert "We can&#x27;t open this file as a picture." in response.content.decode()
    assert Rating.objects.get().stars == 4
    assert (RatingPicture.objects.count(), stored_files()) == (0, [])


def test_api_adds_and_removes_pictures(mug: Product, member: User, as_member: Client) -> None:
    rating = rate(mug, member)
    url = f"/api/v1/ratings/{rating.pk}/pictures/"
    assert client_of(make_member()).post(url, {"picture": picture()}).status_code == 404
    answer = as_member.post(url, {"picture": picture()})
    (row,) = answer.json()["rating"]["pictures"]
    assert as_member.post(url, {"picture": SimpleUploadedFile("x.jpg", b"x")}).status_code == 422
    assert as_member.post(url, {}).status_code == 400
    assert as_member.delete(f"{url}{row['id'] + 1}/").status_code == 404
    assert as_member.delete(f"{url}{row['id']}/").status_code == 204
    assert (RatingPicture.objects.count(), stored_files()) == (0, [])


def test_files_of_a_removed_rating_are_seen_by_its_author_and_moderators_until_it_is_deleted(
    mug: Product, as_member: Client, client: Client, as_stranger: Client, as_rating_moderator: Client
) -> None:
    as_member.post("/p/mug/rating/", WORDS | {"pictures": [picture()]})
    url = RatingPicture.objects.get().small_url
    assert status_of_file(client, url) == 200
    decide(as_rating_moderator, Rating.objects.get(), "removed")
    assert [status_of_file(reader, url) for reader in (client, as_stranger)] == [404, 404]
    assert [status_of_file(reader, url) for reader in (as_member, as_rating_moderator)] == [200, 200]
    as_member.post("/p/mug/rating/delete/")
    assert stored_files() == [] and status_of_file(as_member, url) == 404
