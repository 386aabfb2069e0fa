"""The decoder's process: it writes one picture in several widths and formats, and prints its size or why it is refused.

It holds the decoded picture once: everything else is done in strips, or in a smaller copy.
"""

import json
from pathlib import Path
from typing import Any

from PIL import Image

from .opened_picture import Refused, load_picture, open_picture, orientation_of
from .srgb import Converter

STRIP_PX = 256
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How pictures of each orientation are turned. Source: Exif 2.3, section 4.6.4."""
SIDEWAYS = (5, 6, 7, 8)
"""Orientations in which width and height change places."""


def main(argument: str) -> None:
    """Print the size of the upright picture as JSON, or the code of the rule that refuses it. Fails if it is damaged."""
    request = json.loads(argument)
    try:
        width, height = write_pictures(request)
        print(json.dumps({"width_px": width, "height_px": height}))
    except Refused as refusal:
        print(json.dumps({"refusal": refusal.code}))


def write_pictures(request: dict[str, Any]) -> tuple[int, int]:
    """Write a file for each width and format, named `<width>.<format>`, and return the size of the upright picture."""
    data = Path(request["path"]).read_bytes()
    with open_picture(data, request) as opened:
        size = opened.size
        largest, tallest = max(request["widths"]), request["tallest"]
        opened.draft("RGB", (2 * largest, 2 * largest))  # JPEG can be decoded at a fraction of its size
        load_picture(opened)
        orientation = orientation_of(opened)
        converter = Converter.of(opened, data, is_opaque=request["is_opaque"])
        small = shrink(opened, largest, tallest, converter)
    if orientation in UPRIGHT:
        small = small.transpose(UPRIGHT[orientation])
    if orientation in SIDEWAYS:
        size = size[::-1]
    for width in request["widths"]:
        scale = min(1, width / size[0], tallest * width / size[1])
        target = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
        scaled = converter.convert(small.resize(target, Image.Resampling.LANCZOS))
        for ending, options in request["formats"].items():
            scaled.save(Path(request["output"], f"{width}.{ending}"), ending.upper(), **options)
    return size


def shrink(picture: Image.Image, largest: int, tallest: int, converter: Converter) -> Image.Image:
    """Return the picture at about twice the largest size that is needed, or smaller, and nothing else of the file."""
    factor = max(1, int(max(min(picture.size) / largest, max(picture.size) / (tallest * largest)) / 2))
    small = Image.new(converter.prepared, (-(-picture.width // factor), -(-picture.height // factor)))
    rows = STRIP_PX * factor
    for top in range(0, picture.height, rows):
        strip = converter.prepare(picture.crop((0, top, picture.width, min(top + rows, picture.height))))
        small.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return small
