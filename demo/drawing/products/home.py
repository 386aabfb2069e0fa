"""Drawings of a dome lamp, a cushion, a monstera, a candle and a vase."""

from demo.drawing.canvas import Canvas
from demo.drawing.colour import BLACK, WHITE, mix, rgb, shade
from demo.drawing.geometry import bezier, box, ellipse, moved, rotated, spline
from demo.drawing.labels import draw_label
from demo.drawing.light import linear, radial
from demo.records import DemoProduct


def draw_lamp(product: DemoProduct) -> Canvas:
    """Draw a lit dome lamp on a brass stem."""
    canvas, shell, brass, light = Canvas(), rgb(product.look.body), rgb(product.look.accent), rgb(product.look.label)
    canvas.paint(
        [(170, 470), (830, 470), (760, 950), (240, 950)],
        linear([(0, light), (1, mix(light, shell, 0.3))]),
        opacity=0.25,
        blur=40,
    )
    canvas.lathe(500, [(890, 190), (905, 210), (936, 214)], brass, "metal", 0.14)
    canvas.rim(500, 892, 196, linear([(0, shade(brass, 0.7)), (1, shade(brass, -0.15))], 15), 0.14)
    canvas.lathe(500, [(430, 17), (900, 17)], brass, "metal", 0.14)
    canvas.paint(ellipse(500, 462, 330, 58), radial([(0, WHITE), (0.4, light), (1, mix(light, shell, 0.6))], reach=0.6))
    canvas.paint(ellipse(500, 470, 120, 40), WHITE, opacity=0.9, blur=16)
    dome = [*bezier((110, 36), (130, 200), (270, 330), (462, 334), steps=30)]
    outline = [
        *((500 + w, y) for y, w in dome),
        *ellipse(500, 462, 334, 56, 0, 180),
        *((500 - w, y) for y, w in reversed(dome)),
    ]
    tones = [
        (0, shade(shell, -0.3)),
        (0.2, shade(shell, 0.12)),
        (0.32, shade(shell, 0.5)),
        (0.45, shade(shell, 0.1)),
        (0.8, shade(shell, -0.25)),
        (1, shade(shell, -0.5)),
    ]
    lid = [
        *((500 + w, y) for y, w in dome),
        *reversed(ellipse(500, 452, 334, 26, 180, 360)),
        *((500 - w, y) for y, w in reversed(dome)),
    ]
    canvas.paint(
        outline,
        linear(tones, 12),
        within=[*lid[: len(dome)], *ellipse(500, 462, 334, 20, 0, 180), *((500 - w, y) for y, w in reversed(dome))],
    )
    canvas.paint(
        [*ellipse(500, 464, 334, 22, 0, 180), *reversed(ellipse(500, 458, 334, 18, 0, 180))], shade(light, 0.2)
    )
    canvas.paint(ellipse(370, 260, 46, 90), WHITE, opacity=0.28, blur=22)
    canvas.puff(ellipse(500, 96, 30, 34), brass, 0.3, 1)
    canvas.text(500, 926, product.brand.upper(), 22, shade(brass, -0.6), spacing=0.24)
    return canvas


def draw_cushion(product: DemoProduct) -> Canvas:
    """Draw a plump piped cushion with a woven label."""
    canvas, linen, piping = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    corners = [(80, 110), (500, 150), (920, 110), (872, 500), (920, 890), (500, 858), (80, 890), (128, 500)]
    outline = spline(corners, steps=16)
    canvas.puff(moved(outline, -16, -16, 1.033), piping, 0.03, 0.1)
    canvas.puff(outline, linen, 0.2, 0.06, lift=0.8)
    for x in range(100, 910, 13):
        canvas.paint(box(x, 120, x + 3, 880), BLACK if x % 2 else WHITE, opacity=0.05, within=outline)
    for y in range(130, 880, 13):
        canvas.paint(box(90, y, 910, y + 3), WHITE if y % 2 else BLACK, opacity=0.05, within=outline)
    for start, end in (
        ((120, 150), (330, 330)),
        ((880, 150), (690, 320)),
        ((120, 850), (320, 690)),
        ((880, 850), (690, 680)),
        ((500, 160), (470, 300)),
    ):
        fold = bezier(start, (start[0] * 0.6 + end[0] * 0.4, end[1]), end, end, steps=10)
        canvas.paint(
            [*fold, *((x + 16, y + 8) for x, y in reversed(fold))],
            shade(linen, -0.5),
            opacity=0.35,
            blur=12,
            within=outline,
        )
    for x in (300, 400, 500, 600, 700):
        for y in (400, 500, 600):
            canvas.paint(
                rotated(box(x - 22, y - 3, x + 22, y + 3, 3), 45 if (x + y) // 100 % 2 else -45, (x, y)),
                piping,
                opacity=0.85,
            )
    canvas.paint(box(730, 770, 850, 822, 4), rgb(product.look.label))
    canvas.text(790, 796, product.brand.upper(), 24, shade(linen, -0.6), spacing=0.1, fit=108)
    return canvas


def draw_plant(product: DemoProduct) -> Canvas:
    """Draw a young monstera in a clay pot."""
    canvas, clay, green = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    stems = (
        (500, 330, 0, 1.15),
        (270, 380, -46, 0.95),
        (735, 390, 44, 0.95),
        (360, 170, -22, 0.9),
        (650, 180, 24, 0.85),
        (180, 560, -76, 0.6),
        (820, 570, 76, 0.62),
    )
    for number, (x, y, _, _) in enumerate(stems):
        canvas.tube(
            bezier((500 + (x - 500) * 0.15, 700), (500 + (x - 500) * 0.3, 560), (x, y + 160), (x, y), steps=20),
            14,
            shade(green, -0.1 * (number % 2)),
        )
    for number, (x, y, lean, size) in sorted(enumerate(stems), key=lambda item: -item[1][3] * 0 + item[1][1]):
        _leaf(canvas, x, y, lean, size * 1.05, shade(green, (0.12, -0.12, 0.02, -0.22, 0.08, 0.18, -0.05)[number]))
    canvas.lathe(500, [(700, 176), (930, 128), (944, 120)], clay, "matte", 0.12)
    canvas.lathe(500, [(640, 200), (706, 194)], shade(clay, 0.06), "matte", 0.12)
    canvas.paint(ellipse(500, 642, 198, 23), shade(clay, -0.2))
    canvas.paint(ellipse(500, 646, 180, 18), rgb("#3b2a1f"))
    for x in (470, 490, 505, 522):
        canvas.tube([(x, 560), (x + 2, 600), (x + (500 - x) * 0.3, 648)], 13, shade(green, -0.15))
    canvas.wrap(draw_label(product, 220, 110, rgb(product.look.label), size=0.15), 500, 770, 150, spread=42)
    return canvas


def _leaf(canvas: Canvas, x: float, y: float, lean: float, size: float, green: tuple[int, int, int]) -> None:
    half = [
        (0, -150),
        (60, -120),
        (104, -60),
        (60, -46),
        (118, -10),
        (122, 40),
        (66, 22),
        (104, 74),
        (70, 110),
        (30, 70),
        (36, 118),
        (0, 96),
    ]
    whole = spline([*half, *((-px, py) for px, py in reversed(half[1:-1]))], steps=4)
    shape = rotated(moved(whole, x, y, size), lean, (x, y + 90 * size))
    canvas.paint(moved(shape, 6, 14), shade(green, -0.7), opacity=0.25, blur=10)
    canvas.puff(shape, green, 0.1, 0.3, lift=0.8)
    for side in (-1, 1):
        for step in (-70, -20, 30):
            vein = [(0, step + 24), (side * 74, step - 6), (side * 74, step - 3), (0, step + 29)]
            canvas.paint(rotated(moved(vein, x, y, size), lean, (x, y + 90 * size)), shade(green, 0.45), opacity=0.5)
    spine = [(-2, -136), (2, -136), (4, 96), (-4, 96)]
    canvas.paint(rotated(moved(spine, x, y, size), lean, (x, y + 90 * size)), shade(green, 0.5), opacity=0.75)


def draw_candle(product: DemoProduct) -> Canvas:
    """Draw a burning candle in a dark tumbler."""
    canvas, glass, flame = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    canvas.paint(ellipse(500, 230, 100, 110), flame, opacity=0.4, blur=44)
    canvas.lathe(500, [(330, 262), (880, 250), (930, 236), (944, 220)], glass, "glass", 0.16)
    canvas.paint(
        [(252, 350), (748, 350), (742, 560), (258, 560)],
        linear([(0, flame), (1, glass)]),
        opacity=0.35,
        blur=20,
        within=box(246, 340, 754, 700),
    )
    canvas.rim(500, 330, 262, linear([(0, shade(glass, 0.5)), (1, shade(glass, 0.1))], 20), 0.16)
    canvas.rim(500, 338, 244, linear([(0, shade(glass, -0.4)), (1, shade(glass, 0.25))]), 0.16)
    wax = rgb("#f7e3c1")
    canvas.paint(
        ellipse(500, 356, 232, 26),
        radial([(0, rgb("#fff6d0")), (0.5, rgb("#ffdc93")), (1, shade(wax, -0.25))], reach=0.55),
    )
    canvas.paint(box(496, 286, 504, 356, 3), rgb("#241a14"))
    fire = spline([(500, 130), (534, 220), (540, 270), (500, 304), (460, 270), (468, 220)])
    canvas.paint(fire, radial([(0, rgb("#fffbe6")), (0.4, rgb("#ffd45e")), (1, rgb("#ff8a2a"))], 0.5, 0.72, 0.62))
    canvas.paint(spline([(500, 262), (514, 284), (500, 302), (486, 284)]), rgb("#5f7bd6"), opacity=0.5, blur=4)
    canvas.wrap(
        draw_label(product, 400, 250, rgb("#4a3a33"), rgb(product.look.label), seal=True, size=0.11),
        500,
        530,
        256,
        spread=46,
        tilt=0.16,
    )
    canvas.paint(box(276, 410, 294, 880, 9), WHITE, opacity=0.45, blur=5)
    return canvas


def draw_vase(product: DemoProduct) -> Canvas:
    """Draw a rippled vase with three dried stems."""
    canvas, chalk, bloom = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    for x, top, lean in ((400, 60, -60), (520, 20, 10), (640, 90, 80)):
        canvas.tube(bezier((500, 460), (500 + lean * 0.3, 330), (x, 240), (x, top + 40), steps=24), 8, rgb("#8a7a4f"))
        for step in range(9):
            for side in (-1, 1):
                spot = (x + side * 20, top + step * 22)
                canvas.puff(
                    rotated(ellipse(*spot, 9, 24), side * 32 + lean * 0.12, spot),
                    shade(bloom, 0.25 - step * 0.06),
                    0.3,
                    0.1,
                )
        canvas.puff(ellipse(x, top, 9, 26), shade(bloom, 0.3), 0.3, 0.1)
    profile = [
        *bezier((430, 92), (470, 60), (500, 60), (520, 70), steps=10),
        *bezier((520, 70), (580, 250), (700, 270), (790, 200), steps=24),
        (890, 140),
        (940, 124),
    ]
    ripple = [(y, half + (7 if index % 2 else -5) * (530 < y < 880)) for index, (y, half) in enumerate(profile)]
    canvas.lathe(500, ripple, chalk, "matte", 0.14)
    for y in range(560, 900, 26):
        half = max(40.0, 236 - abs(y - 690) * 0.6)
        arc = ellipse(500, y, half, half * 0.14, 14, 166)
        canvas.paint([*arc, *((x, yy + 8) for x, yy in reversed(arc))], shade(chalk, -0.45), opacity=0.22, blur=4)
    canvas.rim(500, 432, 92, linear([(0, shade(chalk, 0.3)), (1, shade(chalk, -0.15))], 20), 0.16)
    canvas.rim(500, 434, 74, shade(chalk, -0.55), 0.16)
    for x, lean in ((488, -18), (502, 0), (514, 22)):
        canvas.tube([(x + lean, 390), (x, 440)], 8, rgb("#8a7a4f"))
    return canvas
