"""Uploaded pictures: validated, turned upright, stripped of metadata and re-encoded in several sizes.

They are decoded by a process of their own in the sandbox, one at a time, so that no picture takes the memory of the site.
"""

import errno
import io
import json
import logging
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from accounts import sandbox
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
CHILD = Path(__file__).with_name("picture_child.py")
LIMITS = sandbox.Limits(wall_s=30, cpu_s=30, memory_bytes=1_000_000_000, file_bytes=MAX_BYTES)
"""A picture of 50 megapixels has 200 MB when it is decoded. Address space is more than memory."""
WAIT_S = 20
_turn = BoundedSemaphore()
"""One picture at a time in each process."""
_places = BoundedSemaphore(3)
"""Those that wait for their turn each hold a thread of the web server, so that few may."""


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
    if file.seek(0, io.SEEK_END) > MAX_BYTES:
        raise PictureRefused(_("This picture is larger than 25 MB. Choose a smaller one."))
    formats = FORMATS if is_opaque else TRANSPARENT_FORMATS
    with _encoded(file, widths=widths, formats=formats, is_opaque=is_opaque) as (size, output):
        stem, has_files = f"{folder}/{secrets.token_hex(12)}", False
        for name in (f"{width}.{ending}" for width in widths for ending in formats):
            try:
                default_storage.save(f"{stem}-{name}", ContentFile((output / name).read_bytes()))
                has_files = True
            except (StoreAway, OSError) as error:
                logger.error("The picture %s was refused because its files can't be stored: %s", stem, error)
                if has_files:
                    delete_picture(stem, widths=widths)
                raise PictureRefused(
                    _("We can't store pictures right now. Please try again in a few minutes.")
                ) from error
    return StoredPicture(stem, *size)


def delete_picture(stem: str, *, widths: Sequence[int]) -> None:
    """Delete a stored picture in every width and format. If the store does not answer, some files stay."""
    try:
        for width in widths:
            for ending in (*FORMATS, "png"):
                default_storage.delete(f"{stem}-{width}.{ending}")
    except (StoreAway, OSError):
        logger.warning("Files of the picture %s stay in the store.", stem)


@contextmanager
def _encoded(
    file: IO[bytes], *, widths: Sequence[int], formats: dict[str, dict[str, int]], is_opaque: bool
) -> Iterator[tuple[tuple[int, int], Path]]:
    """Yield the size of the upright picture, and a folder with a file for each width and format, named `<width>.<ending>`."""
    with _taking_turn(), _temporary_folder() as name:
        source, output = Path(name, "source"), Path(name, "output")
        output.mkdir()
        file.seek(0)
        with source.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        answer = _run_child(source, output, {"widths": list(widths), "formats": formats, "is_opaque": is_opaque})
        yield (answer["width_px"], answer["height_px"]), output


@contextmanager
def _temporary_folder() -> Iterator[str]:
    """Yield a folder that is deleted afterwards. Raises PictureRefused if there is no room for the picture in it."""
    try:
        with tempfile.TemporaryDirectory(prefix="picture-") as name:
            yield name
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        logger.error("A picture was refused because the disk is full")
        raise PictureRefused(_("We can't store pictures right now. Please try again in a few minutes.")) from error


@contextmanager
def _taking_turn() -> Iterator[None]:
    """Wait for the turn of one picture. Raises PictureRefused at once if enough wait already, or after WAIT_S."""
    busy = PictureRefused(_("We can't process pictures right now. Please try again in a few minutes."))
    if not _places.acquire(blocking=False):
        raise busy
    try:
        if not _turn.acquire(timeout=WAIT_S):
            raise busy
        try:
            yield
        finally:
            _turn.release()
    finally:
        _places.release()


def _run_child(source: Path, output: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    request = wanted | {"path": str(source), "output": str(output), "accepted": ACCEPTED, "max_pixels": MAX_PIXELS}
    programs = tuple(sorted({Path(sys.base_prefix), Path(sys.prefix), CHILD}))
    view = sandbox.View(programs=programs, inputs=(source,), output=output)
    finished = sandbox.run([sys.executable, "-I", str(CHILD), json.dumps(request)], view=view, limits=LIMITS)
    if finished.returncode:
        logger.warning("A picture was refused", extra={"returncode": finished.returncode, "log": finished.log_tail})
        raise PictureRefused(_("We can't open this file as a picture. Choose a JPEG, PNG, WebP or AVIF file."))
    answer: dict[str, Any] = json.loads(finished.stdout)
    if answer.get("has_too_many_pixels"):
        raise PictureRefused(_("This picture has more than 50 megapixels. Choose a smaller one."))
    return answer
