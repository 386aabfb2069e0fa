"""Moving backgrounds. Most are cropped from one large picture, which costs almost nothing per frame."""

import math
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from demo.drawing.clips.stage import Stage
from demo.drawing.colour import RGB, mix, shade
from demo.drawing.light import linear

type Background = Callable[[float], Image.Image]
"""Returns a new frame for a given time in seconds."""


def _window(big: Image.Image, stage: Stage, path: Callable[[float], tuple[float, float]]) -> Background:
    def at(seconds: float) -> Image.Image:
        x, y = (round(value) for value in path(seconds))
        return big.crop((x, y, x + stage.width, y + stage.height))

    return at


def make_gradient(stage: Stage, paper: RGB, second: RGB, accent: RGB) -> Background:
    """Drift over a tall gradient."""
    tall = Image.new("L", (stage.width, stage.height * 2))
    big = linear([(0, shade(paper, 0.2)), (0.5, paper), (1, second)], 80)(tall)
    return _window(big, stage, lambda t: (0, stage.height * (0.5 - 0.5 * math.cos(t * 0.5))))


def make_stripes(stage: Stage, paper: RGB, second: RGB, accent: RGB) -> Background:
    """Move diagonal stripes sideways."""
    period = round(160 * stage.unit)
    big = Image.new("RGB", (stage.width + period, stage.height), paper)
    pen = ImageDraw.Draw(big)
    for x in range(-stage.height - period, stage.width + period * 2, period):
        pen.polygon(
            [
                (x, stage.height),
                (x + stage.height, 0),
                (x + stage.height + period // 2, 0),
                (x + period // 2, stage.height),
            ],
            fill=second,
        )
    return _window(big, stage, lambda t: (t * 70 % period, 0))


def make_dots(stage: Stage, paper: RGB, second: RGB, accent: RGB) -> Background:
    """Move a grid of dots upwards."""
    period = round(90 * stage.unit)
    big = Image.new("RGB", (stage.width + period * 2, stage.height + period * 2), paper)
    pen = ImageDraw.Draw(big)
    for row, y in enumerate(range(0, big.height, period // 2)):
        for x in range((row % 2) * period // 2, big.width, period):
            radius = period * (0.1 + 0.12 * y / big.height)
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=second)
    return _window(big, stage, lambda t: (t * 16 % period, t * 48 % period))


def make_grid(stage: Stage, paper: RGB, second: RGB, accent: RGB) -> Background:
    """Scroll graph paper."""
    period = round(72 * stage.unit)
    big = Image.new("RGB", (stage.width + period, stage.height + period), paper)
    pen = ImageDraw.Draw(big)
    for at in range(0, max(big.size), period):
        pen.line((at, 0, at, big.height), fill=second, width=3)
        pen.line((0, at, big.width, at), fill=second, width=3)
    return _window(big, stage, lambda t: (t * 26 % period, t * 26 % period))


def make_checks(stage: Stage, paper: RGB, second: RGB, accent: RGB) -> Background:
    """Slide a checked tablecloth."""
    side = round(120 * stage.unit)
    big = Image.new("RGB", (stage.width + side * 2, stage.height + side * 2), paper)
    pen = ImageDraw.Draw(big)
    for row, y in enumerate(range(0, big.height, side)):
        for x in range((row % 2) * side, big.width, side * 2):
            pen.rectangle((x, y, x + side - 1, y + side - 1), fill=second)
    return _window(big, stage, lambda t: (t * 40 % (side * 2), t * 40 % (side * 2)))


def make_rays(stage: Stage, paper: RGB, second: RGB, accent: RGB) -> Background:
    """Rotate a sunburst, whose frames for one period are drawn in advance."""
    phases, count = 20, 12
    cx, cy, reach = stage.product[0], stage.product[1], stage.width + stage.height
    drawn = []
    for phase in range(phases):
        frame = Image.new("RGB", (stage.width, stage.height), paper)
        pen = ImageDraw.Draw(frame)
        for ray in range(count):
            start = math.tau * (ray + phase / phases) / count
            ends = [(cx + reach * math.cos(a), cy + reach * math.sin(a)) for a in (start, start + math.tau / count / 2)]
            pen.polygon([(cx, cy), *ends], fill=second)
        drawn.append(frame)
    return lambda seconds: drawn[int(seconds * 20) % phases].copy()


def make_blobs(stage: Stage, paper: RGB, second: RGB, accent: RGB) -> Background:
    """Move three soft lights over the paper."""
    base = linear([(0, paper), (1, shade(paper, -0.15))], 70)(Image.new("L", (stage.width, stage.height)))
    side = round(620 * stage.unit)
    small = Image.new("L", (side // 8, side // 8))
    ImageDraw.Draw(small).ellipse((side // 40, side // 40, side // 8 - side // 40, side // 8 - side // 40), fill=215)
    mask = small.filter(ImageFilter.GaussianBlur(side // 80)).resize((side, side), Image.Resampling.BICUBIC)
    tones = [
        Image.new("RGB", (side, side), tone) for tone in (second, mix(accent, paper, 0.45), mix(second, accent, 0.3))
    ]

    def at(seconds: float) -> Image.Image:
        frame = base.copy()
        for number, tone in enumerate(tones):
            angle = seconds * (0.5 + 0.17 * number) + number * 2.1
            x = stage.width * (0.5 + 0.45 * math.cos(angle)) - side / 2
            y = stage.height * (0.5 + 0.4 * math.sin(angle * 1.3)) - side / 2
            frame.paste(tone, (round(x), round(y)), mask)
        return frame

    return at


def make_split(stage: Stage, paper: RGB, second: RGB, accent: RGB) -> Background:
    """Tilt the border between two colours back and forth."""

    def at(seconds: float) -> Image.Image:
        frame = Image.new("RGB", (stage.width, stage.height), paper)
        middle, lean = (
            stage.height * (0.55 + 0.06 * math.sin(seconds * 1.1)),
            stage.height * 0.12 * math.sin(seconds * 0.7 + 0.6),
        )
        pen = ImageDraw.Draw(frame)
        pen.polygon(
            [(0, middle + lean), (stage.width, middle - lean), (stage.width, stage.height), (0, stage.height)],
            fill=second,
        )
        pen.line([(0, middle + lean), (stage.width, middle - lean)], fill=accent, width=round(10 * stage.unit))
        return frame

    return at


def make_waves(stage: Stage, paper: RGB, second: RGB, accent: RGB) -> Background:
    """Roll three waves under a plain sky."""
    tones = (second, mix(second, accent, 0.35), mix(second, accent, 0.7))
    sky = linear([(0, shade(paper, 0.15)), (1, paper)])(Image.new("L", (stage.width, stage.height)))

    def at(seconds: float) -> Image.Image:
        frame = sky.copy()
        pen = ImageDraw.Draw(frame)
        for number, tone in enumerate(tones):
            level = stage.height * (0.6 + 0.12 * number)
            crest = [
                (x, level + 26 * stage.unit * math.sin(x / stage.width * 7 + seconds * (1.6 + number * 0.5) + number))
                for x in range(0, stage.width + 40, 40)
            ]
            pen.polygon([(0, stage.height), *crest, (stage.width, stage.height)], fill=tone)
        return frame

    return at


def make_confetti(stage: Stage, paper: RGB, second: RGB, accent: RGB) -> Background:
    """Let confetti fall."""
    base = linear([(0, paper), (1, mix(paper, second, 0.4))])(Image.new("L", (stage.width, stage.height)))
    tones = (second, accent, shade(accent, 0.4), shade(second, -0.2))

    def at(seconds: float) -> Image.Image:
        frame = base.copy()
        pen = ImageDraw.Draw(frame)
        for number in range(46):
            x = (number * 173) % stage.width + 20 * math.sin(seconds * 2 + number)
            y = (number * 211 + seconds * (90 + number % 5 * 34)) % (stage.height + 60) - 30
            wide, tall = 16 * abs(math.cos(seconds * 3 + number)) + 4, 22
            pen.rectangle((x, y, x + wide, y + tall), fill=tones[number % 4])
        return frame

    return at


BACKGROUNDS: dict[str, Callable[[Stage, RGB, RGB, RGB], Background]] = {
    "gradient": make_gradient,
    "stripes": make_stripes,
    "dots": make_dots,
    "grid": make_grid,
    "checks": make_checks,
    "rays": make_rays,
    "blobs": make_blobs,
    "split": make_split,
    "waves": make_waves,
    "confetti": make_confetti,
}
