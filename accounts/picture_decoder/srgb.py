"""Conversion of a decoded picture to sRGB, strip by strip: modes, profiles, and what is see-through."""

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
    """Converts strips of one picture to `mode`. `transform` is that of its ICC profile; without one, `space` holds."""

    mode: str
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
        return cls("RGB" if is_opaque else "RGBA", channels, transform, space)

    def prepare(self, strip: Image.Image) -> Image.Image:
        """Return a strip in a mode in which it can be reduced, in the colours of the file."""
        if strip.mode == "I;16":
            strip = Image.fromarray((np.asarray(strip) >> 8).astype(np.uint8))
        return strip.convert("RGBA" if strip.has_transparency_data else self.channels)

    def convert(self, strip: Image.Image) -> Image.Image:
        """Return a prepared strip in sRGB."""
        colours = strip.convert(self.channels)
        if self.transform:
            colours = self.transform.apply(colours)
        elif self.space.is_srgb:
            colours = colours.convert("RGB")
        else:
            colours = self.space.to_srgb(colours.convert("RGB"))
        if strip.mode != "RGBA":
            return colours.convert(self.mode)
        if self.mode == "RGBA":
            colours.putalpha(strip.getchannel("A"))
            return colours
        white = Image.new("RGB", strip.size, "white")
        white.paste(colours, mask=strip.getchannel("A"))
        return white


def _transform_of(content: bytes, channels: str) -> ImageCms.ImageCmsTransform | None:
    """Return the transform of a profile to sRGB, or None if it is broken or made for other channels."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
        if profile.profile.xcolor_space != PROFILES[channels]:
            return None
        return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), channels, "RGB")
    except (ImageCms.PyCMSError, OSError):
        return None
