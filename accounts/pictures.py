"""Uploaded pictures: validated, turned upright, converted to sRGB and re-encoded in several sizes, without anything else.

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from accounts import picture_decoder, sandbox
from accounts.object_storage import StoreAway
from accounts.picture_rules import MAX_BYTES, PictureRefused, PictureRules, StoredPicture, refuse_picture

logger = logging.getLogger(__name__)
DECODER = Path(picture_decoder.__file__).parent
START = "import sys; sys.path.append(sys.argv[1]); from picture_decoder.main import main; main(sys.argv[2])"
LIMITS = sandbox.Limits(wall_s=30, cpu_s=30, memory_bytes=1_100_000_000, file_bytes=MAX_BYTES)
"""A picture of 60 megapixels has 240 MB when it is decoded. libwebp and Pillow hold four such buffers, other decoders fewer."""
WAIT_S = 20
_turn = BoundedSemaphore()
"""One picture at a time in each process."""
_places = BoundedSemaphore(3)
"""Those that wait for their turn each hold a thread of the web server, so that few may."""


def store_picture(file: IO[bytes], *, rules: PictureRules) -> StoredPicture:
    """Re-encode an uploaded picture in every width and format and store the files. Pictures are never enlarged.

    Transparent parts become white, unless the rules keep them. Animated pictures become their first frame.
    Raises PictureRefused if the file is not a picture or breaks a rule, or if it cannot be stored just now.
    """
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise PictureRefused(_("This picture is larger than 25 MB. Choose a smaller one."))
    if not size:
        raise PictureRefused(_("This file is empty. Choose another one."))
    with _encoded(file, rules) as (width_px, height_px, output):
        stem, has_files = f"{rules.folder}/{secrets.token_hex(12)}", False
        for name in rules.endings:
            try:
                default_storage.save(f"{stem}-{name}", ContentFile((output / name).read_bytes()))
                has_files = True
            except (StoreAway, OSError) as error:
                logger.error("The picture %s was refused because its files can't be stored: %s", stem, error)
                if has_files:
                    delete_picture(stem, rules=rules)
                raise PictureRefused(
                    _("We can't store pictures right now. Please try again in a few minutes.")
                ) from error
    return StoredPicture(stem, width_px, height_px)


def delete_picture(stem: str, *, rules: PictureRules) -> None:
    """Delete a stored picture in every width and format. If the store does not answer, some files stay."""
    try:
        for name in rules.endings:
            default_storage.delete(f"{stem}-{name}")
    except (StoreAway, OSError):
        logger.warning("Files of the picture %s stay in the store.", stem)


def copy_picture(stem: str, *, folder: str, rules: PictureRules) -> str:
    """Copy a stored picture in every width and format under a new name, and return its stem.

    Return "" if the store does not answer, or has no such picture.
    """
    new = f"{folder}/{secrets.token_hex(12)}"
    try:
        for name in rules.endings:
            with default_storage.open(f"{stem}-{name}") as file:
                default_storage.save(f"{new}-{name}", ContentFile(file.read()))
    except (StoreAway, OSError):
        logger.warning("The picture %s could not be copied to %s.", stem, folder)
        return ""
    return new


@contextmanager
def _encoded(file: IO[bytes], rules: PictureRules) -> Iterator[tuple[int, int, Path]]:
    """Yield width and height of the upright picture, and a folder with a file for each ending of the rules."""
    with _taking_turn(), _temporary_folder() as name:
        source, output = Path(name, "source"), Path(name, "output")
        output.mkdir()
        file.seek(0)
        with source.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        answer = _run_decoder(source, output, rules)
        yield answer["width_px"], answer["height_px"], output


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


def _run_decoder(source: Path, output: Path, rules: PictureRules) -> dict[str, Any]:
    """Return the answer of `accounts.picture_decoder.main`. Raises PictureRefused."""
    request = json.dumps(asdict(rules) | {"path": str(source), "output": str(output)})
    programs = tuple(sorted({Path(sys.base_prefix), Path(sys.prefix), DECODER.parent}))
    view = sandbox.View(programs=programs, inputs=(source,), output=output)
    command = [sys.executable, "-I", "-c", START, str(DECODER.parent), request]
    finished = sandbox.run(command, view=view, limits=LIMITS)
    answer: dict[str, Any] = {"refusal": "damaged"} if finished.returncode else json.loads(finished.stdout)
    if "refusal" in answer:
        details = {"returncode": finished.returncode, "log": finished.log_tail, "code": answer["refusal"]}
        logger.warning("A picture was refused", extra=details)
        raise refuse_picture(answer["refusal"], rules)
    return answer
