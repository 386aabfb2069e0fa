"""Creator portraits: flat, friendly, and lit from the upper left."""

from collections.abc import Callable

from PIL import Image

from demo.drawing.canvas import Canvas
from demo.drawing.colour import BLACK, RGB, WHITE, rgb, shade
from demo.drawing.geometry import Points, bezier, box, ellipse, mirrored, rounded, spline
from demo.drawing.light import linear
from demo.records import DemoCreator, Portrait

MIDDLE = 256
SHOULDERS: Points = [(256, 372), (330, 392), (430, 424), (480, 540), (32, 540), (82, 424), (182, 392)]


def draw_portrait(creator: DemoCreator) -> Image.Image:
    """Draw a creator's portrait, 512 x 512 RGB."""
    portrait, canvas = creator.portrait, Canvas(512, 512, 1.5)
    wall, skin, hair = rgb(portrait.wall), rgb(portrait.skin), rgb(portrait.hair)
    canvas.paint(box(0, 0, 512, 512), linear([(0, shade(wall, 0.25)), (1, shade(wall, -0.1))], 60))
    canvas.paint(ellipse(256, 270, 205, 205), shade(wall, 0.4), opacity=0.6)
    behind, front = STYLES[portrait.style]
    behind(canvas, hair, portrait)
    canvas.paint(
        spline(SHOULDERS, steps=8),
        linear([(0, shade(rgb(portrait.shirt), 0.15)), (1, shade(rgb(portrait.shirt), -0.2))]),
    )
    canvas.paint(rounded([(212, 300), (300, 300), (312, 410), (256, 436), (200, 410)], 18), shade(skin, -0.14))
    _head(canvas, skin, hair, portrait)
    front(canvas, hair, portrait)
    _features(canvas, skin, hair, portrait)
    return canvas.image.convert("RGB").resize((512, 512), Image.Resampling.LANCZOS)


def _head(canvas: Canvas, skin: RGB, hair: RGB, portrait: Portrait) -> None:
    for side in (-1, 1):
        canvas.paint(ellipse(MIDDLE + side * 108, 262, 20, 28), shade(skin, -0.08))
        canvas.paint(ellipse(MIDDLE + side * 108, 262, 10, 16), shade(skin, -0.24))
        if portrait.extra == "earrings":
            canvas.puff(ellipse(MIDDLE + side * 112, 304, 13, 13), rgb("#f2c14e"), 0.3, 0.9)
    jaw = mirrored([(256, 122), (330, 140), (364, 210), (360, 280), (330, 350), (256, 388)], MIDDLE)
    outline = spline([*jaw[:6], *jaw[7:-1]], steps=10)
    canvas.paint(outline, linear([(0, shade(skin, 0.1)), (0.6, skin), (1, shade(skin, -0.12))], 35))
    if portrait.beard:
        low = spline(
            [
                (150, 270),
                (168, 300),
                (200, 312),
                (256, 306),
                (312, 312),
                (344, 300),
                (362, 270),
                (340, 356),
                (256, 398),
                (172, 356),
            ]
        )
        canvas.paint(low, hair, opacity=0.92)
        canvas.paint(spline([(206, 322), (256, 308), (306, 322), (256, 336)]), hair)


def _features(canvas: Canvas, skin: RGB, hair: RGB, portrait: Portrait) -> None:
    for side in (-1, 1):
        x = MIDDLE + side * 48
        canvas.paint(ellipse(x, 256, 17, 13), WHITE)
        canvas.paint(ellipse(x, 257, 11, 12), rgb("#2b1d16"))
        canvas.paint(ellipse(x + 4, 252, 4, 4), WHITE)
        lash = bezier((x - 20, 250), (x - 10, 236), (x + 10, 236), (x + 20, 250), steps=10)
        canvas.tube(lash, 5, rgb("#1d1512"), 0)
        brow = bezier((x - 24, 222), (x - 8, 210), (x + 10, 210), (x + 24, 220), steps=10)
        canvas.tube(brow, 8, hair if portrait.style != "scarf" else rgb("#2b1b17"), 0)
        canvas.paint(ellipse(MIDDLE + side * 70, 304, 24, 15), rgb("#e8604c"), opacity=0.26, blur=7)
    canvas.paint(spline([(256, 280), (270, 302), (256, 310), (242, 302)]), shade(skin, -0.18), opacity=0.6)
    mouth = [
        *bezier((216, 330), (236, 340), (276, 340), (296, 330)),
        *bezier((296, 330), (284, 362), (228, 362), (216, 330)),
    ]
    canvas.paint(mouth, rgb("#8c2f2a"))
    canvas.paint([*bezier((222, 333), (240, 342), (272, 342), (290, 333)), (280, 345), (232, 345)], WHITE, within=mouth)
    if portrait.glasses:
        _glasses(canvas)


def _glasses(canvas: Canvas) -> None:
    for side in (-1, 1):
        x = MIDDLE + side * 50
        canvas.paint(ellipse(x, 256, 38, 34), WHITE, opacity=0.16)
        canvas.paint([*ellipse(x, 256, 42, 38), *reversed(ellipse(x, 256, 36, 32))], rgb("#20232b"))
        canvas.paint(box(MIDDLE + side * 92 - 12, 248, MIDDLE + side * 92 + 12, 255, 3), rgb("#20232b"))
    canvas.tube(bezier((248, 252), (252, 244), (260, 244), (264, 252), steps=8), 6, rgb("#20232b"), 0.2)


def _no_back_hair(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    """Draw nothing: this style has no hair behind the head."""


def _bun(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    canvas.puff(ellipse(256, 84, 66, 60), hair, 0.25, 0.25)
    canvas.paint(ellipse(256, 216, 122, 118), hair)
    canvas.puff(box(206, 118, 306, 138, 10), rgb(portrait.shirt), 0.3, 0.2)


def _bun_front(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    canvas.paint(
        [*ellipse(256, 232, 116, 116, 190, 350), *bezier((356, 206), (310, 158), (202, 158), (156, 206))], hair
    )
    for x in (206, 236, 266, 296):
        canvas.tube(bezier((x, 168), (x + 2, 140), (256, 130), (256, 120), steps=8), 4, shade(hair, 0.2), 0)


def _short(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    top = [
        (142, 236),
        (136, 170),
        (170, 112),
        (240, 86),
        (320, 96),
        (368, 140),
        (374, 236),
        (352, 190),
        (300, 168),
        (236, 176),
        (180, 170),
        (156, 200),
    ]
    canvas.paint(spline(top), linear([(0, shade(hair, 0.2)), (1, shade(hair, -0.15))], 40))


def _scarf(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    cloth = rgb(portrait.extra)
    canvas.puff(
        spline(
            [
                (256, 72),
                (370, 120),
                (404, 250),
                (386, 360),
                (420, 470),
                (256, 500),
                (92, 470),
                (126, 360),
                (108, 250),
                (142, 120),
            ]
        ),
        cloth,
        0.16,
        0.12,
    )


def _scarf_front(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    cloth = rgb(portrait.extra)
    outer = spline(
        [
            (256, 70),
            (372, 120),
            (400, 250),
            (372, 360),
            (300, 420),
            (256, 428),
            (212, 420),
            (140, 360),
            (112, 250),
            (140, 120),
        ]
    )
    inner = spline(
        [
            (256, 142),
            (326, 164),
            (346, 240),
            (336, 310),
            (300, 362),
            (256, 384),
            (212, 362),
            (176, 310),
            (166, 240),
            (186, 164),
        ]
    )
    canvas.paint(
        [*outer, outer[0], inner[0], *reversed(inner)], linear([(0, shade(cloth, 0.25)), (1, shade(cloth, -0.2))], 30)
    )
    for start, end in (((150, 340), (320, 424)), ((172, 372), (300, 424))):
        fold = bezier(start, (start[0] + 20, start[1] + 50), (end[0] - 30, end[1] - 10), end, steps=12)
        canvas.paint([*fold, *((x, y + 7) for x, y in reversed(fold))], shade(cloth, -0.45), opacity=0.4, blur=3)


def _curls(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    spots = (
        (150, 190, 40),
        (170, 136, 44),
        (216, 100, 48),
        (270, 90, 50),
        (322, 110, 46),
        (358, 156, 42),
        (368, 206, 34),
        (142, 232, 28),
        (206, 144, 42),
        (260, 136, 44),
        (312, 150, 40),
    )
    for number, (x, y, radius) in enumerate(spots):
        canvas.puff(ellipse(x, y, radius, radius * 0.92), shade(hair, 0.04 * (number % 3)), 0.22, 0.2)


def _bob(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    canvas.puff(
        spline(
            [(256, 90), (370, 130), (402, 260), (392, 372), (330, 392), (182, 392), (120, 372), (110, 260), (142, 130)]
        ),
        hair,
        0.12,
        0.3,
    )


def _bob_front(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    fringe = [*ellipse(256, 216, 126, 118, 184, 356), (372, 236), (346, 214), (256, 206), (166, 214), (140, 236)]
    canvas.paint(fringe, linear([(0, shade(hair, 0.3)), (0.5, hair), (1, shade(hair, -0.2))], 80))
    for side in (-1, 1):
        lock = [
            (MIDDLE + side * 112, 190),
            (MIDDLE + side * 138, 240),
            (MIDDLE + side * 130, 372),
            (MIDDLE + side * 96, 366),
            (MIDDLE + side * 108, 280),
        ]
        canvas.paint(spline(lock), hair)
    canvas.paint(ellipse(206, 152, 46, 12), WHITE, opacity=0.25, blur=7)


def _long(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    canvas.puff(
        spline(
            [(256, 96), (366, 140), (396, 270), (420, 420), (380, 500), (132, 500), (92, 420), (116, 270), (146, 140)]
        ),
        hair,
        0.12,
        0.25,
    )


def _long_front(canvas: Canvas, hair: RGB, portrait: Portrait) -> None:
    for side in (-1, 1):
        lock = [
            (256, 150),
            (MIDDLE + side * 90, 172),
            (MIDDLE + side * 122, 260),
            (MIDDLE + side * 132, 400),
            (MIDDLE + side * 100, 350),
            (MIDDLE + side * 98, 240),
        ]
        canvas.paint(spline(lock), hair)
    wool = rgb(portrait.shirt)
    canvas.puff([*ellipse(256, 190, 130, 124, 180, 360), (386, 196), (126, 196)], wool, 0.16, 0.1)
    canvas.puff(box(118, 158, 394, 208, 22), shade(wool, 0.14), 0.2, 0.1)
    for x in range(134, 390, 18):
        canvas.paint(box(x, 164, x + 4, 202, 2), BLACK, opacity=0.14)
    canvas.puff(ellipse(256, 58, 34, 32), rgb("#f7efe0"), 0.3, 0.05)


type HairPainter = Callable[[Canvas, RGB, Portrait], None]
STYLES: dict[str, tuple[HairPainter, HairPainter]] = {
    "bun": (_bun, _bun_front),
    "short": (_no_back_hair, _short),
    "scarf": (_scarf, _scarf_front),
    "curly": (_no_back_hair, _curls),
    "bob": (_bob, _bob_front),
    "long": (_long, _long_front),
}
"""For each hair style, the functions that paint the hair behind and in front of the head."""
