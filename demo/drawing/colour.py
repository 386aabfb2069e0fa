"""Colours as sRGB triples, and ramps between them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

type RGB = tuple[int, int, int]
type Stops = Sequence[tuple[float, RGB]]

WHITE: RGB = (255, 255, 255)
BLACK: RGB = (0, 0, 0)


def rgb(value: str) -> RGB:
    """Parse "#rrggbb"."""
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def mix(first: RGB, second: RGB, share: float) -> RGB:
    """Blend two colours. A share of 0 returns the first, and 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def shade(colour: RGB, amount: float) -> RGB:
    """Lighten a colour (amount up to 1) or darken it (down to -1). Darkening keeps it saturated."""
    if amount >= 0:
        return mix(colour, WHITE, amount)
    top = max(colour)
    red, green, blue = (max(0, round(c * (1 + amount) - (top - c) * -amount * 0.25)) for c in colour)
    return red, green, blue


def ramp(stops: Stops, size: int = 256) -> NDArray[np.uint8]:
    """Interpolate between stops, given as (position from 0 to 1, colour). The result is uint8, (size, 3)."""
    positions = np.linspace(0, 1, size)
    at = [stop for stop, _ in stops]
    channels = [np.interp(positions, at, [colour[channel] for _, colour in stops]) for channel in range(3)]
    return np.stack(channels, axis=1).astype(np.uint8)


def is_light(colour: RGB) -> bool:
    """Return whether dark text is at least as legible on the colour as white text, by approximate luminance."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] > 150
