"""Pictures that are made to take memory or to break decoders are decoded in the sandbox, and refused with a sentence."""

import errno
import io
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import pictures
from accounts.picture_rules import MAX_PIXELS, PictureRefused, PictureRules
from accounts.pictures import LIMITS, store_picture
from creators.models import Creator
from tests.attacks.memory import peak_growth_bytes
from tests.concurrency.crowd import wait_until
from tests.conftest import client_of

MOST_BYTES = 50_000_000
RULES = PictureRules(folder="x", widths=(96, 240))


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *, colour: int = 6, depth: int = 16, extra: bytes = b"") -> bytes:
    """Return a black PNG: colour type 6 with 16 bits has 8 bytes a pixel, which compress to almost nothing."""
    row = bytes(1 + width * {0: 1, 2: 3, 6: 4}[colour] * depth // 8)
    compressor = zlib.compressobj(1)
    rows = b"".join(compressor.compress(row) for _number in range(height)) + compressor.flush()
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(exif: bytes) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (200, 100), "red").save(file, "JPEG", exif=b"Exif\0\0" + exif)
    return file.getvalue()


BROKEN = {
    "no picture": b"GIF89a",
    "cut off": png(300, 300)[:-200],
    "wrong checksum": png(30, 30).replace(b"IDAT", b"IDAX"),
    "no rows": png(300, 300)[:33] + chunk(b"IDAT", b"x") + chunk(b"IEND", b""),
    "text bomb": png(30, 30, extra=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(80_000_000)))),
    "huge header": png(1, 1).replace(struct.pack(">II", 1, 1), struct.pack(">II", 2**31 - 1, 2**31 - 1)),
    "profile bomb": png(30, 30, extra=chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(80_000_000)))),
}
EXIF = {
    "truncated": b"II*\0",
    "not TIFF": b"garbage",
    "loop": b"II*\0\x08\0\0\0\1\0\x69\x87\4\0\1\0\0\0\x08\0\0\0\x08\0\0\0",
    "no such orientation": b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\xff\xff\0\0\0\0\0\0",
    "orientation as text": b"II*\0\x08\0\0\0\1\0\x12\1\2\0\4\0\0\0abc\0\0\0\0\0",
    "division by zero": b"II*\0\x08\0\0\0\1\0\x1a\1\5\0\1\0\0\0\x1a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_broken_picture_is_refused_and_nothing_is_stored(content: bytes, media: Path) -> None:
    with pytest.raises(PictureRefused):
        store_picture(io.BytesIO(content), rules=RULES)
    assert not list(media.rglob("*.*"))


@pytest.mark.parametrize("exif", EXIF.values(), ids=EXIF.keys())
def test_broken_metadata_is_refused_or_left_out(exif: bytes) -> None:
    try:
        stored = store_picture(io.BytesIO(jpeg(exif)), rules=RULES)
    except PictureRefused:
        return
    with default_storage.open(f"{stored.stem}-96.jpeg") as file, Image.open(file) as picture:
        assert not picture.getexif()


def test_largest_picture_takes_the_memory_of_another_process_up_to_a_limit() -> None:
    content = png(10_000, 5_000)
    growth = peak_growth_bytes(lambda: store_picture(io.BytesIO(content), rules=RULES))
    assert growth < MOST_BYTES
    assert LIMITS.memory_bytes <= 1_100_000_000


def test_picture_with_more_pixels_is_refused_before_it_is_decoded() -> None:
    side = MAX_PIXELS // 5_000 + 1
    with pytest.raises(PictureRefused, match="60 megapixels"):
        store_picture(io.BytesIO(png(side, 5_000, colour=0, depth=8)), rules=RULES)


def test_full_disk_is_said_and_not_an_error(monkeypatch: pytest.MonkeyPatch, media: Path) -> None:
    def copy(*_files: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("accounts.pictures.shutil.copyfileobj", copy)
    with pytest.raises(PictureRefused, match="can't store pictures right now"):
        store_picture(io.BytesIO(png(30, 30, depth=8)), rules=RULES)
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_few_wait_for_their_turn_and_others_are_refused_at_once() -> None:
    """Each that waits holds a thread of the web server."""
    picture, results = png(2000, 2000, depth=8), []

    def send() -> None:
        try:
            store_picture(io.BytesIO(picture), rules=RULES)
            results.append("stored")
        except PictureRefused:
            results.append("refused")

    threads = [threading.Thread(target=send) for _number in range(8)]
    with pictures._turn:  # as if a picture were being read
        for thread in threads:
            thread.start()
        wait_until(lambda: len(results) == 5)
        assert results == ["refused"] * 5
    for thread in threads:
        thread.join()
    assert results[5:] == ["stored"] * 3


@pytest.mark.django_db
def test_form_says_it_at_the_field(creator: Creator) -> None:
    file = SimpleUploadedFile("me.png", BROKEN["text bomb"], "image/png")
    form = {"display_name": "Maya", "handle": creator.handle, "bio": "", "picture": file}
    answer = client_of(creator.user).post("/studio/profile/", form)
    assert answer.status_code < 500
    creator.refresh_from_db()
    assert creator.avatar_stem == ""
