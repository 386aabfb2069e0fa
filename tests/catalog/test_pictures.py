"""Pictures of products: re-encoded in every size and format, refused if they are none, removed by staff."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from accounts.picture_rules import PictureRefused
from catalog.images import add_image
from catalog.models import ProductImage
from tests.conftest import client_of
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def encode(picture: Image.Image, ending: str = "JPEG", **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    picture.save(file, ending, **options)
    return file


def read_picture(path: Path) -> tuple[tuple[int, int], dict[int, Any]]:
    """Return a stored picture's size and metadata."""
    with Image.open(path) as picture:
        return picture.size, dict(picture.getexif())


def test_a_picture_is_stored_in_three_widths_and_three_formats(media: Path) -> None:
    image = add_image(product=make_product(), file=encode(Image.new("RGB", (1600, 800), "red")), alternative_text="Mug")
    sizes = {path.name.removeprefix(Path(image.stem).name): read_picture(path)[0] for path in media.rglob("*.*")}
    assert sizes == {
        f"-{width}.{ending}": (width, width // 2) for width in (320, 640, 1200) for ending in ("avif", "webp", "jpeg")
    }


def test_a_phone_picture_is_turned_upright_and_loses_its_metadata(media: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Camera of Maya"
    image = add_image(
        product=make_product(), file=encode(Image.new("RGB", (400, 200), "red"), exif=exif), alternative_text="Mug"
    )
    assert (image.width_px, image.height_px) == (200, 400)
    for path in media.rglob("*.*"):
        assert read_picture(path)[1] == {}
        assert b"Camera of Maya" not in path.read_bytes()


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"GIF89a", b"\xff\xd8\xff broken"])
def test_a_file_that_is_no_picture_is_refused_and_not_stored(content: bytes, media: Path) -> None:
    with pytest.raises(PictureRefused, match=r"can't open this file|This file is empty"):
        add_image(product=make_product(), file=io.BytesIO(content), alternative_text="Mug")
    assert ProductImage.objects.count() == 0
    assert not list(media.rglob("*.*"))


def test_staff_are_asked_before_a_picture_is_deleted_with_its_files(
    media: Path,
    merchant: User,
    stranger: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    product, elsewhere = make_product("mug"), make_product("lamp")
    removed, other = (
        add_image(product=product, file=encode(Image.new("RGB", (64, 64))), alternative_text="Mug") for _n in range(2)
    )
    form, client = f"/admin/catalog/product/{product.pk}/change/", client_of(merchant)
    address = f"/admin/catalog/product/{product.pk}/pictures/{removed.pk}/delete/"
    assert address in client.get(form).content.decode()
    page = client.get(address).content.decode()
    assert "This can't be undone." in page and f"{removed.stem}-320.webp" in page
    assert client_of(stranger).post(address).status_code == 302
    assert client.get(address.replace(str(product.pk), str(elsewhere.pk), 1)).status_code == 404
    assert product.images.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address)["Location"] == form
    assert list(product.images.all()) == [other]
    assert not default_storage.exists(f"{removed.stem}-320.webp")
    assert default_storage.exists(f"{other.stem}-320.webp")
    assert "Picture deleted: Mug" in client.get(form.replace("change", "history")).content.decode()
    assert client.post(address).status_code == 404


def test_whoever_may_only_read_products_deletes_no_picture(media: Path, moderator: User) -> None:
    product = make_product("mug")
    image = add_image(product=product, file=encode(Image.new("RGB", (64, 64))), alternative_text="Mug")
    address = f"/admin/catalog/product/{product.pk}/pictures/{image.pk}/delete/"
    assert client_of(moderator).post(address).status_code == 403
    assert product.images.count() == 1
