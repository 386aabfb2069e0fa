"""Frame sizes, the layers pasted into frames, and the curves along which layers move."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from PIL import Image, ImageDraw

from demo.drawing.colour import RGB
from demo.drawing.lettering import letter, wrapped

FRAMES_PER_SECOND = 30


@dataclass(frozen=True)
class Stage:
    """A frame's size in pixels, and its areas for products (centre x, y, side) and words (centre x, top, width)."""

    width: int
    height: int
    product: tuple[float, float, float]
    words: tuple[float, float, float]

    @property
    def unit(self) -> float:
        """Return the number of pixels per unit. A frame is 720 units wide."""
        return min(self.width, self.height) / 720


# On a phone, the feed crops the sides of a 9:16 clip and covers its lower part with buttons and cards. Everything that
# matters is therefore in the upper two thirds and the middle 82 %.
STAGES = {
    "portrait": Stage(720, 1280, (360, 610, 470), (360, 130, 540)),
    "rotated": Stage(720, 1280, (360, 610, 470), (360, 130, 540)),
    "square": Stage(720, 720, (360, 470, 400), (360, 60, 620)),
    "landscape": Stage(1280, 720, (900, 370, 520), (330, 150, 540)),
}


class Layer:
    """A picture and its mask, which can be pasted many times."""

    def __init__(self, picture: Image.Image) -> None:
        """Split an RGBA picture into colours and mask."""
        self.rgb = picture.convert("RGB")
        self.mask = picture.getchannel("A")

    @cached_property
    def size(self) -> tuple[int, int]:
        return self.rgb.size

    @classmethod
    def fitted(cls, picture: Image.Image, side: float) -> Self:
        """Build a layer from a picture scaled to fit into a square."""
        share = side / max(picture.size)
        return cls(
            picture.resize((round(picture.width * share), round(picture.height * share)), Image.Resampling.HAMMING)
        )

    def put(self, frame: Image.Image, x: float, y: float, *, scale: float = 1, opacity: float = 1) -> None:
        """Paste the picture with its centre at (x, y)."""
        if opacity <= 0.02 or scale <= 0.03:
            return
        picture, mask = self.rgb, self.mask
        if abs(scale - 1) > 0.004:
            size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
            picture, mask = (
                picture.resize(size, Image.Resampling.BILINEAR),
                mask.resize(size, Image.Resampling.BILINEAR),
            )
        if opacity < 0.98:
            mask = mask.point(lambda level: round(level * opacity))
        frame.paste(picture, (round(x - picture.width / 2), round(y - picture.height / 2)), mask)


def set_words(
    text: str, size: float, colour: RGB, *, width: float, bold: float = 0.03, pill: RGB | None = None
) -> list[Layer]:
    """Return a text as one layer per line. If `pill` is a colour, each line is on a rounded strip."""
    layers = []
    for line in wrapped(text, size, width, bold):
        drawn = letter(line, size, colour, bold=bold)
        if pill is not None:
            pad = round(size * 0.42)
            strip = Image.new("RGBA", (drawn.width + 2 * pad, round(size * 1.5)))
            ImageDraw.Draw(strip).rounded_rectangle(
                (0, 0, strip.width - 1, strip.height - 1), strip.height * 0.34, (*pill, 255)
            )
            strip.alpha_composite(drawn, (pad, (strip.height - drawn.height) // 2))
            drawn = strip
        layers.append(Layer(drawn))
    return layers


def ease(share: float) -> float:
    """Map 0..1 to 0..1, fast at first."""
    share = min(max(share, 0), 1)
    return 1 - (1 - share) ** 3


def spring(share: float) -> float:
    """Map 0..1 to 0..1 with an overshoot."""
    share = min(max(share, 0), 1)
    return 1 + 2.70158 * (share - 1) ** 3 + 1.70158 * (share - 1) ** 2


def bounce(share: float) -> float:
    """Map 0..1 to 0..1 like a ball that bounces on the floor."""
    share = min(max(share, 0), 1)
    return 1 - abs(math.cos(share * math.pi * 2.5)) * (1 - share) ** 2


@dataclass(frozen=True)
class Pose:
    """A layer's scale, opacity and rotation, and its offset from the resting position in stage units."""

    x: float = 0
    y: float = 0
    scale: float = 1
    opacity: float = 1
    degrees: float = 0


type Entrance = Callable[[float, int], Pose]
"""Maps the seconds since a product's span began and the product's number to a pose."""


def _bob(seconds: float, reach: float = 12) -> float:
    return math.sin(seconds * 2.2) * reach


ENTRANCES: dict[str, Entrance] = {
    "rise": lambda t, n: Pose(0, 900 * (1 - ease(t / 0.6)) + _bob(t)),
    "slide": lambda t, n: Pose((760 if n % 2 else -760) * (1 - ease(t / 0.6)), _bob(t, 8)),
    "pop": lambda t, n: Pose(0, _bob(t), 0.2 + 0.8 * spring(t / 0.5) + 0.02 * t),
    "drop": lambda t, n: Pose(0, -1000 * (1 - bounce(t / 0.9))),
    "swing": lambda t, n: Pose(0, -700 * (1 - ease(t / 0.5)), degrees=14 * math.sin(t * 3.4) * math.exp(-t * 0.5)),
    "zoom": lambda t, n: Pose(0, 0, 1.7 - 0.7 * ease(t / 0.7) + 0.03 * t, ease(t / 0.35)),
    "roll": lambda t, n: Pose(
        (-720 if n % 2 else 720) * (1 - ease(t / 0.8)), 0, degrees=(1 - ease(t / 0.8)) * (60 if n % 2 else -60)
    ),
    "pulse": lambda t, n: Pose(0, 0, ease(t / 0.4) * (1 + 0.035 * abs(math.sin(t * math.pi * 1.9)))),
}
