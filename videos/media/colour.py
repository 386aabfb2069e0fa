"""Colour conversion to SDR (BT.709): which frames need it, and the look-up table that does it.

Every value of the colour tags is accepted. Tags that are missing, reserved or contradictory are replaced by the values
that players assume. A table maps coded R'G'B' to coded R'G'B', so ffmpeg only has to look colours up.

Sources: ISO/IEC 23091-2 (tag values), ITU-R BT.2100 (PQ, HLG), BT.2408 (203 nits are reference white), IEC 61966-2-1.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Matrix = NDArray[np.float64]
type Colours = NDArray[np.float64]

BT709, UNSPECIFIED, BT601, BT2020 = 1, 2, 6, 9
PQ, HLG = 16, 18
RGB_MATRIX = 0
# The YCbCr matrices that ffmpeg's scaler knows, and their names in its filters.
MATRICES = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc"}
# Red, green, blue and white of the primaries that are wider than BT.709 (CIE 1931 x and y). All others count as BT.709.
D65 = (0.3127, 0.3290)
BT709_PRIMARIES = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65)
P3_PRIMARIES = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65)
WIDE_PRIMARIES = {
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    11: P3_PRIMARIES,  # phones that write P3 with the white of cinemas mean Display P3
    12: P3_PRIMARIES,
}
# Displays show the other SDR curves with an exponent of 2.4 (ITU-R BT.1886).
GAMMAS = {4: 2.2, 5: 2.8, 13: 2.2}
HD_SIDE_PX = 720
WHITE_NITS, HLG_PEAK_NITS, PQ_PEAK_NITS = 203, 1000, 10_000
KNEE = 0.5
"""Linear light, relative to reference white, up to which HDR is shown unchanged. Above it, highlights are compressed."""
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
    light = _linear(coded, colour) @ (np.linalg.inv(_to_xyz(BT709_PRIMARIES)) @ _to_xyz(wide)).T
    if colour.hdr:
        peak = np.maximum(light.max(axis=1, keepdims=True), 1e-6)
        excess = np.maximum(peak - KNEE, 0) / (1 - KNEE)
        light *= np.where(peak > KNEE, KNEE + (1 - KNEE) * excess / (1 + excess), peak) / peak
    amount = np.abs(light)
    if colour.hdr:
        result: Colours = np.where(amount <= 0.0031308, amount * 12.92, 1.055 * amount ** (1 / 2.4) - 0.055)
    else:
        result = amount ** (1 / colour.gamma)
    return np.sign(light) * result


def _linear(coded: Colours, colour: Colour) -> Colours:
    """Return linear light relative to reference white."""
    light: Colours
    if colour.hdr == PQ:
        root = coded ** (1 / 78.84375)
        light = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
        light = light ** (1 / 0.1593017578125) * PQ_PEAK_NITS / WHITE_NITS
    elif colour.hdr == HLG:
        light = np.where(coded <= 0.5, coded**2 / 3, (np.exp((coded - 0.55991073) / 0.17883277) + 0.28466892) / 12)
        luminance = light @ np.array([0.2627, 0.6780, 0.0593])
        light = light * luminance[:, None] ** 0.2 * HLG_PEAK_NITS / WHITE_NITS
    else:
        light = coded**colour.gamma
    return light


def _to_xyz(primaries: tuple[tuple[float, float], ...]) -> Matrix:
    """Return the matrix from linear RGB with these primaries and white to CIE XYZ."""
    columns = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]).T
    colours, white = columns[:, :3], columns[:, 3]
    matrix: Matrix = colours * np.linalg.solve(colours, white)
    return matrix
