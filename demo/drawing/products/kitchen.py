"""Drawings of a knife, a skillet, a mug, a gooseneck kettle and a pepper mill."""

import numpy as np

from demo.drawing.canvas import Canvas
from demo.drawing.colour import BLACK, WHITE, rgb, shade
from demo.drawing.geometry import bezier, box, ellipse, moved, rotated, rounded, spline
from demo.drawing.labels import draw_label
from demo.drawing.light import linear, radial
from demo.records import DemoProduct

MIDDLE = (500, 500)


def draw_knife(product: DemoProduct) -> Canvas:
    """Draw a leaning chef's knife with its point up."""
    canvas, steel, wood = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    lean = 24
    edge = bezier((560, 40), (470, 180), (414, 360), (408, 640), steps=30)
    blade = rotated([(566, 30), (566, 660), (420, 660), *reversed(edge)], lean, MIDDLE)
    bands = [
        (0, shade(steel, 0.55)),
        (0.3, shade(steel, -0.05)),
        (0.45, shade(steel, 0.6)),
        (0.62, shade(steel, -0.25)),
        (1, shade(steel, 0.2)),
    ]
    canvas.paint(blade, linear(bands, 20))
    bevel = [*edge, *((x + 22, y) for x, y in reversed(edge))]
    canvas.paint(rotated(bevel, lean, MIDDLE), shade(steel, 0.7), opacity=0.9, within=blade)
    for step in range(7):
        canvas.paint(
            rotated(box(424, 620 - step * 74, 560, 623 - step * 74), lean - 3, MIDDLE),
            WHITE,
            opacity=0.16,
            blur=2,
            within=blade,
        )
    mark = Canvas(220, 60)
    mark.text(110, 30, product.brand.upper(), 34, rgb(product.look.label), bold=0.02, spacing=0.2)
    canvas.lay(mark.image.rotate(90 - lean, expand=True), 452, 330)
    canvas.puff(rotated(box(450, 650, 572, 700, 8), lean, MIDDLE), shade(steel, -0.1), 0.2, 0.9)
    handle = spline(
        [(462, 696), (566, 696), (572, 780), (562, 860), (584, 950), (540, 984), (486, 968), (478, 880), (464, 800)]
    )
    canvas.puff(rotated(handle, lean, MIDDLE), wood, 0.22, 0.35)
    for shift in (-30, -12, 8, 24):
        line = [(515 + shift, 710), (518 + shift, 800), (514 + shift, 900), (526 + shift, 960)]
        canvas.paint(rotated([*line, *((x + 3, y) for x, y in reversed(line))], lean, MIDDLE), BLACK, opacity=0.2)
    for y in (740, 830, 916):
        canvas.puff(rotated(ellipse(520, y, 12, 12), lean, MIDDLE), rgb("#d8b36a"), 0.3, 0.9)
    return canvas


def draw_pan(product: DemoProduct) -> Canvas:
    """Draw a cast iron skillet from above, with a leather sleeve on its handle."""
    canvas, iron, leather = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    handle = [(455, 560), (545, 560), (536, 760), (562, 940), (500, 985), (438, 940), (464, 760)]
    canvas.puff(rotated(spline(handle, steps=8), -38, (500, 400)), iron, 0.25, 0.3)
    sleeve = rounded([(446, 730), (554, 730), (568, 900), (432, 900)], 30)
    canvas.puff(rotated(sleeve, -38, (500, 400)), leather, 0.2, 0.2)
    for x in (452, 541):
        canvas.paint(rotated(box(x, 748, x + 5, 886), -38, (500, 400)), shade(leather, 0.5), opacity=0.6)
    canvas.paint(rotated(ellipse(500, 945, 17, 20), -38, (500, 400)), rgb("#c7ab88"))
    canvas.puff(rotated(box(430, 20, 570, 120, 40), -38, (500, 400)), iron, 0.25, 0.3)
    for degrees in (52, -128):
        canvas.puff(rotated(ellipse(500, 54, 74, 36), degrees, (500, 400)), iron, 0.2, 0.3)
    canvas.puff(ellipse(500, 400, 360, 360), iron, 0.06, 0.5)
    canvas.paint(ellipse(500, 400, 326, 326), linear([(0, shade(iron, -0.65)), (1, shade(iron, 0.14))], 55))
    canvas.paint(
        ellipse(504, 406, 296, 296),
        radial([(0, shade(iron, 0.2)), (0.55, shade(iron, 0.04)), (1, shade(iron, -0.3))], 0.36, 0.32, 0.8),
    )
    for radius in range(60, 290, 38):
        canvas.paint(
            [*ellipse(504, 406, radius, radius), *reversed(ellipse(504, 406, radius - 2, radius - 2))],
            WHITE,
            opacity=0.05,
        )
    canvas.paint(ellipse(400, 300, 130, 60), WHITE, opacity=0.13, blur=34)
    canvas.text(504, 396, product.brand.upper(), 54, shade(iron, 0.42), bold=0.03, spacing=0.14)
    canvas.text(504, 456, "26 CM", 28, shade(iron, 0.36), spacing=0.2)
    return canvas


def draw_mug(product: DemoProduct) -> Canvas:
    """Draw a stoneware mug dipped in glaze, with coffee in it."""
    canvas, glaze, clay = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    loop = [*bezier((720, 400), (930, 380), (940, 700), (700, 740), steps=30)]
    canvas.tube(loop, 58, shade(glaze, -0.06), 0.5)
    canvas.lathe(460, [(250, 286), (290, 290), (760, 280), (850, 262), (890, 226)], clay, "matte", 0.2)
    wave = [(x, 690 + (18 if index % 2 else -14)) for index, x in enumerate(range(160, 780, 76))]
    body = [(174, 250), (170, 290), (180, 760), (740, 760), (750, 290), (746, 250)]
    tones = [
        (0, shade(glaze, -0.42)),
        (0.12, shade(glaze, -0.05)),
        (0.2, shade(glaze, 0.55)),
        (0.27, shade(glaze, 0.2)),
        (0.6, glaze),
        (0.9, shade(glaze, -0.42)),
        (1, shade(glaze, -0.25)),
    ]
    canvas.paint([(150, 220), (770, 220), *reversed(spline(wave, closed=False))], linear(tones, 0), within=body)
    canvas.paint(
        spline([(x, y + 8) for x, y in wave], closed=False)[:-1]
        + [(x, y - 4) for x, y in reversed(spline(wave, closed=False))],
        shade(glaze, -0.45),
        opacity=0.35,
        blur=3,
        within=body,
    )
    canvas.rim(
        460, 250, 287, linear([(0, shade(glaze, -0.2)), (0.4, shade(clay, 0.3)), (1, shade(glaze, 0.25))], 20), 0.2
    )
    canvas.rim(460, 252, 262, linear([(0, shade(glaze, -0.55)), (1, shade(glaze, -0.1))]), 0.2)
    canvas.paint(
        ellipse(460, 268, 246, 40),
        radial([(0, rgb("#6f3f1e")), (0.7, rgb("#3d1f0e")), (1, rgb("#a9713f"))], 0.45, 0.4, 0.6),
        within=ellipse(460, 252, 262, 52),
    )
    canvas.paint(ellipse(390, 262, 70, 10), rgb("#d9a56c"), opacity=0.6, blur=6)
    dice = np.random.default_rng(3)
    for number in range(90):
        x, y = dice.uniform(190, 730), dice.uniform(310, 850)
        canvas.paint(ellipse(x, y, 2 + number % 3, 2 + number % 3), rgb("#4b3a2a"), opacity=0.35)
    canvas.wrap(draw_label(product, 260, 130, rgb(product.look.label), size=0.17), 460, 470, 286, spread=32, tilt=0.2)
    return canvas


def draw_kettle(product: DemoProduct) -> Canvas:
    """Draw an electric gooseneck kettle on its base, with copper and a temperature display."""
    canvas, black, copper = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    neck = [(330, 700), (190, 690), (150, 600), (170, 470), (120, 350), (60, 330)]
    line = spline(neck, closed=False)
    canvas.tube(line, 40, copper, 0.9)
    grip = [(650, 360), (800, 320), (880, 350), (890, 480), (850, 660)]
    canvas.tube(spline(grip, closed=False), 50, black, 0.4)
    canvas.lathe(480, [(360, 150), (400, 176), (700, 228), (790, 240), (815, 232)], copper, "metal", 0.12)
    canvas.lathe(480, [(338, 152), (362, 156)], shade(copper, -0.15), "metal", 0.12)
    canvas.rim(480, 338, 152, linear([(0, shade(copper, 0.6)), (1, shade(copper, -0.25))], 10), 0.14)
    canvas.lathe(480, [(312, 110), (334, 128)], copper, "metal", 0.12)
    canvas.rim(480, 312, 110, linear([(0, shade(copper, 0.7)), (1, shade(copper, -0.05))], 10), 0.14)
    canvas.puff(ellipse(480, 285, 34, 32), black, 0.3, 0.8)
    canvas.wrap(draw_label(product, 240, 120, rgb("#4a2a12"), size=0.19), 480, 540, 205, spread=36)
    canvas.lathe(480, [(850, 250), (870, 300), (940, 304), (950, 296)], black, "gloss", 0.1)
    canvas.rim(480, 850, 252, linear([(0, shade(black, 0.4)), (1, shade(black, 0.05))], 15), 0.1)
    canvas.paint(box(410, 895, 550, 945, 10), rgb("#0a0d11"))
    canvas.text(480, 920, "93 C", 38, rgb("#ffb46b"), spacing=0.08)
    canvas.puff(ellipse(700, 918, 24, 24), copper, 0.3, 0.9)
    return canvas


def draw_mill(product: DemoProduct) -> Canvas:
    """Draw a turned pepper mill with peppercorns at its foot."""
    canvas, wood, metal = Canvas(), rgb(product.look.body), rgb("#c9ced4")
    foot = [
        *bezier((400, 96), (470, 92), (560, 84), (640, 108)),
        *bezier((640, 108), (740, 150), (840, 156), (900, 150), steps=12),
    ]
    canvas.lathe(500, [*foot, (925, 158), (940, 154)], wood, "gloss", 0.12)
    canvas.lathe(500, [(384, 98), (404, 98)], metal, "metal", 0.12)
    head = [
        *bezier((150, 40), (150, 150), (250, 150), (290, 118), steps=16),
        *bezier((290, 118), (320, 100), (350, 100), (386, 104), steps=10),
    ]
    canvas.lathe(500, head, shade(wood, -0.08), "gloss", 0.12)
    canvas.rim(500, 150, 40, shade(wood, 0.3), 0.2)
    canvas.puff(ellipse(500, 122, 34, 34), metal, 0.3, 1)
    for y, half in ((640, 106), (860, 154), (300, 112)):
        canvas.paint(
            [(500 - half, y), (500 + half, y), (500 + half, y + 5), (500 - half, y + 5)], shade(wood, -0.5), opacity=0.4
        )
    for x, width in ((430, 3), (468, 2), (512, 3), (548, 2), (575, 3)):
        canvas.paint(
            [(x, 430), (x + width, 430), (x + width + (x - 500) * 0.5, 930), (x + (x - 500) * 0.5, 930)],
            shade(wood, -0.6),
            opacity=0.16,
        )
    canvas.wrap(draw_label(product, 190, 110, rgb("#4b2a12"), size=0.18), 500, 700, 138, spread=40)
    for x, y, radius in (
        (180, 930, 20),
        (232, 944, 22),
        (290, 934, 18),
        (716, 942, 21),
        (770, 930, 18),
        (130, 948, 17),
        (820, 948, 20),
    ):
        canvas.puff(moved(ellipse(0, 0, radius, radius), x, y), rgb("#3a2a22"), 0.3, 0.3)
    return canvas
