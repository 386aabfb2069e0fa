"""Uploaded pictures: validated, turned upright, stripped of metadata and re-encoded in several sizes."""

import io
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.object_storage import StoreAway

logger = logging.getLogger(__name__)
MAX_PIXELS = 50_000_000
MAX_BYTES = 25_000_000
ACCEPTED = ("JPEG", "PNG", "WEBP", "AVIF")
FORMATS: dict[str, dict[str, int]] = {
    "avif": {"quality": 62, "speed": 10},
    "webp": {"quality": 82, "method": 3},
    "jpeg": {"quality": 84},
}
"""Pillow's save options for each file extension, from the format with the smallest files to the largest."""
TRANSPARENT_FORMATS: dict[str, dict[str, int]] = {"webp": {"quality": 90, "method": 3}, "png": {}}
"""Those of a picture that keeps its transparency, such as a logo."""


class PictureRefused(Exception):
    """The file cannot be used as a picture. The message is shown to the user."""


@dataclass(frozen=True)
class StoredPicture:
    """A stored picture. Storage has one file per width and format, named `<stem>-<width>.<avif|webp|jpeg>`."""

    stem: str
    width_px: int
    height_px: int


def store_picture(file: IO[bytes], *, folder: str, widths: Sequence[int], is_opaque: bool = True) -> StoredPicture:
    """Re-encode an uploaded picture in every width and format and store the files. Pictures are never enlarged.

    Transparent parts become white, unless `is_opaque` is False.
    Raises PictureRefused if the file is not a picture, is too large, or is not JPEG, PNG, WebP or AVIF, or if it cannot
    be stored just now.
    """
    picture = _open(file, is_opaque=is_opaque)
    stem, has_files = f"{folder}/{secrets.token_hex(12)}", False
    for width in widths:
        scaled = picture if picture.width <= width else picture.copy()
        scaled.thumbnail((width, 4 * width), Image.Resampling.LANCZOS)
        for ending, options in (FORMATS if is_opaque else TRANSPARENT_FORMATS).items():
            encoded = io.BytesIO()
            scaled.save(encoded, ending.upper(), **options)
            try:
                default_storage.save(f"{stem}-{width}.{ending}", ContentFile(encoded.getvalue()))
                has_files = True
            except (StoreAway, OSError) as error:
                logger.error("The picture %s was refused because its files can't be stored: %s", stem, error)
                if has_files:
                    delete_picture(stem, widths=widths)
                raise PictureRefused(
                    _("We can't store pictures right now. Please try again in a few minutes.")
                ) from error
    return StoredPicture(stem, picture.width, picture.height)


def delete_picture(stem: str, *, widths: Sequence[int]) -> None:
    """Delete a stored picture in every width and format. If the store does not answer, some files stay."""
    try:
        for width in widths:
            for ending in (*FORMATS, "png"):
                default_storage.delete(f"{stem}-{width}.{ending}")
    except (StoreAway, OSError):
        logger.warning("Files of the picture %s stay in the store.", stem)


def _open(file: IO[bytes], *, is_opaque: bool) -> Image.Image:
    file.seek(0, io.SEEK_END)
    if file.tell() > MAX_BYTES:
        raise PictureRefused(_("This picture is larger than 25 MB. Choose a smaller one."))
    file.seek(0)
    try:
        with Image.open(file, formats=ACCEPTED) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise PictureRefused(_("This picture has more than 50 megapixels. Choose a smaller one."))
            upright = ImageOps.exif_transpose(opened)
            return _without_transparency(upright) if is_opaque else upright.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureRefused(
            _("We can't open this file as a picture. Choose a JPEG, PNG, WebP or AVIF file.")
        ) from error


def _without_transparency(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    white = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(white, layered).convert("RGB")
