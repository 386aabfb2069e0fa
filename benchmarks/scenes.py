"""Drawn scenes for clips to encode. The repository has no photographs, and plain test pictures are too easy to encode.

Backgrounds follow the dead leaves model, occluding shapes with the statistics of photographs, with 1/f texture on
top. Source: Lee, Mumford & Huang, "Occlusion models for natural images", IJCV 41 (2001); Field, JOSA A 4 (1987).
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

# Wood, cloth, metal, plant, wall, paper and clay, in sRGB.
PALETTE = (
    (142, 101, 66),
    (201, 178, 148),
    (88, 96, 104),
    (66, 92, 58),
    (176, 170, 165),
    (228, 222, 212),
    (120, 52, 48),
)
SKIN = (206, 152, 124)
WORDS = ("Two pans, one winner", "24.90 today", "Which one would you keep?")


def texture(height: int, width: int, random: np.random.Generator) -> np.ndarray:
    """Return noise with an amplitude of 1/f, zero mean and unit deviation: float32, (height, width)."""
    across, down = np.fft.rfftfreq(width), np.fft.fftfreq(height)
    frequency = np.hypot(down[:, None], across[None, :])
    frequency[0, 0] = np.inf
    noise = np.fft.irfft2(np.fft.rfft2(random.standard_normal((height, width))) / frequency, s=(height, width))
    return ((noise - noise.mean()) / noise.std()).astype(np.float32)


def draw_background(width: int, height: int, random: np.random.Generator) -> Image.Image:
    """Return a picture full of overlapping shaded shapes, with texture and lettering."""
    picture = Image.new("RGB", (width, height), PALETTE[1])
    draw = ImageDraw.Draw(picture)
    smallest, largest = width / 60, width / 3
    for _ in range(1200):
        # The density of radii falls with the third power, as for objects at all distances.
        radius = smallest / np.sqrt(random.uniform((smallest / largest) ** 2, 1))
        x, y = random.uniform(0, width), random.uniform(0, height)
        shade = random.uniform(0.55, 1.1)
        colour = tuple(int(min(255, part * shade)) for part in PALETTE[random.integers(len(PALETTE))])
        box = (x - radius, y - radius * random.uniform(0.5, 1.5), x + radius, y + radius)
        (draw.ellipse if random.random() < 0.6 else draw.rectangle)(_ordered(box), fill=colour)
    for word in WORDS:
        size = int(width * random.uniform(0.04, 0.08))
        position = (random.uniform(0, width / 3), random.uniform(0.1, 0.9) * height)
        draw.text(
            position, word, font=ImageFont.load_default(size), fill=(250, 248, 240), stroke_width=3, stroke_fill=0
        )
    # The picture is twice as large as a frame; the blur is that of a lens.
    return _textured(picture.filter(ImageFilter.GaussianBlur(2)), random, strength=9)


def draw_hand(width: int, height: int, random: np.random.Generator) -> Image.Image:
    """Return a skin-coloured shape with soft shading on a transparent ground, to move in front of the scene."""
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    inside = np.clip((1 - across**2 - down**2) * 12, 0, 1)
    light = 0.75 + 0.35 * (1 - (across + 0.4) ** 2 - (down + 0.3) ** 2)
    solid = Image.fromarray(np.clip(np.array(SKIN) * light[..., None], 0, 255).astype(np.uint8))
    skin = _textured(solid, random, strength=5)
    skin.putalpha(Image.fromarray((inside * 255).astype(np.uint8)))
    return skin


def draw_scene(folder: Path, name: str, seed: int) -> tuple[Path, Path]:
    """Write a background of twice the size of a frame, and the hand that moves in front of it; return their paths."""
    random = np.random.default_rng(seed)
    back, front = folder / f"{name}-background.png", folder / f"{name}-hand.png"
    draw_background(2400, 4000, random).save(back, compress_level=1)
    draw_hand(520, 760, random).save(front, compress_level=1)
    return back, front


def _textured(picture: Image.Image, random: np.random.Generator, *, strength: float) -> Image.Image:
    pixels = np.asarray(picture).astype(np.float32)
    pixels += strength * texture(picture.height, picture.width, random)[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _ordered(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return min(left, right), min(top, bottom), max(left, right), max(top, bottom)
