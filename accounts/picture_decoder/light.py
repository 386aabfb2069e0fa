"""Light and colours: transfer curves, primaries, and HDR in the range of ordinary screens.

Sources: ISO/IEC 23091-2 (code points), ITU-R BT.2100 (PQ, HLG), BT.2408 (203 nits are reference white), IEC 61966-2-1.
"""

import numpy as np
from numpy.typing import NDArray

type Matrix = NDArray[np.float64]
type Colours = NDArray[np.float64]
type Primaries = tuple[tuple[float, float], ...]
"""Red, green, blue and white (CIE 1931 x and y)."""

PQ, HLG = 16, 18
D65 = (0.3127, 0.3290)
BT709_PRIMARIES = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65)
P3_PRIMARIES = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65)
WIDE_PRIMARIES: dict[int, Primaries] = {
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    11: P3_PRIMARIES,  # phones that write P3 with the white of cinemas mean Display P3
    12: P3_PRIMARIES,
}
"""Primaries by code point that are wider than BT.709. All others count as BT.709."""
WHITE_NITS, HLG_PEAK_NITS, PQ_PEAK_NITS = 203, 1000, 10_000
KNEE = 0.5
"""Linear light, relative to reference white, up to which HDR is shown unchanged. Above it, highlights are compressed."""


def linear_hdr(coded: Colours, transfer: int) -> Colours:
    """Return the linear light of PQ or HLG relative to reference white. `coded` is R'G'B' (n, 3), from 0 to 1."""
    if transfer == PQ:
        root = coded ** (1 / 78.84375)
        ratio = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
        light: Colours = ratio ** (1 / 0.1593017578125) * PQ_PEAK_NITS / WHITE_NITS
    else:
        scene = np.where(coded <= 0.5, coded**2 / 3, (np.exp((coded - 0.55991073) / 0.17883277) + 0.28466892) / 12)
        luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
        light = scene * luminance[:, None] ** 0.2 * HLG_PEAK_NITS / WHITE_NITS
    return light


def compress_highlights(light: Colours) -> Colours:
    """Return HDR in the range of ordinary screens. All channels are reduced by the same factor, which keeps the hue."""
    peak = np.maximum(light.max(axis=1, keepdims=True), 1e-6)
    excess = np.maximum(peak - KNEE, 0) / (1 - KNEE)
    compressed: Colours = light * np.where(peak > KNEE, KNEE + (1 - KNEE) * excess / (1 + excess), peak) / peak
    return compressed


def linear_srgb(coded: Colours) -> Colours:
    light: Colours = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    return light


def encode_srgb(light: Colours) -> Colours:
    """Return light from 0 to 1 by the curve of sRGB."""
    coded: Colours = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return coded


def matrix_to_bt709(primaries: Primaries) -> Matrix:
    """Return the matrix from linear RGB with these primaries to linear RGB of BT.709 and sRGB."""
    matrix: Matrix = np.linalg.inv(_to_xyz(BT709_PRIMARIES)) @ _to_xyz(primaries)
    return matrix


def _to_xyz(primaries: Primaries) -> Matrix:
    """Return the matrix from linear RGB with these primaries and white to CIE XYZ."""
    columns = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]).T
    colours, white = columns[:, :3], columns[:, 3]
    matrix: Matrix = colours * np.linalg.solve(colours, white)
    return matrix
