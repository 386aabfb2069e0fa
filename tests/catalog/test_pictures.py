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


def test_staff_remove_one_picture_of_a_product_with_its_files(
    media: Path, merchant: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    product = make_product("mug")
    removed, other = (
        add_image(product=product, file=encode(Image.new("RGB", (64, 64))), alternative_text="Mug") for _n in range(2)
    )
    form: dict[str, Any] = {"name": "Mug", "slug": "mug", "brand": product.brand_id, "category": product.category_id}
    form |= {"price_minor": 1250, "currency": "USD", "stock": 3, "images-TOTAL_FORMS": 2, "images-INITIAL_FORMS": 2}
    for index, image in enumerate((removed, other)):
        form |= {f"images-{index}-id": image.pk, f"images-{index}-product": product.pk}
        form |= {f"images-{index}-alternative_text": "Mug", f"images-{index}-position": index}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of(merchant).post(
            f"/admin/catalog/product/{product.pk}/change/", form | {"images-0-DELETE": "on"}
        )
    assert answer.status_code == 302
    assert list(product.images.all()) == [other]
    assert not default_storage.exists(f"{removed.stem}-320.webp")
    assert default_storage.exists(f"{other.stem}-320.webp")
