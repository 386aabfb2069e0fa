"""Pictures are re-encoded in every size and format, and what is no picture is refused in words."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from accounts.pictures import PictureRefused
from catalog.images import add_image, remove_image
from catalog.models import ProductImage
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


def look(path: Path) -> tuple[tuple[int, int], dict[int, Any]]:
    """Return a stored picture's size and its metadata."""
    with Image.open(path) as picture:
        return picture.size, dict(picture.getexif())


def test_a_picture_is_kept_in_three_widths_and_three_formats(media: Path) -> None:
    image = add_image(product=make_product(), file=encode(Image.new("RGB", (1600, 800), "red")), alternative_text="Mug")
    sizes = {path.name.removeprefix(Path(image.stem).name): look(path)[0] for path in media.rglob("*.*")}
    assert sizes == {
        f"-{width}.{ending}": (width, width // 2) for width in (320, 640, 1200) for ending in ("avif", "webp", "jpeg")
    }


def test_a_phone_picture_is_turned_upright_and_loses_its_metadata(media: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Camera of somebody"
    image = add_image(
        product=make_product(), file=encode(Image.new("RGB", (400, 200), "red"), exif=exif), alternative_text="Mug"
    )
    assert (image.width_px, image.height_px) == (200, 400)
    for path in media.rglob("*.*"):
        assert look(path)[1] == {}
        assert b"Camera of somebody" not in path.read_bytes()


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"GIF89a", b"\xff\xd8\xff broken"])
def test_what_is_no_picture_is_refused_and_nothing_is_kept(content: bytes, media: Path) -> None:
    with pytest.raises(PictureRefused, match="not a picture"):
        add_image(product=make_product(), file=io.BytesIO(content), alternative_text="Mug")
    assert ProductImage.objects.count() == 0
    assert not list(media.rglob("*.*"))


def test_removing_a_picture_deletes_its_files(media: Path) -> None:
    image = add_image(product=make_product(), file=encode(Image.new("RGB", (64, 64))), alternative_text="Mug")
    assert default_storage.exists(f"{image.stem}-320.webp")
    remove_image(image)
    assert not list(media.rglob("*.*"))
