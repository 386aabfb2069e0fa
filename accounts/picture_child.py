"""A standalone script that decodes one picture inside the sandbox and writes it in several sizes and formats.

`accounts.pictures` starts it. It holds the decoded picture once: everything else is done in strips, or in a smaller copy.
"""

import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

STRIP_PX = 256
ORIENTATION = 0x0112
SIDEWAYS = (5, 6, 7, 8)
"""Orientations in which width and height change places. Source: Exif 2.3, section 4.6.4."""


def main(request: dict[str, Any]) -> None:
    """Print the size of the upright picture as JSON, or that it has too many pixels. Fails if it cannot be decoded."""
    with Image.open(request["path"], formats=request["accepted"]) as opened:
        if opened.width * opened.height > request["max_pixels"]:
            print(json.dumps({"has_too_many_pixels": True}))
            return
        orientation = opened.getexif().get(ORIENTATION)
        size = opened.size[::-1] if orientation in SIDEWAYS else opened.size
        largest = max(request["widths"])
        opened.draft("RGB", (2 * largest, 2 * largest))  # JPEG can be decoded at a fraction of its size
        small = shrink(opened, largest, is_opaque=request["is_opaque"])
        if orientation:
            small.getexif()[ORIENTATION] = orientation
    upright = ImageOps.exif_transpose(small)
    upright.info.clear()
    for width in request["widths"]:
        scaled = upright if upright.width <= width else upright.copy()
        scaled.thumbnail((width, 4 * width), Image.Resampling.LANCZOS)
        for ending, options in request["formats"].items():
            scaled.save(Path(request["output"], f"{width}.{ending}"), ending.upper(), **options)
    print(json.dumps({"width_px": size[0], "height_px": size[1]}))


def shrink(picture: Image.Image, largest: int, *, is_opaque: bool) -> Image.Image:
    """Return the picture at about twice the largest size that is needed, in RGB or, with transparency, RGBA."""
    factor = max(1, int(max(min(picture.size) / largest, max(picture.size) / (4 * largest)) / 2))
    size = (-(-picture.width // factor), -(-picture.height // factor))
    small = Image.new("RGB" if is_opaque else "RGBA", size)
    rows = STRIP_PX * factor
    picture.load()
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        plain = without_transparency(strip) if is_opaque else strip.convert("RGBA")
        small.paste(plain.reduce(factor) if factor > 1 else plain, (0, top // factor))
    return small


def without_transparency(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    white = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(white, layered).convert("RGB")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
