"""Fills, which show how surfaces look in the studio light: a large softbox at the upper left."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from demo.drawing.colour import RGB, WHITE, Stops, mix, ramp, shade

type Fill = Callable[[Image.Image], Image.Image]
"""Maps a mask (mode L) to an RGB picture of the same size, which fills the mask."""


def flat(colour: RGB) -> Fill:
    """Fill with one colour."""
    return lambda mask: Image.new("RGB", mask.size, colour)


def linear(stops: Stops, degrees: float = 90) -> Fill:
    """Fill with a gradient along a direction, which is 0 for left to right and 90 for top to bottom."""

    def fill(mask: Image.Image) -> Image.Image:
        width, height = mask.size
        dx, dy = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        along = np.linspace(-0.5, 0.5, width)[None, :] * dx + np.linspace(-0.5, 0.5, height)[:, None] * dy
        return _coloured(along / (abs(dx) + abs(dy)) + 0.5, stops)

    return fill


def radial(stops: Stops, cx: float = 0.5, cy: float = 0.5, reach: float = 0.7) -> Fill:
    """Fill with a gradient outwards from a centre, which is in shares of the mask's width and height."""

    def fill(mask: Image.Image) -> Image.Image:
        width, height = mask.size
        x = (np.linspace(0, 1, width) - cx)[None, :]
        y = (np.linspace(0, 1, height) - cy)[:, None]
        return _coloured(np.sqrt(x * x + y * y) / reach, stops)

    return fill


def puffy(colour: RGB, depth: float = 0.12, gloss: float = 0.25, lift: float = 1.0) -> Fill:
    """Fill as if the shape were inflated. The blurred mask is treated as a height field and shaded by its slope.

    `depth` is how far the rounding reaches inwards, as a share of the smaller side. `gloss` is from 0 (cloth) to 1
    (lacquer).
    """

    def fill(mask: Image.Image) -> Image.Image:
        small = _shrunk(mask, 420)
        pad = max(2, round(min(small.size) * depth * 2))
        field = Image.new("L", (small.width + 2 * pad, small.height + 2 * pad))
        field.paste(small, (pad, pad))
        reach = min(small.size) * depth
        layers = [np.asarray(field.filter(ImageFilter.GaussianBlur(reach * k)), np.float32) for k in (0.25, 0.6, 1)]
        height: NDArray[np.float32] = np.sqrt((layers[0] + layers[1] + layers[2]) / 765)
        down, right = np.gradient(height * np.float32(reach * 2.2 * lift))
        lit = _lit(colour, right[pad:-pad, pad:-pad], down[pad:-pad, pad:-pad], gloss)
        return lit.resize(mask.size, Image.Resampling.BICUBIC)

    return fill


def _lit(colour: RGB, right: NDArray[np.float32], down: NDArray[np.float32], gloss: float) -> Image.Image:
    length = np.sqrt(right**2 + down**2 + 1)
    x, y, z = -right / length, -down / length, 1 / length
    diffuse = np.clip(x * -0.42 + y * -0.62 + z * 0.66, 0, 1)
    shine = np.clip(x * -0.28 + y * -0.42 + z * 0.86, 0, 1) ** 38 * gloss
    bounce = np.clip(y * 0.8 + x * 0.5, 0, 1) * 0.12
    level = np.clip(diffuse + bounce, 0, 1)
    table = ramp([(0, shade(colour, -0.62)), (0.38, shade(colour, -0.3)), (0.68, colour), (1, shade(colour, 0.3))])
    base = table[(level * 255).astype(np.uint8)].astype(np.float32)
    return Image.fromarray((base + (255 - base) * shine[..., None]).astype(np.uint8))


def tables(colour: RGB) -> dict[str, NDArray[np.uint8]]:
    """Return, for each material, the colours across an upright cylinder from left to right: uint8, (256, 3)."""
    c = colour
    matte = [(0, shade(c, -0.34)), (0.12, shade(c, -0.08)), (0.3, shade(c, 0.2)), (0.55, c), (0.86, shade(c, -0.4))]
    gloss = [(0, shade(c, -0.45)), (0.07, shade(c, -0.1)), (0.13, shade(c, 0.15)), (0.16, shade(c, 0.72))]
    gloss += [(0.25, shade(c, 0.66)), (0.29, shade(c, 0.16)), (0.55, c), (0.82, shade(c, -0.42))]
    metal = [(0, shade(c, -0.55)), (0.08, shade(c, -0.1)), (0.18, shade(c, 0.75)), (0.3, shade(c, 0.35))]
    metal += [(0.42, shade(c, -0.15)), (0.56, shade(c, -0.5)), (0.66, shade(c, -0.1)), (0.78, shade(c, 0.5))]
    glass = [(0, shade(c, -0.5)), (0.05, shade(c, 0.1)), (0.1, shade(c, -0.05)), (0.16, mix(c, WHITE, 0.75))]
    glass += [(0.22, mix(c, WHITE, 0.6)), (0.26, shade(c, 0.12)), (0.5, shade(c, 0.06)), (0.8, shade(c, -0.16))]
    return {
        "matte": ramp([*matte, (1, shade(c, -0.3))]),
        "gloss": ramp([*gloss, (0.93, shade(c, -0.3)), (1, shade(c, -0.1))]),
        "metal": ramp([*metal, (0.88, shade(c, 0.05)), (1, shade(c, -0.5))]),
        "glass": ramp([*glass, (0.9, shade(c, 0.3)), (0.95, shade(c, -0.1)), (1, shade(c, -0.5))]),
    }


def _shrunk(mask: Image.Image, most: int) -> Image.Image:
    factor = max(1, math.ceil(max(mask.size) / most))
    return mask.reduce(factor) if factor > 1 else mask


def _coloured(share: NDArray[np.float64], stops: Stops) -> Image.Image:
    return Image.fromarray(ramp(stops)[(np.clip(share, 0, 1) * 255).astype(np.uint8)])
