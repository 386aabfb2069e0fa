"""Each file of tests/data/photos is a kind of photo that people upload; expected.json has its correct result.

A case is accepted, refused, or either. Colours are read near the corners of what is stored, in every width and format.
"""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image, ImageStat

from accounts.picture_rules import FORMATS, PictureRefused, PictureRules
from accounts.pictures import store_picture

PHOTOS = Path(__file__).parents[1] / "data/photos"
CASES = json.loads((PHOTOS / "expected.json").read_text())["cases"]
RULES = PictureRules(
    folder="photos",
    widths=(320, 960),
    formats={name: FORMATS[name] for name in ("avif", "jpeg")},
    min_side_px=320,
    max_ratio=6,
    tallest=6,
)
KINDS = "JPEG, PNG, WebP, GIF, HEIC or AVIF"
SENTENCES = {
    "g_cut_80_percent.jpg": "This file is incomplete. Upload it again.",
    "i_1x1.png": "at least 320 pixels on each side",
    "i_1x8000.png": "at least 320 pixels on each side",
    "i_bomb.gif": "more than 60 megapixels",
    "i_bomb.png": "more than 60 megapixels",
    "i_profile_bomb.png": "This picture is damaged.",
    "j_empty.jpg": "This file is empty.",
    "j_mp4_named.jpg": "This file is a video.",
}
METADATA = (b"Exif", b"xpacket", b"http://ns.adobe.com", b"Photoshop", b"ICC_PROFILE", b"MPF", b"hdrgm", b"ftypmp4")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_photo_has_its_correct_result(case: dict[str, Any], media: Path) -> None:
    try:
        with (PHOTOS / case["file"]).open("rb") as file:
            stored = store_picture(file, rules=RULES)
    except PictureRefused as refusal:
        assert case["result"] in ("refuse", "either")
        assert SENTENCES.get(case["file"], KINDS) in str(refusal)
        assert not list(media.rglob("*.*"))
        return
    assert case["result"] in ("accept", "either")
    assert [stored.width_px, stored.height_px] == case["size"]
    assert len(list(media.rglob("*.*"))) == len(RULES.endings)
    for ending in RULES.endings:
        content = (media / f"{stored.stem}-{ending}").read_bytes()
        check_picture(content, int(ending.split(".")[0]), case)
        check_nothing_else(content, case)


def check_picture(content: bytes, widest: int, case: dict[str, Any]) -> None:
    """Check size, frames, transparency and colours of a stored file."""
    width, height = case["size"]
    scale = min(1, widest / width)
    with Image.open(io.BytesIO(content)) as picture:
        assert abs(picture.width - width * scale) <= 1 and abs(picture.height - height * scale) <= 1
        assert (picture.mode, getattr(picture, "n_frames", 1)) == ("RGB", 1)
        for patch in case["patches"]:
            x, y = round(patch["at"][0] * picture.width), round(patch["at"][1] * picture.height)
            colour = ImageStat.Stat(picture.crop((x - 1, y - 1, x + 2, y + 2))).mean
            tolerance = patch.get("tol", 0)
            least, greatest = patch.get("rgb", patch.get("min", [0] * 3)), patch.get("rgb", patch.get("max", [255] * 3))
            for value, low, high in zip(colour, least, greatest, strict=True):
                assert low - tolerance <= value <= high + tolerance, (patch["name"], colour)


def check_nothing_else(content: bytes, case: dict[str, Any]) -> None:
    """Check that nothing but the picture is in a stored file: no metadata, profile, second picture or bytes behind its end."""
    with Image.open(io.BytesIO(content)) as picture:
        kind, info = picture.format, picture.info
        if picture.width <= 400:
            assert len(content) <= case.get("max_bytes_small", 100_000)
    assert kind in ("JPEG", "AVIF")
    assert not {"exif", "xmp", "icc_profile", "comment", "photoshop", "mp"} & info.keys()
    for word in (*METADATA, *(canary.encode() for canary in case.get("canary", ()))):
        assert word not in content
        assert word.decode().encode("utf-16-le") not in content and word.decode().encode("utf-16-be") not in content
    if kind == "JPEG":
        assert content.find(b"\xff\xd9") == len(content) - 2
