"""Uploaded pictures in the sandbox: every kind that phones send, files that are cut off, bombs, and what is said about them."""

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts import pictures
from accounts.picture_rules import ACCEPT, PictureRefused, PictureRules
from accounts.pictures import store_picture
from creators.models import Creator
from tests.conftest import client_of

PHOTOS = Path(__file__).parents[1] / "data/photos"
RULES = PictureRules(folder="photos", widths=(320,), formats={"jpeg": {}}, min_side_px=320, max_ratio=6, tallest=6)
INCOMPLETE = "This file is incomplete. Upload it again."
RED, GREEN, BLUE, YELLOW = (220, 40, 40), (40, 150, 60), (40, 70, 200), (240, 200, 40)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def read_photo(name: str) -> bytes:
    return (PHOTOS / name).read_bytes()


def store(content: bytes, media: Path, rules: PictureRules = RULES) -> Image.Image:
    stored = store_picture(io.BytesIO(content), rules=rules)
    with Image.open(media / f"{stored.stem}-320.jpeg") as picture:
        return picture.copy()


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    """Return the colours of the corners: top left, top right, bottom left, bottom right."""
    width, height = picture.size
    places = [(width // 20, height // 16), (-width // 20, height // 16), (width // 20, -height // 16)]
    places.append((-width // 20, -height // 16))
    return [picture.getpixel((x % width, y % height)) for x, y in places]  # type: ignore[misc]


def is_near(colours: list[tuple[int, ...]], others: list[tuple[int, ...]], tolerance: int = 12) -> bool:
    pairs = zip(sum(colours, ()), sum(others, ()), strict=True)
    return all(abs(value - other) <= tolerance for value, other in pairs)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@pytest.mark.parametrize(
    "name", ["a_exif6.jpg", "a_exif.png", "a_exif.webp", "d_animated.gif", "b_irot_and_exif.heic", "c_10bit.avif"]
)
def test_every_kind_is_decoded_in_the_sandbox(name: str, media: Path) -> None:
    assert is_near(corners(store(read_photo(name), media)), [RED, GREEN, BLUE, YELLOW], 16)


def test_heic_and_avif_of_the_general_brand_are_read(media: Path) -> None:
    for name in ("b_imir.heic", "c_irot.avif"):
        content = bytearray(read_photo(name))
        content[8:12] = b"mif1"
        assert is_near(corners(store(bytes(content), media)), [RED, GREEN, BLUE, YELLOW])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation: int, media: Path) -> None:
    picture = Image.new("RGB", (800, 400), "white")
    for place, colour in zip(((0, 0), (600, 0), (0, 300), (600, 300)), (RED, GREEN, BLUE, YELLOW), strict=True):
        picture.paste(colour, (*place, place[0] + 200, place[1] + 100))
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95, exif=exif)
    shown = store(file.getvalue(), media)
    upright = {
        1: [RED, GREEN, BLUE, YELLOW],
        2: [GREEN, RED, YELLOW, BLUE],
        3: [YELLOW, BLUE, GREEN, RED],
        4: [BLUE, YELLOW, RED, GREEN],
        5: [RED, BLUE, GREEN, YELLOW],
        6: [BLUE, RED, YELLOW, GREEN],
        7: [YELLOW, GREEN, BLUE, RED],
        8: [GREEN, YELLOW, RED, BLUE],
    }
    assert shown.size == ((320, 160) if orientation < 5 else (320, 640))
    assert is_near(corners(shown), list(upright[orientation]))


@pytest.mark.parametrize(("transfer", "signal"), [(16, 148), (18, 191)], ids=["PQ", "HLG"])
def test_hdr_of_a_png_is_shown_with_room_above_white(transfer: int, signal: int, media: Path) -> None:
    """The signals are those of 203 nits, and for HLG of 75 %, which is reference white (ITU-R BT.2408)."""
    file = io.BytesIO()
    Image.new("RGB", (400, 400), (signal, signal, signal)).save(file, "PNG")
    content = file.getvalue()
    content = content[:33] + png_chunk(b"cICP", bytes([9, transfer, 0, 1])) + content[33:]
    level = store(content, media).getpixel((160, 160))
    assert all(215 <= value <= 235 for value in level)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["f_alpha.png", "a_exif.webp", "c_10bit.avif", "b_imir.heic", "a_exif3.jpg"])
@pytest.mark.parametrize("share", [0.4, 0.9])
def test_file_that_is_cut_off_is_refused_as_incomplete(name: str, share: float, media: Path) -> None:
    content = read_photo(name)
    with pytest.raises(PictureRefused, match=INCOMPLETE):
        store(content[: int(len(content) * share)], media)
    assert not list(media.rglob("*.*"))


def test_gif_that_is_cut_off_in_its_first_frame_is_refused_as_incomplete(media: Path) -> None:
    with pytest.raises(PictureRefused, match=INCOMPLETE):
        store(read_photo("j_script_in.gif")[:6000], media)


def test_cut_jpeg_with_an_end_marker_is_refused_all_the_same(media: Path) -> None:
    with pytest.raises(PictureRefused, match=INCOMPLETE):
        store(read_photo("g_cut_80_percent.jpg") + b"\xff\xd9", media)


def test_bytes_behind_a_heic_are_no_part_of_it(media: Path) -> None:
    store(read_photo("b_imir.heic") + b"\xff\xff\xff\xffSEFT and a film", media)


@pytest.mark.parametrize("name", ["i_bomb.png", "i_bomb.gif"])
def test_bomb_is_refused_by_its_header_with_little_memory(
    name: str, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "LIMITS", replace(pictures.LIMITS, memory_bytes=200_000_000, cpu_s=5))
    with pytest.raises(PictureRefused, match="This picture has more than 60 megapixels"):
        store(read_photo(name), media)
    assert not list(media.rglob("*.*"))


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        ((319, 800), "at least 320 pixels on each side"),
        ((2300, 350), "up to 6 times its short side"),
        ((350, 2300), "up to 6 times its short side"),
    ],
)
def test_shape_that_the_rules_exclude_is_refused_with_what_is_allowed(
    size: tuple[int, int], sentence: str, media: Path
) -> None:
    file = io.BytesIO()
    Image.new("L", size).save(file, "PNG")
    with pytest.raises(PictureRefused, match=sentence):
        store(file.getvalue(), media)
    assert not list(media.rglob("*.*"))


@pytest.mark.django_db
def test_heic_that_a_phone_names_jpg_becomes_the_profile_picture(creator: Creator, media: Path) -> None:
    client = client_of(creator.user)
    assert f'accept="{ACCEPT}"' in client.get("/studio/profile/").content.decode()
    file = SimpleUploadedFile("Maya Miller, 5 Elm Street.jpg", read_photo("h_everything.heic"), "image/jpeg")
    form = {"display_name": "Maya", "handle": creator.handle, "bio": "", "picture": file}
    assert client.post("/studio/profile/", form).status_code == 302
    creator.refresh_from_db()
    stored = [path for path in media.rglob("*.*") if path.is_file()]
    assert len(stored) == 6
    assert not [path for path in stored if "Elm" in path.name or b"CANARY" in path.read_bytes()]
    assert "Elm" not in Client().get(f"/@{creator.handle}/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("g_cut_80_percent.jpg", INCOMPLETE),
        ("i_1x1.png", "at least 16 pixels on each side"),
        ("i_bomb.png", "more than 60 megapixels"),
        ("j_empty.jpg", "empty"),
        ("j_mp4_named.jpg", "This file is a video. Choose a picture: a JPEG, PNG, WebP, GIF, HEIC or AVIF file."),
        ("j_svg_named.jpg", "open this file as a picture. Choose a JPEG, PNG, WebP, GIF, HEIC or AVIF file."),
    ],
)
def test_refused_profile_picture_is_said_at_its_field_and_nothing_typed_is_lost(
    name: str, sentence: str, creator: Creator, media: Path
) -> None:
    file = SimpleUploadedFile(name, read_photo(name), "image/jpeg")
    form = {"display_name": "Maya", "handle": creator.handle, "bio": "Typed.", "picture": file}
    answer = client_of(creator.user).post("/studio/profile/", form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode() and "Typed." in answer.content.decode()
    creator.refresh_from_db()
    assert (creator.bio, creator.avatar_stem) == ("", "")
    assert not list(media.rglob("*.*"))
