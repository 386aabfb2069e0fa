"""The colours that a file means where no ICC profile says it: code points (cICP, nclx), or PNG's gAMA and cHRM.

Source: PNG, third edition, section 4.3: cICP comes before a profile, a profile before sRGB, and sRGB before gAMA and cHRM.
"""

import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageFile

from .light import (
    BT709_PRIMARIES,
    D65,
    HLG,
    PQ,
    WIDE_PRIMARIES,
    Colours,
    Primaries,
    compress_highlights,
    encode_srgb,
    linear_hdr,
    linear_srgb,
    matrix_to_bt709,
)

SRGB = 13
GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
"""Exponents by code point of the transfer curve. The other curves of SDR count as that of sRGB."""
USUAL_GAMMA = 1 / 2.2
"""What PNG files in sRGB say."""
TOLERANCE = 0.005
STRIP = 1 << 19
"""Pixels that are converted at once, so that little memory is needed."""
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class ColourSpace:
    """Primaries and transfer curve of a picture. The curve is `gamma`, or the one of the code point `transfer`."""

    primaries: Primaries = BT709_PRIMARIES
    transfer: int = SRGB
    gamma: float = 0.0

    @classmethod
    def of_code_points(cls, primaries: int, transfer: int) -> "ColourSpace":
        return cls(WIDE_PRIMARIES.get(primaries, BT709_PRIMARIES), transfer, GAMMAS.get(transfer, 0.0))

    @property
    def is_hdr(self) -> bool:
        return self.transfer in (PQ, HLG)

    @property
    def is_srgb(self) -> bool:
        return self.primaries == BT709_PRIMARIES and not self.gamma and not self.is_hdr

    def to_srgb(self, picture: Image.Image) -> Image.Image:
        """Return an RGB picture in sRGB. Colours that sRGB does not have become the nearest in each channel."""
        pixels = np.asarray(picture).reshape(-1, 3)
        strips = [self._convert(pixels[start : start + STRIP]) for start in range(0, len(pixels), STRIP)]
        return Image.fromarray(np.concatenate(strips).reshape(picture.height, picture.width, 3))

    def _convert(self, coded: NDArray[np.uint8]) -> NDArray[np.uint8]:
        light = linear_hdr(coded / 255, self.transfer) if self.is_hdr else self._levels[coded]
        light = light @ self._matrix.T
        if self.is_hdr:
            light = compress_highlights(light)
        return np.rint(encode_srgb(np.clip(light, 0, 1)) * 255).astype(np.uint8)

    @cached_property
    def _levels(self) -> Colours:
        steps = np.arange(256) / 255
        return steps**self.gamma if self.gamma else linear_srgb(steps)

    @cached_property
    def _matrix(self) -> Colours:
        return matrix_to_bt709(self.primaries)


def colour_space_of(picture: ImageFile.ImageFile, data: bytes) -> ColourSpace:
    """Return what the file says beside its ICC profile, or sRGB if it says nothing."""
    if picture.format in ("AVIF", "HEIF"):
        nclx = pillow_heif.open_heif(io.BytesIO(data)).info.get("nclx_profile") or {}
        return ColourSpace.of_code_points(nclx.get("color_primaries", 1), nclx.get("transfer_characteristics", SRGB))
    code_points = find_code_points(data)
    if code_points:
        return ColourSpace.of_code_points(*code_points[:2])
    gamma = 0.0 if "srgb" in picture.info else picture.info.get("gamma", 0.0)
    if not gamma:
        return ColourSpace()
    primaries = _primaries_of(picture.info.get("chromaticity", ()))
    return ColourSpace(primaries, gamma=0.0 if abs(gamma - USUAL_GAMMA) < TOLERANCE else 1 / gamma)


def find_code_points(data: bytes) -> bytes | None:
    """Return what the cICP chunk of a PNG has: primaries, transfer, matrix and range. Pillow skips it."""
    at = len(PNG)
    while data.startswith(PNG) and (kind := data[at + 4 : at + 8]) not in (b"IDAT", b""):
        size = int.from_bytes(data[at : at + 4])
        if kind == b"cICP" and size == 4:
            return data[at + 8 : at + 12]
        at += 12 + size
    return None


def _primaries_of(chromaticity: tuple[float, ...]) -> Primaries:
    """Return the primaries of a PNG's cHRM chunk. Its white is taken as D65, so that greys stay grey."""
    if len(chromaticity) != 8:
        return BT709_PRIMARIES
    _white, *colours = zip(chromaticity[::2], chromaticity[1::2], strict=True)
    columns = np.array([(x, y, 1 - x - y) for x, y in colours])
    is_usual = np.allclose(colours, BT709_PRIMARIES[:3], atol=TOLERANCE)
    is_impossible = min(columns[:, 1]) < TOLERANCE or abs(np.linalg.det(columns)) < TOLERANCE
    return BT709_PRIMARIES if is_usual or is_impossible else (*colours, D65)
