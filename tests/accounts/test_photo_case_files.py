"""Each file of tests/data/photos is a kind of photo that people upload; expected.json has its correct result.

A case is accepted, refused, or either. Colours are read near the corners of what is stored, in every width and format.
"""

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat

from accounts.picture_decoder.main import write_pictures
from accounts.picture_decoder.opened_picture import Refused
from accounts.picture_rules import FORMATS, PictureRules

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
CODES = {
    "g_cut_80_percent.jpg": "incomplete",
    "i_1x1.png": "too_small",
    "i_1x8000.png": "too_small",
    "i_bomb.gif": "too_many_pixels",
    "i_bomb.png": "too_many_pixels",
    "i_profile_bomb.png": "damaged",
    "j_mp4_named.jpg": "film",
}
"""Why files are refused. All others are of an unknown kind, or empty, which the decoder is never given."""
EITHER = ("i_profile_bomb.png",)
"""Files that may be refused, and are."""
METADATA = (b"Exif", b"xpacket", b"http://ns.adobe.com", b"Photoshop", b"ICC_PROFILE", b"MPF", b"hdrgm", b"ftypmp4")


@pytest.fixture(autouse=True)
def most_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore the limit of Pillow, which the decoder replaces in its own process."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)


def decode(path: Path, output: Path) -> tuple[int, int]:
    return write_pictures(asdict(RULES) | {"path": str(path), "output": str(output)})


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_photo_has_its_correct_result(case: dict[str, Any], tmp_path: Path) -> None:
    if case["result"] == "refuse" or case["file"] in EITHER:
        with pytest.raises(Refused, match=CODES.get(case["file"], "unknown")):
            decode(PHOTOS / case["file"], tmp_path)
        assert not list(tmp_path.iterdir())
        return
    assert decode(PHOTOS / case["file"], tmp_path) == tuple(case["size"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(RULES.endings)
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        check_picture(content, int(path.stem), case)
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
