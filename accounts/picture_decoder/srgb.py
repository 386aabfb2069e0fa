"""Conversion of a decoded picture to sRGB: modes, profiles, and what is see-through."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms, ImageFile

from .colour_space import ColourSpace, colour_space_of, find_code_points

CHANNELS = {"1": "L", "L": "L", "LA": "L", "I;16": "L", "CMYK": "CMYK"}
"""The mode of a picture without transparency, by its own mode. All others are RGB."""
PROFILES = {"L": "GRAY", "RGB": "RGB ", "CMYK": "CMYK"}
"""Which ICC profile fits a picture of each mode."""


@dataclass(frozen=True)
class Converter:
    """Converts one picture to `mode`, in two steps: its strips to the mode `prepared`, and what is made of them to sRGB.

    `channels` is the mode without transparency. `transform` is that of its ICC profile; without one, `space` holds.
    """

    mode: str
    prepared: str
    channels: str
    transform: ImageCms.ImageCmsTransform | None
    space: ColourSpace

    @classmethod
    def of(cls, picture: ImageFile.ImageFile, data: bytes, *, is_opaque: bool) -> "Converter":
        """Return the converter of a picture to RGB on white or, unless `is_opaque`, to RGBA."""
        channels = CHANNELS.get(picture.mode, "RGB")
        profile = b"" if find_code_points(data) else picture.info.get("icc_profile", b"")
        transform = _transform_of(profile, channels) if profile else None
        space = ColourSpace() if transform else colour_space_of(picture, data)
        prepared = "RGBA" if picture.has_transparency_data else channels
        return cls("RGB" if is_opaque else "RGBA", prepared, channels, transform, space)

    def prepare(self, strip: Image.Image) -> Image.Image:
        """Return a strip of the picture in a mode that can be resized, in the colours of the file."""
        if strip.mode == "I;16":
            strip = Image.fromarray((np.asarray(strip) >> 8).astype(np.uint8))
        return strip.convert(self.prepared)

    def convert(self, picture: Image.Image) -> Image.Image:
        """Return a prepared picture in sRGB."""
        colours = picture.convert(self.channels)
        if self.transform:
            colours = self.transform.apply(colours)
        elif not self.space.is_srgb:
            colours = self.space.to_srgb(colours.convert("RGB"))
        colours = colours.convert(self.mode)
        if self.prepared == "RGBA" and self.mode == "RGBA":
            colours.putalpha(picture.getchannel("A"))
        elif self.prepared == "RGBA":
            colours = Image.composite(colours, Image.new("RGB", colours.size, "white"), picture.getchannel("A"))
        colours.info.clear()
        return colours


def _transform_of(content: bytes, channels: str) -> ImageCms.ImageCmsTransform | None:
    """Return the transform of a profile to sRGB, or None if it is broken or made for other channels."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
        if profile.profile.xcolor_space != PROFILES[channels]:
            return None
        return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), channels, "RGB")
    except (ImageCms.PyCMSError, OSError):
        return None
