"""Opens an uploaded file as a picture of an accepted kind, judged by its content, or refuses it with a code."""

import io
import struct
from collections.abc import Mapping
from typing import Any

import pillow_heif
import simplejpeg
from PIL import Image, ImageFile, UnidentifiedImageError

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
"""Pillow's names. AVIF is tried before HEIF, because both may begin with the brand mif1."""
ORIENTATION = 0x0112
END_OF_JPEG = b"\xff\xd9"
BOXES = (b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid")
"""Boxes at the top of HEIC and AVIF files. What follows another one is not part of the picture."""
FILMS = (b"ftyp", b"moov", b"mdat", b"wide")
"""What MP4 and QuickTime files have from the fifth byte on."""
MATROSKA = b"\x1aE\xdf\xa3"


class Refused(Exception):
    """The picture breaks a rule, whose code is in `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_picture(data: bytes, rules: Mapping[str, Any]) -> ImageFile.ImageFile:
    """Open a picture without decoding it. Raises Refused if it breaks a rule."""
    Image.MAX_IMAGE_PIXELS = None  # ours is checked below, and says so
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    try:
        picture = Image.open(io.BytesIO(data + END_OF_JPEG if is_jpeg(data) else data), formats=KINDS)
    except (UnidentifiedImageError, OSError) as error:
        raise Refused("film" if is_film(data) else "incomplete" if is_cut(data) else "unknown") from error
    except ValueError as error:  # metadata that unpacks to megabytes
        raise Refused("damaged") from error
    short, long = sorted(picture.size)
    if short * long > rules["max_pixels"]:
        raise Refused("too_many_pixels")
    if short < rules["min_side_px"]:
        raise Refused("too_small")
    if rules["max_ratio"] and long > rules["max_ratio"] * short:
        raise Refused("too_narrow")
    if is_cut(data):
        raise Refused("incomplete")
    return picture


def load_picture(picture: ImageFile.ImageFile) -> None:
    """Decode a picture. Raises Refused if it is damaged."""
    try:
        picture.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("incomplete" if "truncated" in str(error).lower() else "damaged") from error


def is_jpeg(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff")


def is_film(data: bytes) -> bool:
    """Return whether a file that is no picture looks like MP4, QuickTime, WebM, Matroska or AVI."""
    is_heif = data[8:11] in (b"hei", b"hev", b"avi", b"mif", b"msf")
    return (data[4:8] in FILMS and not is_heif) or data.startswith(MATROSKA) or data[8:12] == b"AVI "


def is_cut(data: bytes) -> bool:
    """Return whether picture data is missing at the end. PNG and GIF say so when they are decoded."""
    if is_jpeg(data):
        return is_cut_jpeg(data)
    if data.startswith(b"RIFF") and len(data) >= 8:
        return 8 + int(struct.unpack("<I", data[4:8])[0]) > len(data) + 1
    at = 0
    while data[at + 4 : at + 8] in BOXES:
        size = int.from_bytes(data[at : at + 4])
        size = int.from_bytes(data[at + 8 : at + 16]) if size == 1 else size or len(data) - at
        at += max(8, size)
    return at > len(data)


def is_cut_jpeg(data: bytes) -> bool:
    """Return whether libjpeg runs out of data. The end marker may be missing; Pillow does not pass on such warnings."""
    try:
        simplejpeg.decode_jpeg(data + END_OF_JPEG, "GRAY", fastdct=True, fastupsample=True, min_height=1, min_width=1)
    except ValueError as error:
        return "premature end" in str(error).lower()
    return False


def orientation_of(picture: ImageFile.ImageFile) -> int:
    """Return the orientation in EXIF, or 1. Of HEIC, EXIF is for information only: libheif has turned the picture."""
    if picture.format == "HEIF":
        return 1
    exif = Image.Exif()
    try:
        exif.load(picture.info.get("exif", b""))
        orientation = exif.get(ORIENTATION)
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error):  # broken metadata is left out, as all metadata
        return 1
    return orientation if isinstance(orientation, int) else 1
