"""Drawings of a kettlebell, a rolled mat, a pair of dumbbells, a bottle and a foam roller."""

import numpy as np

from demo.drawing.canvas import Canvas
from demo.drawing.colour import BLACK, WHITE, mix, rgb, shade
from demo.drawing.geometry import bezier, box, ellipse, rotated, rounded, spline
from demo.drawing.light import linear, radial
from demo.records import DemoProduct


def draw_kettlebell(product: DemoProduct) -> Canvas:
    """Draw a cast kettlebell with a colour band at the handle."""
    canvas, iron, band = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    grip = spline([(330, 470), (290, 300), (330, 140), (500, 100), (670, 140), (710, 300), (670, 470)], closed=False)
    canvas.tube(grip, 92, iron, 0.25)
    for side in (-1, 1):
        ring = [
            (500 + side * (216 - 60), 300),
            (500 + side * (216 + 60), 296),
            (500 + side * (212 + 60), 350),
            (500 + side * (212 - 60), 354),
        ]
        canvas.puff(rounded(ring, 10), band, 0.3, 0.35)
    ball = [*ellipse(500, 650, 310, 300, 118, 422)]
    canvas.puff(ball, iron, 0.26, 0.22)
    for number in range(150):
        x, y = 230 + (number * 211) % 540, 400 + (number * 173) % 500
        if (x - 500) ** 2 + (y - 650) ** 2 < 280**2:
            canvas.paint(ellipse(x, y, 2, 2), WHITE if number % 2 else BLACK, opacity=0.12)
    canvas.paint(ellipse(420, 500, 120, 70), WHITE, opacity=0.2, blur=36)
    canvas.text(500, 650, product.look.words, 190, rgb(product.look.label), bold=0.04)
    canvas.text(500, 765, "KG", 54, rgb(product.look.label), bold=0.02, spacing=0.2)
    canvas.text(500, 845, product.brand.upper(), 36, mix(rgb(product.look.label), iron, 0.25), spacing=0.2)
    return canvas


def draw_mat(product: DemoProduct) -> Canvas:
    """Draw a half rolled cork mat with its strap."""
    canvas, cork, strap = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    stops = [
        (0, shade(cork, -0.1)),
        (0.22, shade(cork, 0.35)),
        (0.5, cork),
        (0.85, shade(cork, -0.45)),
        (1, shade(cork, -0.3)),
    ]
    canvas.paint(box(150, 470, 850, 850, 20), linear(stops))
    dice = np.random.default_rng(8)
    for number in range(420):
        x, y = dice.uniform(156, 844), dice.uniform(478, 842)
        tone = shade(cork, -0.5) if number % 3 else shade(cork, 0.4)
        canvas.paint(ellipse(x, y, 3 + number % 5, 2 + number % 3), tone, opacity=0.35)
    for x in (290, 640):
        canvas.paint(
            box(x, 462, x + 64, 858, 8),
            linear([(0, strap), (0.22, shade(strap, 0.35)), (0.6, strap), (1, shade(strap, -0.5))]),
        )
    canvas.paint(ellipse(850, 660, 88, 190), shade(strap, -0.2))
    for step in range(8):
        share = 1 - step / 8
        tone = shade(cork, 0.1) if step % 2 == 0 else shade(strap, -0.1)
        canvas.paint(ellipse(850 + step * 2, 660 + step * 3, 84 * share, 184 * share), tone)
    loop = bezier((320, 470), (340, 300), (660, 300), (672, 470), steps=30)
    canvas.tube(loop, 34, strap, 0.15)
    canvas.text(495, 660, product.brand.upper(), 40, rgb("#5c3a1c"), bold=0.02, spacing=0.14, fit=250)
    return canvas


def draw_dumbbell(product: DemoProduct) -> Canvas:
    """Draw two hex dumbbells, one lying across the other."""
    canvas = Canvas()
    _bell(canvas, product, 470, 470, -9)
    _bell(canvas, product, 520, 730, 3)
    return canvas


def _bell(canvas: Canvas, product: DemoProduct, cx: float, cy: float, lean: float) -> None:
    rubber, steel, mark = rgb(product.look.body), rgb(product.look.accent), rgb(product.look.label)
    bands = [
        (0, shade(steel, -0.3)),
        (0.25, shade(steel, 0.7)),
        (0.5, steel),
        (0.8, shade(steel, -0.5)),
        (1, shade(steel, -0.2)),
    ]
    canvas.paint(rotated(box(cx - 190, cy - 44, cx + 190, cy + 44, 20), lean, (cx, cy)), linear(bands, 90 + lean))
    for step in range(-130, 140, 16):
        canvas.paint(
            rotated(box(cx + step, cy - 44, cx + step + 4, cy + 44), lean + 16, (cx + step, cy)),
            shade(steel, -0.6),
            opacity=0.22,
        )
    for side in (-1, 1):
        middle = cx + side * 280
        top = [(middle - 100, cy - 130), (middle + 100, cy - 130), (middle + 116, cy - 66), (middle - 116, cy - 66)]
        front = [(middle - 116, cy - 66), (middle + 116, cy - 66), (middle + 116, cy + 66), (middle - 116, cy + 66)]
        low = [(middle - 116, cy + 66), (middle + 116, cy + 66), (middle + 100, cy + 130), (middle - 100, cy + 130)]
        for points, change in ((top, 0.3), (front, 0.08), (low, -0.45)):
            near, far = shade(rubber, change + 0.06), shade(rubber, change - 0.08)
            canvas.paint(rotated(points, lean, (cx, cy)), linear([(0, near), (1, far)], 0))
        canvas.paint(rotated(box(middle - 112, cy - 68, middle + 112, cy - 63), lean, (cx, cy)), WHITE, opacity=0.25)
        canvas.paint(
            rotated(box(middle - side * 116 - 6, cy - 66, middle - side * 116 + 6, cy + 66), lean, (cx, cy)), steel
        )
        spot = rotated([(middle, cy)], lean, (cx, cy))[0]
        canvas.text(*spot, f"{product.look.words} KG", 66, mark, bold=0.04, degrees=-lean)
        spot = rotated([(middle, cy + 96)], lean, (cx, cy))[0]
        canvas.text(*spot, product.brand.upper(), 24, shade(rubber, 0.55), spacing=0.12, degrees=-lean)


def draw_bottle(product: DemoProduct) -> Canvas:
    """Draw a slim steel bottle with a thumb lid and a loop."""
    canvas, body, lid = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    loop = bezier((440, 130), (420, 10), (580, 10), (560, 130), steps=24)
    canvas.tube(loop, 30, shade(lid, -0.15), 0.4)
    shoulder = bezier((270, 92), (300, 96), (320, 150), (380, 160), steps=14)
    canvas.lathe(500, [*shoulder, (900, 160), (944, 152)], body, "gloss", 0.1)
    canvas.lathe(500, [(888, 161), (946, 152)], rgb("#c9ced4"), "metal", 0.1)
    canvas.lathe(500, [(252, 96), (274, 96)], rgb("#c9ced4"), "metal", 0.1)
    canvas.lathe(500, [(110, 100), (124, 106), (250, 106), (258, 100)], lid, "matte", 0.1)
    canvas.rim(500, 112, 101, linear([(0, WHITE), (1, shade(lid, -0.15))], 20), 0.1)
    canvas.puff(box(462, 180, 538, 224, 20), body, 0.3, 0.5)
    for number in range(3):
        swell = [(x, 800 - number * 36 + (10 if (x // 40) % 2 else -10)) for x in range(350, 660, 40)]
        line = spline(swell, closed=False)
        canvas.paint(
            [*line, *((x, y + 8) for x, y in reversed(line))],
            WHITE,
            opacity=0.75 - number * 0.2,
            within=box(342, 380, 658, 900),
        )
    mark = Canvas(420, 140)
    mark.text(210, 70, product.brand.lower(), 130, WHITE, bold=0.04, spacing=0.02)
    canvas.lay(mark.image.rotate(90, expand=True), 436, 400)
    return canvas


def draw_roller(product: DemoProduct) -> Canvas:
    """Draw a ridged foam roller that lies at an angle."""
    canvas, foam, core = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    stops = [
        (0, shade(foam, -0.05)),
        (0.25, shade(foam, 0.4)),
        (0.5, foam),
        (0.85, shade(foam, -0.5)),
        (1, shade(foam, -0.35)),
    ]
    flat = Canvas(1000, 1000)
    flat.paint(box(130, 320, 770, 680), linear(stops))
    flat.paint(ellipse(130, 500, 70, 180), linear(stops))
    for row, (y, tall) in enumerate(((338, 32), (388, 52), (456, 66), (538, 62), (616, 44))):
        for column in range(6):
            x = 96 + column * 112 + (34 if row % 2 else 0)
            flat.puff(box(x, y, x + 86, y + tall, 14), shade(foam, 0.16 - row * 0.12), 0.2, 0.3)
    flat.paint(ellipse(770, 500, 84, 180), radial([(0, shade(foam, 0.1)), (1, shade(foam, -0.12))]))
    flat.paint(ellipse(770, 500, 62, 134), shade(core, 0.1))
    flat.paint(ellipse(770, 500, 56, 122), linear([(0, shade(core, -0.5)), (1, shade(core, 0.3))]))
    for number in range(8):
        spot = rotated(ellipse(0, -158, 5, 9), number * 45, (0, 0))
        flat.paint([(770 + x * 0.47, 500 + y) for x, y in spot], WHITE, opacity=0.4)
    canvas.lay(flat.image.rotate(16), 0, 0)
    canvas.text(420, 596, product.brand.upper(), 44, WHITE, bold=0.03, spacing=0.16, degrees=16)
    return canvas
