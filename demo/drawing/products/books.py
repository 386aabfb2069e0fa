"""Drawings of books in three-quarter view: spine, cover and pages, each cover with its own art."""

from collections.abc import Callable

from PIL import Image

from demo.drawing.canvas import Canvas
from demo.drawing.colour import BLACK, WHITE, mix, rgb, shade
from demo.drawing.geometry import box, ellipse, rotated, rounded, spline
from demo.drawing.lettering import wrapped
from demo.drawing.light import linear
from demo.records import DemoProduct

WIDTH, HEIGHT, THICK = 620, 880, 96


def draw_book(product: DemoProduct) -> Canvas:
    """Draw a book with its spine to the left and its own cover art."""
    canvas, body = Canvas(), rgb(product.look.body)
    canvas.paint([(238, 92), (846, 58), (852, 70), (262, 106)], rgb("#efe6d2"))
    canvas.panel(_spine(product), [(160, 66), (250, 96), (250, 962), (160, 908)])
    canvas.panel(_cover(product), [(248, 96), (852, 62), (852, 916), (248, 962)])
    canvas.paint(
        [(160, 66), (762, 34), (852, 62), (250, 96)], linear([(0, shade(body, 0.1)), (1, shade(body, 0.3))], 0)
    )
    canvas.paint([(182, 68), (760, 38), (842, 62), (256, 92)], linear([(0, rgb("#d9cdb4")), (1, rgb("#fbf6e9"))], 0))
    for step in range(5):
        share = (step + 1) / 6
        line = [(182 + 74 * share, 68 + 24 * share), (760 + 82 * share, 38 + 24 * share)]
        canvas.paint([*line, (line[1][0], line[1][1] + 2), (line[0][0], line[0][1] + 2)], rgb("#b7a988"), opacity=0.5)
    canvas.paint([(248, 96), (262, 95), (262, 961), (248, 962)], WHITE, opacity=0.28, blur=3)
    canvas.paint([(276, 94), (286, 94), (286, 959), (276, 960)], BLACK, opacity=0.22, blur=3)
    return canvas


def _spine(product: DemoProduct) -> Image.Image:
    face, body, ink = Canvas(THICK, HEIGHT), rgb(product.look.body), rgb(product.look.label)
    stops = [(0, shade(body, -0.5)), (0.3, shade(body, -0.2)), (0.6, shade(body, -0.32)), (1, shade(body, -0.5))]
    face.paint(box(0, 0, THICK, HEIGHT), linear(stops, 0))
    title = product.name.removesuffix(", a novel")
    face.text(THICK / 2, HEIGHT * 0.42, title, 44, mix(ink, body, 0.15), bold=0.02, spacing=0.03, degrees=-90)
    face.paint(box(THICK * 0.3, HEIGHT * 0.88, THICK * 0.7, HEIGHT * 0.91), rgb(product.look.accent))
    return face.image


def _cover(product: DemoProduct) -> Image.Image:
    face = Canvas(WIDTH, HEIGHT)
    ART[product.look.words](face, product)
    face.paint(box(0, 0, WIDTH, HEIGHT), linear([(0, WHITE), (0.35, WHITE), (1, BLACK)], 30), opacity=0.06)
    return face.image


def _title(
    face: Canvas, product: DemoProduct, y: float, size: float, *, ink: str = "", left: float | None = None
) -> None:
    title, colour = product.name.removesuffix(", a novel"), rgb(ink or product.look.label)
    for number, line in enumerate(wrapped(title, size, WIDTH * 0.8, 0.03)):
        align, x = (0.5, WIDTH / 2) if left is None else (0.0, left)
        face.text(x, y + number * size * 1.08, line, size, colour, bold=0.03, align=align, fit=WIDTH * 0.86)


def _author(face: Canvas, name: str, y: float, ink: str, left: float | None = None) -> None:
    align, x = (0.5, WIDTH / 2) if left is None else (0.0, left)
    face.text(x, y, name.upper(), 27, rgb(ink), spacing=0.18, align=align)


def _lighthouse(face: Canvas, product: DemoProduct) -> None:
    night, glow = rgb(product.look.body), rgb(product.look.accent)
    face.paint(
        box(0, 0, WIDTH, HEIGHT), linear([(0, shade(night, -0.35)), (0.6, shade(night, 0.08)), (1, shade(night, 0.3))])
    )
    face.paint([(330, 452), (-40, 300), (-40, 520)], linear([(0, night), (1, glow)], 0), opacity=0.55)
    face.paint([(330, 452), (680, 330), (680, 560)], linear([(0, glow), (1, night)], 0), opacity=0.55)
    face.paint(ellipse(330, 452, 60, 60), glow, opacity=0.9, blur=18)
    face.paint([(302, 480), (358, 480), (384, 760), (276, 760)], rgb("#f5ead6"))
    for low, high in ((530, 580), (640, 690)):
        spread = [(302 - (y - 480) * 0.093, 358 + (y - 480) * 0.093, y) for y in (low, high)]
        face.paint(
            [(spread[0][0], low), (spread[0][1], low), (spread[1][1], high), (spread[1][0], high)], rgb("#c8452f")
        )
    face.paint(box(290, 470, 370, 484), rgb("#26313c"))
    face.paint(box(308, 432, 352, 472), glow)
    face.paint([(300, 434), (330, 404), (360, 434)], rgb("#c8452f"))
    for number, tone in enumerate(("#2a567c", "#1f4466", "#143350")):
        waves = [(x, 750 + number * 42 + (12 if (x // 62 + number) % 2 else -8)) for x in range(0, 683, 62)]
        face.paint([(0, HEIGHT), *spline(waves, closed=False), (WIDTH, HEIGHT)], rgb(tone))
    _title(face, product, 130, 108)
    _author(face, "Nadia Ferrow", 350, product.look.accent)


def _supper(face: Canvas, product: DemoProduct) -> None:
    face.paint(box(0, 0, WIDTH, HEIGHT), rgb(product.look.accent))
    face.paint(box(0, 0, WIDTH, 372), rgb(product.look.body))
    face.paint(ellipse(318, 640, 226, 226), BLACK, opacity=0.3, blur=22)
    face.puff(ellipse(310, 622, 226, 226), rgb("#fdfaf3"), 0.08, 0.3)
    face.paint(ellipse(310, 622, 156, 156), rgb("#efe8da"))
    face.puff(ellipse(310, 622, 138, 132), rgb("#d8752f"), 0.12, 0.4)
    for number in range(9):
        face.puff(rotated(ellipse(310, 560, 40, 16), number * 40, (310, 622)), rgb("#f2c14e"), 0.3, 0.3)
        face.puff(rotated(ellipse(310, 536, 22, 9), number * 40 + 18, (310, 622)), rgb("#4e8b3a"), 0.3, 0.2)
    face.puff(ellipse(310, 622, 34, 32), rgb("#fff7e0"), 0.3, 0.3)
    face.tube([(66, 430), (66, 820)], 14, rgb("#b9bdc2"), 0.8)
    for x in (46, 60, 74, 88):
        face.tube([(x, 420), (x, 520)], 7, rgb("#b9bdc2"), 0.8)
    _title(face, product, 104, 96, left=56)
    _author(face, "Ilse Morrow", 318, product.look.accent, left=58)


def _leaf(face: Canvas, product: DemoProduct) -> None:
    green, pink = rgb(product.look.body), rgb(product.look.accent)
    face.paint(box(0, 0, WIDTH, HEIGHT), rgb("#f6ead8"))
    face.paint(
        [*ellipse(310, 430, 236, 236, 180, 360), (546, 860), (74, 860)], linear([(0, pink), (1, shade(pink, 0.35))])
    )
    face.paint(box(300, 200, 320, 860), rgb("#f6ead8"))
    face.paint(box(74, 560, 546, 576), rgb("#f6ead8"))
    for x, tall, tone in ((170, 300, "#2f6b4f"), (310, 420, "#44885f"), (450, 270, "#21523b")):
        face.tube([(x, 800), (x, 790 - tall * 0.8)], 9, rgb(tone))
        for step in range(6):
            y, side = 770 - step * tall / 7, 1 if step % 2 else -1
            face.puff(rotated(ellipse(x + side * 46, y, 50, 19), -side * 32, (x, y)), rgb(tone), 0.25, 0.15)
        face.puff(rounded([(x - 62, 770), (x + 62, 770), (x + 46, 862), (x - 46, 862)], 10), rgb("#c8663f"), 0.16, 0.1)
    _title(face, product, 66, 74, ink="#21523b")
    face.paint(box(0, 860, WIDTH, HEIGHT), green)


def _bear(face: Canvas, product: DemoProduct) -> None:
    sun, fur = rgb(product.look.body), rgb(product.look.accent)
    face.paint(box(0, 0, WIDTH, HEIGHT), sun)
    for degrees in range(0, 360, 24):
        face.paint(rotated([(290, -300), (330, -300), (310, 520)], degrees, (310, 520)), shade(sun, 0.3), opacity=0.6)
    face.paint(box(0, 800, WIDTH, HEIGHT), rgb("#5a6b78"))
    for x in range(20, 640, 130):
        face.paint(box(x, 836, x + 70, 846), rgb("#fff7df"))
    for side in (-1, 1):
        face.puff(ellipse(310 + side * 118, 368, 52, 52), fur, 0.25, 0.1)
        face.puff(ellipse(310 + side * 118, 368, 26, 26), rgb("#d9a06b"), 0.3, 0.1)
    face.puff(ellipse(310, 450, 160, 142), fur, 0.2, 0.12)
    face.puff(ellipse(310, 500, 74, 56), rgb("#d9a06b"), 0.25, 0.1)
    face.paint(ellipse(310, 478, 26, 18), rgb("#2b1a10"))
    for side in (-1, 1):
        face.paint(ellipse(310 + side * 64, 428, 15, 17), rgb("#2b1a10"))
        face.paint(ellipse(314 + side * 64, 422, 5, 5), WHITE)
        face.paint(ellipse(310 + side * 100, 486, 24, 16), rgb("#e8836b"), opacity=0.5, blur=5)
    face.puff(box(80, 570, 540, 800, 46), rgb("#d8432f"), 0.1, 0.35)
    for x in (120, 222, 324, 426):
        face.puff(box(x, 606, x + 78, 680, 14), rgb("#bfe6ef"), 0.1, 0.5)
    for x in (180, 440):
        face.puff(ellipse(x, 800, 50, 50), rgb("#2a2f36"), 0.2, 0.2)
        face.puff(ellipse(x, 800, 22, 22), rgb("#c9ced4"), 0.3, 0.4)
    _title(face, product, 96, 88)
    _author(face, "Otto Lindqvist", 748, "#fff3d6")


def _train(face: Canvas, product: DemoProduct) -> None:
    night, coral = rgb(product.look.body), rgb(product.look.accent)
    face.paint(
        box(0, 0, WIDTH, HEIGHT),
        linear([(0, shade(night, -0.5)), (0.55, mix(night, coral, 0.35)), (0.62, coral), (1, night)]),
    )
    face.paint(ellipse(430, 480, 100, 100), rgb("#ffd9b0"), opacity=0.95)
    peaks = [
        (0, 560),
        (110, 440),
        (210, 540),
        (320, 400),
        (450, 550),
        (540, 470),
        (620, 540),
        (620, HEIGHT),
        (0, HEIGHT),
    ]
    face.paint(peaks, linear([(0, rgb("#4a3566")), (1, rgb("#1a1229"))]))
    face.paint([(0, HEIGHT), (0, 640), (250, 610), (620, 660), (620, HEIGHT)], rgb("#120c1f"))
    for side in (-1, 1):
        face.paint(
            [(310 + side * 14, 640), (310 + side * 20, 640), (310 + side * 210, HEIGHT), (310 + side * 180, HEIGHT)],
            coral,
        )
    for step in range(7):
        y, spread = 650 + step * step * 5.5, 26 + step * step * 5
        face.paint(box(310 - spread, y, 310 + spread, y + 4 + step), shade(coral, -0.35))
    face.puff(box(262, 536, 358, 650, 24), rgb("#221836"), 0.12, 0.3)
    face.paint(ellipse(310, 622, 60, 40), rgb("#ffe7b0"), opacity=0.8, blur=16)
    for x in (284, 336):
        face.paint(ellipse(x, 622, 9, 9), rgb("#fff8e0"))
    face.paint(box(278, 556, 342, 592, 8), rgb("#ffd88a"))
    _title(face, product, 120, 110, left=50)
    _author(face, "J. B. Harrow", 800, product.look.label)


ART: dict[str, Callable[[Canvas, DemoProduct], None]] = {
    "lighthouse": _lighthouse,
    "supper": _supper,
    "leaf": _leaf,
    "bear": _bear,
    "train": _train,
}
