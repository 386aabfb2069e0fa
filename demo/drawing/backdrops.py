"""Studio backdrops, 1200 x 1200, for placing products in front of."""

from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from demo.drawing.canvas import Canvas
from demo.drawing.colour import RGB, WHITE, mix, ramp, rgb, shade
from demo.drawing.geometry import box, ellipse, rotated, spline
from demo.drawing.light import linear

SIDE = 1200


def draw_sweep(wall: RGB) -> Image.Image:
    """Draw a seamless paper sweep: a lit wall that curves into the floor."""
    return _toned(wall, glow=(0.42, 0.36), floor=0.74)


def draw_disc(wall: RGB, accent: RGB) -> Image.Image:
    """Draw a coloured disc on a flat wall, for close-ups."""
    picture = _toned(wall, glow=(0.3, 0.25), floor=2)
    canvas = Canvas(SIDE, SIDE, 1)
    canvas.paint(ellipse(640, 600, 430, 430), linear([(0, shade(accent, 0.35)), (1, shade(accent, -0.08))], 60))
    picture.paste(canvas.image, (0, 0), canvas.image)
    return picture


def draw_podium(wall: RGB, accent: RGB) -> Image.Image:
    """Draw a plinth in front of an arch, with a sphere and a block beside it."""
    picture = _toned(wall, glow=(0.35, 0.3), floor=0.72)
    canvas = Canvas(SIDE, SIDE, 1)
    arch = [*ellipse(690, 470, 330, 330, 180, 360), (1020, 880), (360, 880)]
    canvas.paint(arch, linear([(0, shade(wall, -0.2)), (0.3, shade(wall, -0.08)), (1, shade(wall, 0.2))], 20))
    canvas.paint(ellipse(560, 1080, 520, 60), shade(wall, -0.6), opacity=0.35, blur=26)
    stone = mix(shade(wall, 0.45), WHITE, 0.25)
    canvas.lathe(600, [(930, 400), (1040, 400)], stone, "matte", 0.16)
    canvas.rim(600, 930, 400, linear([(0, shade(stone, 0.45)), (1, shade(stone, -0.04))], 30), 0.16)
    canvas.paint(ellipse(1050, 1092, 120, 22), shade(wall, -0.6), opacity=0.4, blur=12)
    canvas.puff(ellipse(1060, 1000, 92, 92), mix(accent, WHITE, 0.1), 0.3, 0.45)
    picture.paste(canvas.image, (0, 0), canvas.image)
    return picture


def draw_window(wall: RGB, accent: RGB) -> Image.Image:
    """Draw a sunlit wall with the shadows of window bars and of a branch."""
    picture = _toned(mix(wall, WHITE, 0.12), glow=(0.3, 0.3), floor=2)
    light = Image.new("L", (SIDE // 4, SIDE // 4))
    pen = ImageDraw.Draw(light)
    for column in range(2):
        for row in range(3):
            x, y = 60 + column * 92, -10 + row * 74
            pen.polygon([(x, y + 30), (x + 82, y), (x + 82, y + 64), (x, y + 94)], fill=170)
    for index in range(9):
        x, y = 262 - index * 17, 24 + index * 9 + (index % 2) * 16
        pen.polygon(spline([(x, y), (x - 9, y + 16), (x - 4, y + 38), (x + 8, y + 18)], steps=5), fill=30)
    light = light.filter(ImageFilter.GaussianBlur(2.2)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    picture.paste(Image.new("RGB", picture.size, rgb("#fff3d6")), (0, 0), light)
    top = mix(mix(accent, wall, 0.8), WHITE, 0.4)
    _lay_table(picture, shade(top, 0.35), top, edge=860)
    return picture


def draw_table(wall: RGB, accent: RGB) -> Image.Image:
    """Draw a wooden tabletop in front of a blurred wall."""
    picture = _toned(wall, glow=(0.5, 0.3), floor=2)
    grain = np.random.default_rng(sum(accent)).normal(0, 1, (90, 8)).cumsum(0)
    grain = (grain - grain.min()) / (np.ptp(grain) or 1)
    stops = [(0, rgb("#8a5a34")), (0.5, rgb("#a8744a")), (1, rgb("#c08d5e"))]
    wood = Image.fromarray(ramp(stops)[(grain * 255).astype(np.uint8)]).resize((SIDE, 340), Image.Resampling.BICUBIC)
    shadow = Image.linear_gradient("L").resize((SIDE, 340)).point(lambda level: 90 - level * 90 // 255)
    wood.paste(rgb("#2c1a0e"), (0, 0, SIDE, 340), shadow)
    picture.paste(wood, (0, 860))
    ImageDraw.Draw(picture).rectangle((0, 860, SIDE, 864), fill=rgb("#d8ad7f"))
    canvas = Canvas(SIDE, SIDE, 1)
    clay = mix(accent, WHITE, 0.45)
    for lean in (-34, -8, 20, 44):
        canvas.puff(rotated(ellipse(150, 520, 34, 120), lean, (150, 690)), mix(rgb("#6f8f6a"), wall, 0.25), 0.25, 0.1)
    canvas.lathe(150, [(660, 50), (720, 92), (800, 100), (876, 70)], clay, "matte", 0.12)
    canvas.paint(ellipse(160, 886, 110, 16), rgb("#2c1a0e"), opacity=0.4, blur=10, behind=True)
    soft = canvas.image.crop((0, 340, 420, 940)).filter(ImageFilter.GaussianBlur(7))
    picture.paste(soft, (0, 340), soft)
    return picture


def draw_night(wall: RGB, accent: RGB) -> Image.Image:
    """Draw a dark room with a coloured glow and blurred lights."""
    picture = _toned(shade(wall, -0.72), glow=(0.5, 0.45), floor=0.76)
    canvas = Canvas(SIDE, SIDE, 1)
    canvas.paint(ellipse(600, 520, 360, 360), accent, opacity=0.42, blur=120)
    dice = np.random.default_rng(sum(wall))
    for _ in range(16):
        x, y, radius = dice.uniform(0, SIDE), dice.uniform(0, 640), dice.uniform(14, 46)
        canvas.paint(ellipse(x, y, radius, radius), mix(accent, WHITE, dice.uniform(0, 0.5)), opacity=0.2, blur=4)
    picture.paste(canvas.image, (0, 0), canvas.image)
    return picture


def draw_meadow(wall: RGB, accent: RGB) -> Image.Image:
    """Draw hills in the evening sun with a meadow in front."""
    picture = linear([(0, mix(wall, rgb("#8fb7d9"), 0.5)), (0.55, rgb("#ffe1b3")), (1, rgb("#ffc98a"))])(
        Image.new("L", (SIDE, SIDE))
    )
    canvas = Canvas(SIDE, SIDE, 1)
    canvas.paint(ellipse(860, 330, 90, 90), rgb("#fff6d8"), opacity=0.95, blur=3)
    canvas.paint(ellipse(860, 330, 220, 220), rgb("#fff0c4"), opacity=0.45, blur=70)
    hills = [("#9fb3b8", 560, 60, 2.1), ("#7f9f96", 650, 50, 3.0), ("#5f8b6c", 760, 40, 2.3)]
    for number, (tone, base, swing, waves) in enumerate(hills):
        ridge = [(x, base + swing * np.sin(x / SIDE * waves * 3.14 + number * 1.7)) for x in range(0, SIDE + 60, 60)]
        canvas.paint(
            [(0, SIDE), *ridge, (SIDE, SIDE)], linear([(0, shade(rgb(tone), 0.18)), (1, shade(rgb(tone), -0.15))])
        )
    canvas.paint(box(0, 860, SIDE, SIDE), linear([(0, rgb("#8fb45a")), (1, rgb("#5c8a3c"))]))
    dice = np.random.default_rng(7)
    for _ in range(260):
        x, y = dice.uniform(0, SIDE), dice.uniform(870, SIDE)
        tall = 10 + (y - 860) * 0.12
        canvas.paint(
            [(x - 2, y), (x + 2, y), (x + dice.uniform(-8, 8), y - tall)],
            rgb("#d3e08a" if dice.random() < 0.4 else "#49752f"),
            opacity=0.6,
        )
    picture.paste(canvas.image, (0, 0), canvas.image)
    return picture


SCENES: dict[str, Callable[[RGB, RGB], Image.Image]] = {
    "podium": draw_podium,
    "window": draw_window,
    "table": draw_table,
    "night": draw_night,
    "meadow": draw_meadow,
}


def _toned(wall: RGB, glow: tuple[float, float], floor: float) -> Image.Image:
    """Draw a wall lit from `glow` that ends at `floor`, both in shares of the side, with grain against banding."""
    small = SIDE // 6
    y, x = np.mgrid[0:small, 0:small] / small
    level = 1 - np.hypot(x - glow[0], y - glow[1]) * 0.85
    below = np.clip((y - floor) / 0.05, 0, 1)
    level = level * (1 - 0.25 * np.exp(-(((y - floor) / 0.03) ** 2))) + below * 0.2 * (1.2 - y)
    stops = [(0, shade(wall, -0.34)), (0.45, shade(wall, -0.06)), (0.75, shade(wall, 0.16)), (1, shade(wall, 0.5))]
    toned = Image.fromarray(ramp(stops, 1024)[(np.clip(level, 0, 1) * 1023).astype(np.int16)])
    toned = toned.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return ImageChops.add(toned, _grain(), offset=-2)


@cache
def _grain() -> Image.Image:
    """Return faint noise with values from 0 to 4, which is the same for every picture."""
    noise = np.random.default_rng(1).integers(0, 5, (SIDE, SIDE), np.uint8)
    return Image.fromarray(noise).convert("RGB")


def _lay_table(picture: Image.Image, light: RGB, dark: RGB, edge: int) -> None:
    top = linear([(0, light), (1, dark)])(Image.new("L", (SIDE, SIDE - edge)))
    picture.paste(top, (0, edge))
    ImageDraw.Draw(picture).rectangle((0, edge, SIDE, edge + 3), fill=shade(light, 0.35))
