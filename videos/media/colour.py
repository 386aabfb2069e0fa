"""Colour conversion to SDR (BT.709): which frames need it, and the look-up table that does it.

Every value of the colour tags is accepted. Tags that are missing, reserved or contradictory are replaced by the values
that players assume. A table maps coded R'G'B' to coded R'G'B', so ffmpeg only has to look colours up.

Source: ISO/IEC 23091-2 (tag values). The curves are in `accounts.picture_decoder.light`, because photos need them, too.
"""

import functools
from dataclasses import dataclass

import numpy as np

from accounts.picture_decoder.light import (
    BT709_PRIMARIES,
    HLG,
    PQ,
    WIDE_PRIMARIES,
    Colours,
    compress_highlights,
    encode_srgb,
    linear_hdr,
    matrix_to_bt709,
)

BT709, UNSPECIFIED, BT601, BT2020 = 1, 2, 6, 9
RGB_MATRIX = 0
# The YCbCr matrices that ffmpeg's scaler knows, and their names in its filters.
MATRICES = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc"}
# Displays show the other SDR curves with an exponent of 2.4 (ITU-R BT.1886).
GAMMAS = {4: 2.2, 5: 2.8, 13: 2.2}
HD_SIDE_PX = 720
TABLE_SIDE = 49


@dataclass(frozen=True)
class Colour:
    """The colour tags of a frame (ISO/IEC 23091-2) as far as they can be believed.

    `matrix` is a name for ffmpeg's filters, and empty if frames are RGB or name a usable matrix themselves. `hdr` is
    the tag of the transfer curve, or 0 for SDR. `primaries` is the tag of wide primaries, or 0 for those of BT.709.
    `gamma` is the exponent with which displays show SDR.
    """

    matrix: str
    hdr: int
    primaries: int
    is_bt709: bool
    gamma: float = 2.4

    @property
    def needs_table(self) -> bool:
        """Return whether the colours have to be converted by a table."""
        return bool(self.hdr or self.primaries)


def colour_from(*, matrix: int, primaries: int, transfer: int, is_rgb: bool, short_side: int) -> Colour:
    """Return what the tags of a frame mean. `short_side` is in coded pixels."""
    hdr = transfer if transfer in (PQ, HLG) else 0
    gamma = GAMMAS.get(transfer, 2.4)
    wide = primaries if primaries in WIDE_PRIMARIES else 0
    if hdr and not wide:
        wide = BT2020  # the only primaries that HDR cameras record
    if is_rgb:
        return Colour("", hdr, wide, is_bt709=False, gamma=gamma)
    if matrix in MATRICES:
        return Colour("", hdr, wide, is_bt709=matrix == BT709, gamma=gamma)
    assumed = BT2020 if hdr or wide == BT2020 else BT709 if short_side >= HD_SIDE_PX else BT601
    return Colour(MATRICES[assumed], hdr, wide, is_bt709=assumed == BT709, gamma=gamma)


@functools.cache
def table(colour: Colour) -> str:
    """Return the table for these colours, in the format of .cube files."""
    steps = np.linspace(0, 1, TABLE_SIDE)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")  # red changes fastest
    coded = to_bt709(np.stack([red, green, blue], axis=-1).reshape(-1, 3), colour)
    rows = "\n".join("%.5f %.5f %.5f" % tuple(row) for row in coded)  # noqa: UP031 - three times as fast
    return f"LUT_3D_SIZE {TABLE_SIDE}\n{rows}\n"


def to_bt709(coded: Colours, colour: Colour) -> Colours:
    """Return coded R'G'B' (n, 3), from 0 to 1, as the same colours in BT.709.

    HDR keeps its brightness relative to reference white up to the knee. Above it, white comes out at 0.88 of the range,
    1,000 nits at 0.98, and all channels are reduced by the same factor, which keeps the hue. Colours that BT.709 cannot
    show come out below 0 or above 1, so that interpolating in the table does not shift those at its edge.
    """
    wide = WIDE_PRIMARIES[colour.primaries] if colour.primaries else BT709_PRIMARIES
    light = linear_hdr(coded, colour.hdr) if colour.hdr else coded**colour.gamma
    light = light @ matrix_to_bt709(wide).T
    if colour.hdr:
        light = compress_highlights(light)
    amount = np.abs(light)
    return np.sign(light) * (encode_srgb(amount) if colour.hdr else amount ** (1 / colour.gamma))
