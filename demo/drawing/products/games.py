"""Drawings of game cases with cover art, and a controller."""

import math
from collections.abc import Callable

from PIL import Image

from demo.drawing.canvas import Canvas
from demo.drawing.colour import BLACK, WHITE, mix, rgb, shade
from demo.drawing.geometry import bezier, box, ellipse, moved, rotated, spline
from demo.drawing.lettering import wrapped
from demo.drawing.light import linear, radial
from demo.records import DemoProduct

WIDTH, HEIGHT = 640, 860


def draw_game(product: DemoProduct) -> Canvas:
    """Draw a game case in three-quarter view: clear plastic around the printed cover."""
    canvas, body = Canvas(), rgb(product.look.body)
    plastic = mix(shade(body, 0.2), WHITE, 0.1)
    canvas.paint(
        [(150, 84), (216, 60), (216, 960), (150, 916)],
        linear([(0, shade(plastic, -0.5)), (1, shade(plastic, -0.1))], 0),
    )
    canvas.paint(
        [(216, 60), (862, 84), (862, 926), (216, 960)],
        linear([(0, shade(plastic, 0.15)), (1, shade(plastic, -0.1))], 40),
    )
    canvas.panel(_sleeve(product), [(228, 74), (850, 98), (850, 912), (228, 944)])
    canvas.paint([(228, 74), (520, 85), (300, 942), (228, 944)], WHITE, opacity=0.1)
    canvas.paint([(216, 60), (224, 60), (224, 959), (216, 960)], WHITE, opacity=0.55, blur=2)
    spine = Canvas(760, 60)
    spine.text(380, 30, product.name.upper(), 36, rgb(product.look.label), bold=0.03, spacing=0.1, fit=720)
    canvas.panel(spine.image.rotate(-90, expand=True), [(160, 130), (208, 114), (208, 904), (160, 868)])
    return canvas


def _sleeve(product: DemoProduct) -> Image.Image:
    face = Canvas(WIDTH, HEIGHT)
    ART[product.look.words](face, product)
    face.paint(box(0, 780, WIDTH, HEIGHT), BLACK, opacity=0.5)
    face.text(30, 822, product.brand.upper(), 26, WHITE, spacing=0.2, align=0, fit=420)
    face.paint(box(524, 796, 612, 846, 8), rgb(product.look.accent))
    face.text(568, 821, "DIGITAL", 19, shade(rgb(product.look.body), -0.6), bold=0.02)
    lines = wrapped(product.name, 96, WIDTH * 0.86, 0.05)
    for number, line in enumerate(lines):
        for shift, tone in ((7, shade(rgb(product.look.body), -0.7)), (0, rgb(product.look.label))):
            face.text(WIDTH / 2 + shift * 0.4, 100 + number * 96 + shift, line, 96, tone, bold=0.045, fit=WIDTH * 0.9)
    return face.image


def _island(face: Canvas, product: DemoProduct) -> None:
    sea, sand = rgb(product.look.body), rgb(product.look.accent)
    face.paint(
        box(0, 0, WIDTH, HEIGHT),
        linear(
            [(0, rgb("#12566f")), (0.35, rgb("#f08a5d")), (0.5, sand), (0.54, shade(sea, 0.4)), (1, shade(sea, -0.4))]
        ),
    )
    face.paint(ellipse(320, 440, 150, 150), rgb("#fff3c4"), opacity=0.95, within=box(0, 0, WIDTH, 455))
    for number in range(10):
        y = 470 + number * 26
        face.paint(box(320 - 120 + number * 9, y, 320 + 120 - number * 9, y + 7, 3), rgb("#fff1c0"), opacity=0.5)
    face.puff(spline([(90, 660), (220, 560), (420, 560), (560, 660), (320, 710)]), rgb("#7fa650"), 0.2, 0.1)
    face.puff(spline([(70, 668), (320, 640), (580, 668), (430, 800), (320, 850), (210, 800)]), rgb("#8a6242"), 0.2, 0.1)
    for x, y, size in ((220, 560, 1.0), (340, 530, 1.35), (450, 574, 0.85)):
        face.puff(box(x - 40 * size, y, x + 40 * size, y + 70 * size), rgb("#f3e2c0"), 0.1, 0.1)
        face.puff([(x - 56 * size, y + 6), (x, y - 62 * size), (x + 56 * size, y + 6)], rgb("#d9503f"), 0.15, 0.2)
        face.paint(box(x - 12 * size, y + 26 * size, x + 12 * size, y + 70 * size, 10), rgb("#6b4226"))
        face.paint(box(x + 18 * size, y + 18 * size, x + 32 * size, y + 36 * size), rgb("#ffcf57"))
    face.tube([(520, 660), (516, 560), (540, 490)], 13, rgb("#8a5a34"))
    for degrees in range(0, 360, 60):
        face.puff(rotated(ellipse(580, 488, 46, 12), degrees, (540, 488)), rgb("#3f8a54"), 0.3, 0.1)


def _tram(face: Canvas, product: DemoProduct) -> None:
    night, amber = rgb(product.look.body), rgb(product.look.accent)
    face.paint(
        box(0, 0, WIDTH, HEIGHT),
        linear([(0, shade(night, -0.45)), (0.6, mix(night, amber, 0.45)), (1, shade(night, -0.3))]),
    )
    for number in range(16):
        x, tall = number * 42, 160 + (number * 97) % 210
        face.paint(box(x, 620 - tall, x + 40, 700), shade(night, -0.25 - (number % 3) * 0.12))
        for window in range(7):
            if (number * 7 + window * 5) % 3:
                face.paint(
                    box(
                        x + 8 + 16 * (window % 2),
                        640 - tall + 26 * (window // 2),
                        x + 16 + 16 * (window % 2),
                        652 - tall + 26 * (window // 2),
                    ),
                    amber,
                    opacity=0.8,
                )
    face.paint([(0, 690), (WIDTH, 690), (WIDTH, HEIGHT), (0, HEIGHT)], shade(night, -0.6))
    face.paint([(220, 640), (420, 640), (600, 860), (40, 860)], amber, opacity=0.35, blur=26)
    face.puff(box(196, 420, 444, 730, 44), rgb("#c9402f"), 0.1, 0.5)
    face.puff(box(196, 600, 444, 650), rgb("#f5e4c4"), 0.1, 0.3)
    face.paint(box(222, 470, 418, 590, 20), linear([(0, rgb("#fff1bf")), (1, amber)]))
    face.paint(box(316, 470, 324, 590), rgb("#5c1b14"))
    face.paint(ellipse(270, 560, 22, 26), rgb("#2b1b2d"))
    face.paint(box(240, 578, 300, 600, 12), rgb("#2b1b2d"))
    face.paint(box(268, 434, 372, 460, 8), rgb("#1b1020"))
    face.text(320, 447, "LAST", 20, amber, bold=0.03, spacing=0.2)
    for x in (236, 404):
        face.paint(ellipse(x, 676, 40, 40), WHITE, opacity=0.5, blur=14)
        face.puff(ellipse(x, 676, 20, 20), rgb("#fff6d6"), 0.3, 0.5)
    face.tube([(320, 420), (280, 370), (320, 330)], 6, shade(night, 0.4))
    face.paint(box(0, 326, WIDTH, 329), shade(night, 0.4), opacity=0.7)


def _rally(face: Canvas, product: DemoProduct) -> None:
    red, yellow = rgb(product.look.body), rgb(product.look.accent)
    face.paint(box(0, 0, WIDTH, HEIGHT), rgb("#3aa7c9"))
    for degrees in range(0, 360, 20):
        face.paint(rotated([(300, -500), (370, -500), (320, 560)], degrees, (320, 560)), rgb("#63c3dd"), opacity=0.7)
    face.paint(
        [(0, 620), (WIDTH, 520), (WIDTH, HEIGHT), (0, HEIGHT)], linear([(0, rgb("#fdf6e3")), (1, rgb("#e2d6b6"))])
    )
    for step in range(9):
        face.paint(
            [(0, 650 + step * 34), (WIDTH, 550 + step * 34), (WIDTH, 553 + step * 34), (0, 653 + step * 34)],
            rgb("#8fc6dd"),
            opacity=0.8,
        )
    for x, y, size, tone in ((430, 470, 0.6, yellow), (250, 600, 1.15, red)):
        parts = (
            ([(-170, 40), (-120, -30), (170, -40), (200, 40), (190, 80), (-180, 84)], 0),
            ([(-90, -30), (-30, -104), (80, -104), (130, -38)], 0.25),
            ([(-170, 40), (-120, -30), (-20, -34), (-60, 82), (-180, 84)], -0.2),
        )
        for points, change in parts:
            face.paint(
                moved(points, x, y, size), linear([(0, shade(tone, change + 0.1)), (1, shade(tone, change - 0.15))], 30)
            )
        face.paint(moved([(-60, -34), (-18, -88), (28, -88), (28, -36)], x, y, size), rgb("#d9f3fb"))
        face.paint(moved([(40, -36), (40, -88), (72, -88), (104, -38)], x, y, size), rgb("#b6e2ef"))
        for wheel in (-100, 120):
            face.puff(moved(ellipse(wheel, 84, 46, 46), x, y, size), rgb("#2b2b33"), 0.3, 0.2)
            face.puff(moved(ellipse(wheel, 84, 18, 18), x, y, size), rgb("#f4f1ea"), 0.3, 0.2)
        face.paint(moved(ellipse(14, 28, 34, 34), x, y, size), WHITE)
        face.text(x + 14 * size, y + 28 * size, "7", 50 * size, shade(tone, -0.4), bold=0.06)
    for number in range(14):
        x, y = 30 + (number * 151) % 600, 330 + (number * 83) % 420
        face.paint(rotated(box(x, y, x + 22, y + 12), number * 40, (x, y)), (yellow, WHITE, red)[number % 3])


def _orbit(face: Canvas, product: DemoProduct) -> None:
    space, glow = rgb(product.look.body), rgb(product.look.accent)
    face.paint(box(0, 0, WIDTH, HEIGHT), linear([(0, space), (1, rgb("#1c2a5e"))]))
    for number in range(130):
        x, y = (number * 197) % WIDTH, (number * 331) % HEIGHT
        face.paint(ellipse(x, y, 1 + number % 3, 1 + number % 3), WHITE, opacity=0.3 + (number % 5) * 0.14)
    face.paint(ellipse(470, 760, 420, 420), glow, opacity=0.35, blur=60)
    face.paint(
        ellipse(470, 800, 380, 380),
        radial([(0, rgb("#4f7bd9")), (0.6, rgb("#1d2f73")), (1, rgb("#080c22"))], 0.25, 0.15, 0.9),
    )
    for degrees, tone in ((0, "#dfe7f2"), (60, "#b9c6da"), (120, "#93a4be")):
        face.tube(rotated([(140, 440), (320, 440), (500, 440)], degrees - 20, (320, 440)), 13, rgb(tone), 0.6)
    ring = [*ellipse(320, 440, 210, 150), *reversed(ellipse(320, 440, 176, 120))]
    face.paint(rotated(ring, -20, (320, 440)), linear([(0, WHITE), (0.5, rgb("#7f90ab")), (1, rgb("#2b3752"))], 30))
    for number in range(12):
        angle = math.radians(number * 30)
        spot = (320 + math.cos(angle) * 193, 440 + math.sin(angle) * 135)
        face.paint(rotated(ellipse(*spot, 9, 7), -20, (320, 440)), glow if number % 3 else rgb("#ff7a59"))
    face.puff(ellipse(320, 440, 64, 60), rgb("#c9d4e6"), 0.3, 0.8)
    face.paint(ellipse(320, 440, 26, 24), glow)
    face.puff(ellipse(120, 640, 20, 26), rgb("#f4f6fa"), 0.3, 0.5)
    face.paint(ellipse(124, 634, 11, 10), rgb("#ff9a3c"))
    face.puff(box(104, 660, 138, 706, 12), rgb("#e6eaf2"), 0.2, 0.3)


ART: dict[str, Callable[[Canvas, DemoProduct], None]] = {
    "island": _island,
    "tram": _tram,
    "rally": _rally,
    "orbit": _orbit,
}


def draw_controller(product: DemoProduct) -> Canvas:
    """Draw a wireless controller from the front."""
    canvas, shell, accent, dark = Canvas(), rgb(product.look.body), rgb(product.look.accent), rgb(product.look.label)
    for side in (-1, 1):
        canvas.puff(
            rotated(box(500 + side * 240 - 110, 236, 500 + side * 240 + 110, 330, 40), side * 8, (500, 300)),
            accent,
            0.25,
            0.6,
        )
    half = [
        (500, 286),
        (660, 262),
        (800, 290),
        (890, 430),
        (950, 660),
        (930, 790),
        (860, 810),
        (770, 730),
        (690, 650),
        (500, 640),
    ]
    outline = spline([*half, *((1000 - x, y) for x, y in reversed(half[1:-1]))], steps=14)
    canvas.puff(outline, shell, 0.2, 0.4)
    canvas.paint(
        spline([(380, 300), (620, 300), (600, 420), (500, 446), (400, 420)]),
        linear([(0, shade(shell, -0.16)), (1, shade(shell, -0.04))]),
    )
    for x, y in ((366, 570), (634, 570)):
        canvas.paint(ellipse(x, y, 88, 88), shade(shell, -0.3))
        canvas.puff(ellipse(x, y, 80, 80), dark, 0.2, 0.5)
        canvas.puff(ellipse(x, y - 4, 58, 58), shade(dark, 0.12), 0.3, 0.35)
        canvas.paint([*ellipse(x, y - 4, 60, 60), *reversed(ellipse(x, y - 4, 54, 54))], accent)
    for degrees in (0, 90):
        canvas.puff(rotated(box(186, 432, 314, 476, 10), degrees, (250, 454)), dark, 0.2, 0.4)
    for number, (dx, dy) in enumerate(((0, -56), (56, 0), (0, 56), (-56, 0))):
        tone = (rgb("#f2c14e"), rgb("#e4572e"), rgb("#46b3a5"), accent)[number]
        canvas.puff(ellipse(750 + dx, 440 + dy, 33, 33), tone, 0.3, 0.8)
        canvas.text(750 + dx, 439 + dy, "YBAX"[number], 30, WHITE, bold=0.03)
    canvas.text(500, 356, product.brand.upper(), 32, dark, bold=0.02, spacing=0.16)
    for x in (440, 560):
        canvas.puff(box(x - 20, 392, x + 20, 410, 9), dark, 0.3, 0.3)
    canvas.paint(
        bezier((240, 320), (330, 282), (400, 300), (470, 300), steps=10)
        + bezier((470, 312), (400, 312), (330, 300), (250, 340), steps=10),
        WHITE,
        opacity=0.6,
        blur=6,
    )
    return canvas
