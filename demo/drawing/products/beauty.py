"""Drawings of a serum, a jar of cream, a lipstick, a perfume and a tube."""

from demo.drawing.canvas import Canvas
from demo.drawing.colour import WHITE, mix, rgb, shade
from demo.drawing.geometry import bezier, box, ellipse, rotated, rounded
from demo.drawing.labels import draw_label
from demo.drawing.light import linear, radial
from demo.records import DemoProduct


def draw_serum(product: DemoProduct) -> Canvas:
    """Draw an amber dropper bottle."""
    canvas, glass, cap = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    shoulders = bezier((405, 58), (440, 60), (455, 172), (530, 172), steps=14)
    canvas.lathe(500, [*shoulders, (920, 172), (940, 160)], glass, "glass", 0.1)
    liquid = bezier((520, 150), (560, 160), (600, 160), (640, 160), steps=6)
    canvas.paint(
        [
            *((500 - w, y) for y, w in liquid),
            (340, 905),
            (500, 930),
            (660, 905),
            *((500 + w, y) for y, w in reversed(liquid)),
        ],
        linear([(0, shade(glass, -0.55)), (0.5, shade(glass, -0.25)), (1, shade(glass, -0.6))], 0),
        opacity=0.5,
    )
    canvas.paint(box(352, 520, 372, 900, 10), WHITE, opacity=0.5, blur=4)
    canvas.wrap(
        draw_label(product, 372, 250, rgb("#3c2a1c"), rgb(product.look.label), seal=True), 500, 610, 172, tilt=0.1
    )
    canvas.lathe(500, [(300, 76), (392, 78), (405, 76)], rgb("#c79a55"), "metal", 0.1)
    canvas.rim(500, 300, 76, linear([(0, rgb("#f4dca8")), (1, rgb("#a97d3c"))], 0), 0.1)
    bulb = [*bezier((90, 8), (88, 44), (120, 50), (160, 50), steps=10), (250, 54), (292, 60)]
    canvas.lathe(500, bulb, cap, "gloss", 0.12)
    for y in (255, 270, 284):
        canvas.paint(box(444, y, 556, y + 3), WHITE, opacity=0.12)
    return canvas


def draw_jar(product: DemoProduct) -> Canvas:
    """Draw a low frosted jar with a metal lid."""
    canvas, body, lid = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    canvas.lathe(500, [(470, 285), (490, 300), (840, 300), (880, 285), (895, 265)], body, "glass", 0.15)
    canvas.lathe(500, [(500, 240), (830, 240), (850, 220)], mix(body, WHITE, 0.45), "matte", 0.16)
    canvas.paint(box(235, 520, 262, 850, 13), WHITE, opacity=0.75, blur=6)
    canvas.paint(box(752, 540, 764, 840, 6), WHITE, opacity=0.5, blur=4)
    canvas.wrap(draw_label(product, 500, 250, rgb(product.look.label), size=0.11), 500, 545, 292, spread=56, tilt=0.15)
    canvas.lathe(500, [(300, 296), (310, 304), (468, 306), (478, 300)], lid, "metal", 0.15)
    canvas.rim(500, 302, 298, linear([(0, shade(lid, 0.7)), (0.5, shade(lid, 0.25)), (1, shade(lid, -0.2))], 25), 0.15)
    canvas.rim(500, 301, 262, linear([(0, shade(lid, 0.1)), (0.6, shade(lid, 0.55)), (1, shade(lid, 0.3))], 25), 0.15)
    return canvas


def draw_lipstick(product: DemoProduct) -> Canvas:
    """Draw an open lipstick with its cap beside it."""
    canvas, red, case, gold = Canvas(), rgb(product.look.body), rgb(product.look.accent), rgb(product.look.label)
    canvas.lathe(420, [(400, 66), (640, 66)], red, "gloss", 0.16)
    tip = [
        (354, 402),
        *bezier((354, 330), (360, 250), (400, 190), (450, 176)),
        *bezier((470, 172), (486, 200), (486, 300), (486, 402)),
    ]
    canvas.paint(tip, linear([(0, shade(red, -0.25)), (0.25, shade(red, 0.25)), (0.6, red), (1, shade(red, -0.4))], 0))
    face = [
        *bezier((372, 352), (372, 270), (410, 200), (452, 190)),
        *bezier((474, 200), (476, 270), (450, 370), (400, 392)),
    ]
    canvas.paint(face, linear([(0, shade(red, 0.42)), (1, shade(red, 0.05))], 60), opacity=0.9)
    canvas.lathe(420, [(560, 84), (690, 84)], gold, "metal", 0.14)
    canvas.rim(420, 560, 84, linear([(0, shade(gold, 0.6)), (1, shade(gold, -0.3))], 0), 0.14)
    canvas.lathe(420, [(400, 66), (562, 66)], red, "gloss", 0.16)
    canvas.lathe(420, [(690, 100), (930, 100)], case, "gloss", 0.14)
    canvas.rim(420, 690, 100, linear([(0, shade(case, 0.5)), (1, shade(case, 0.05))], 0), 0.14)
    canvas.lathe(420, [(680, 86), (692, 86)], gold, "metal", 0.14)
    canvas.wrap(draw_label(product, 170, 120, gold, size=0.15), 420, 770, 100, spread=48, tilt=0.14)
    canvas.lathe(690, [(560, 104), (935, 104)], case, "gloss", 0.14)
    canvas.lathe(690, [(885, 105), (905, 105)], gold, "metal", 0.14)
    canvas.rim(690, 560, 104, linear([(0, shade(case, 0.55)), (1, shade(case, 0.1))], 15), 0.14)
    return canvas


def draw_perfume(product: DemoProduct) -> Canvas:
    """Draw a heavy square flacon with a wooden stopper."""
    canvas, juice, wood = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    glass = shade(mix(juice, WHITE, 0.45), -0.02)
    canvas.paint(
        box(250, 400, 750, 940, 46),
        linear([(0, shade(glass, 0.35)), (0.5, shade(glass, -0.08)), (1, shade(glass, 0.15))], 20),
    )
    canvas.paint(
        box(256, 406, 744, 934, 42),
        linear([(0, shade(glass, -0.3)), (0.06, glass), (0.94, glass), (1, shade(glass, -0.35))], 0),
        opacity=0.55,
    )
    inner = box(296, 452, 704, 868, 26)
    canvas.paint(inner, linear([(0, shade(juice, 0.1)), (0.6, shade(juice, -0.12)), (1, shade(juice, -0.34))], 80))
    canvas.paint(
        box(296, 452, 704, 520, 20),
        linear([(0, shade(glass, 0.5)), (1, shade(juice, 0.3))]),
        opacity=0.75,
        within=inner,
    )
    canvas.paint(box(496, 440, 503, 850), shade(juice, -0.5), opacity=0.25)
    canvas.paint(
        [(296, 868), (704, 868), (744, 934), (256, 934)],
        linear([(0, shade(juice, -0.3)), (0.4, shade(glass, 0.5)), (1, shade(juice, -0.1))]),
        opacity=0.8,
    )
    canvas.paint(rounded([(300, 456), (420, 456), (330, 860), (300, 860)], 14), WHITE, opacity=0.3, blur=5)
    canvas.paint(box(716, 440, 728, 900, 6), WHITE, opacity=0.7, blur=3)
    canvas.lay(draw_label(product, 280, 210, rgb(product.look.label), rgb("#fbf7ea"), size=0.14), 360, 590)
    canvas.lathe(500, [(352, 66), (400, 66)], rgb("#d8c08d"), "metal", 0.1)
    canvas.lathe(500, [(150, 100), (162, 112), (345, 112), (356, 106)], wood, "matte", 0.12)
    canvas.rim(
        500,
        156,
        106,
        radial(
            [
                (0, shade(wood, 0.4)),
                (0.3, shade(wood, 0.15)),
                (0.34, shade(wood, 0.32)),
                (0.6, shade(wood, 0.18)),
                (1, shade(wood, 0.35)),
            ]
        ),
        0.12,
    )
    for x, width in ((430, 2), (462, 3), (520, 2), (556, 3), (584, 2)):
        canvas.paint(box(x, 178, x + width, 352), shade(wood, -0.5), opacity=0.28)
    return canvas


def draw_tube(product: DemoProduct) -> Canvas:
    """Draw a squeezed aluminium tube that stands on its cap."""
    canvas, body, cap, ink = Canvas(), rgb(product.look.body), rgb(product.look.accent), rgb(product.look.label)
    outline = [
        (300, 110),
        (700, 110),
        *bezier((704, 300), (690, 560), (650, 700), (640, 800)),
        (360, 800),
        *bezier((350, 700), (310, 560), (296, 300), (300, 110)),
    ]
    canvas.paint(
        outline,
        linear(
            [
                (0, shade(body, -0.3)),
                (0.12, shade(body, 0.12)),
                (0.24, shade(body, 0.6)),
                (0.34, shade(body, 0.12)),
                (0.62, body),
                (0.9, shade(body, -0.3)),
                (1, shade(body, -0.1)),
            ],
            0,
        ),
    )
    for x, top in ((350, 150), (440, 190), (560, 165), (640, 200)):
        canvas.paint(
            [(x, 130), (x + 26, 130), (x + 6, top + 150)], shade(body, -0.35), opacity=0.32, blur=7, within=outline
        )
    canvas.paint(
        box(288, 84, 712, 140, 6),
        linear(
            [(0, shade(body, -0.2)), (0.2, shade(body, 0.55)), (0.5, shade(body, 0.05)), (1, shade(body, -0.35))], 0
        ),
    )
    for y in (96, 108, 120):
        canvas.paint(box(292, y, 708, y + 3), shade(body, -0.5), opacity=0.35)
    canvas.paint(ellipse(500, 370, 96, 96), rgb("#fff6e6"), opacity=0.95)
    for number in range(6):
        petal = ellipse(500, 328, 22, 40)
        canvas.puff(rotated(petal, number * 60, (500, 370)), shade(body, -0.05), 0.3, 0.1)
    canvas.paint(ellipse(500, 370, 20, 20), rgb("#ffe9a8"))
    canvas.text(500, 545, product.brand.upper(), 42, ink, bold=0.03, spacing=0.14, fit=260)
    canvas.text(500, 605, product.look.words, 32, ink, fit=250)
    canvas.text(500, 655, "hand balm", 26, ink, spacing=0.1)
    canvas.lathe(500, [(790, 142), (800, 150), (920, 158), (935, 154)], cap, "gloss", 0.1)
    for x in range(-130, 140, 20):
        canvas.paint(box(499 + x, 826, 503 + x, 922), shade(cap, -0.35), opacity=0.3)
    return canvas
