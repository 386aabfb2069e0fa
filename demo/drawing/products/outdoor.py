"""Drawings of a tent, a day pack, a lantern, a rope bone for dogs and a slow feeder bowl."""

import numpy as np
from PIL import Image

from demo.drawing.canvas import Canvas
from demo.drawing.colour import WHITE, mix, rgb, shade
from demo.drawing.geometry import bezier, box, ellipse, moved, rotated, rounded, spline
from demo.drawing.labels import draw_label
from demo.drawing.light import linear, radial
from demo.records import DemoProduct


def draw_tent(product: DemoProduct) -> Canvas:
    """Draw a dome tent with an open porch and guy lines."""
    canvas, cloth, inner = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    for x0, x1 in ((150, 20), (850, 980)):
        canvas.tube([(x0 + (500 - x0) * 0.25, 520), (x1, 880)], 5, rgb("#f5e6cf"))
    outline = [
        *bezier((70, 880), (150, 560), (330, 250), (520, 240)),
        *bezier((520, 240), (720, 260), (860, 600), (940, 880)),
    ]
    canvas.paint(outline, linear([(0, shade(cloth, 0.35)), (0.45, cloth), (1, shade(cloth, -0.45))], 18))
    side = [
        (520, 240),
        *bezier((520, 240), (700, 380), (760, 640), (780, 880)),
        (940, 880),
        *bezier((940, 880), (860, 600), (720, 260), (520, 240)),
    ]
    canvas.paint(side, linear([(0, shade(cloth, -0.12)), (1, shade(cloth, -0.5))], 30))
    door = [
        (430, 250),
        *bezier((430, 268), (330, 470), (270, 680), (250, 880)),
        (640, 880),
        *bezier((640, 880), (600, 620), (520, 400), (430, 262)),
    ]
    canvas.paint(door, linear([(0, shade(inner, -0.25)), (1, shade(inner, -0.65))]))
    canvas.paint(ellipse(450, 800, 150, 110), rgb("#ffcf7a"), opacity=0.55, blur=50, within=door)
    canvas.puff(spline([(300, 880), (340, 812), (470, 800), (580, 830), (610, 880)]), rgb("#8a4f7d"), 0.25, 0.1)
    canvas.puff(box(322, 790, 430, 846, 24), rgb("#f3e6d0"), 0.3, 0.1)
    flap = [
        (430, 258),
        *bezier((430, 262), (520, 400), (600, 620), (640, 880)),
        *bezier((690, 880), (700, 700), (600, 420), (440, 256)),
    ]
    canvas.puff(flap, shade(cloth, 0.12), 0.12, 0.15)
    for line in (
        bezier((90, 880), (170, 570), (340, 262), (520, 246)),
        bezier((520, 246), (700, 390), (752, 640), (770, 880)),
        bezier((240, 880), (262, 680), (330, 470), (430, 262)),
    ):
        canvas.paint([*line, *((x + 7, y) for x, y in reversed(line))], shade(cloth, -0.6), opacity=0.65)
    for x in (160, 230):
        canvas.paint([(x, 880), (x + 90, 560), (x + 96, 560), (x + 10, 880)], WHITE, opacity=0.14, blur=6)
    mark = Canvas(300, 80)
    mark.text(150, 40, product.brand.upper(), 50, rgb(product.look.label), bold=0.03, spacing=0.12)
    canvas.lay(mark.image.rotate(-66, expand=True), 742, 560)
    canvas.paint(box(60, 876, 950, 892, 6), shade(inner, -0.3))
    for x in (20, 980):
        canvas.tube([(x, 862), (x - (500 - x) * 0.02, 900)], 10, rgb("#c9ced4"), 0.8)
    return canvas


def draw_backpack(product: DemoProduct) -> Canvas:
    """Draw a rolltop day pack with leather straps and a front pocket."""
    canvas, cloth, leather = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    canvas.tube(bezier((420, 150), (430, 20), (570, 20), (580, 150), steps=24), 26, leather, 0.2)
    for side in (-1, 1):
        canvas.tube(
            bezier(
                (500 + side * 250, 380),
                (500 + side * 400, 480),
                (500 + side * 380, 780),
                (500 + side * 270, 860),
                steps=24,
            ),
            44,
            shade(cloth, -0.35),
            0.1,
        )
        canvas.puff(box(500 + side * 290 - 60, 600, 500 + side * 290 + 60, 860, 40), shade(cloth, -0.12), 0.2, 0.1)
    body = spline(
        [
            (270, 260),
            (500, 236),
            (730, 260),
            (774, 520),
            (780, 800),
            (720, 930),
            (500, 950),
            (280, 930),
            (220, 800),
            (226, 520),
        ]
    )
    canvas.puff(body, cloth, 0.18, 0.1)
    roll = rounded([(262, 130), (738, 130), (752, 330), (248, 330)], 46)
    canvas.puff(roll, shade(cloth, 0.06), 0.16, 0.12)
    for y in (196, 250):
        canvas.paint(
            spline([(262, y), (500, y + 12), (738, y), (738, y + 8), (500, y + 22), (262, y + 8)]),
            shade(cloth, -0.55),
            opacity=0.5,
            blur=4,
            within=roll,
        )
    for x in (340, 610):
        canvas.puff(box(x, 150, x + 50, 560, 10), leather, 0.2, 0.3)
        canvas.puff(box(x - 14, 420, x + 64, 480, 10), rgb("#d8b36a"), 0.25, 1)
        canvas.paint(box(x + 4, 434, x + 46, 466, 4), shade(leather, -0.3))
    canvas.puff(
        spline([(300, 610), (500, 596), (700, 610), (716, 860), (500, 890), (284, 860)]), shade(cloth, 0.05), 0.14, 0.1
    )
    canvas.tube([(312, 640), (500, 630), (688, 640)], 10, rgb("#d8b36a"), 0.9)
    canvas.tube([(676, 640), (684, 700)], 12, leather, 0.3)
    canvas.puff(box(410, 710, 590, 790, 8), leather, 0.1, 0.2)
    canvas.text(500, 750, product.brand.upper(), 30, rgb(product.look.label), bold=0.02, spacing=0.12, fit=150)
    for x in range(310, 690, 16):
        canvas.paint(box(x, 852, x + 9, 855), mix(leather, WHITE, 0.4), opacity=0.7)
    return canvas


def draw_lantern(product: DemoProduct) -> Canvas:
    """Draw a lit camp lantern with a wire handle."""
    canvas, metal, glow = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    canvas.paint(ellipse(500, 540, 330, 330), glow, opacity=0.4, blur=80)
    canvas.tube(bezier((268, 420), (240, 20), (760, 20), (732, 420), steps=40), 18, rgb("#c9ced4"), 0.9)
    canvas.lathe(500, [(370, 186), (700, 186)], mix(glow, WHITE, 0.45), "glass", 0.12)
    canvas.paint(
        box(330, 390, 670, 710),
        radial([(0, WHITE), (0.45, mix(glow, WHITE, 0.5)), (1, glow)], reach=0.62),
        opacity=0.85,
    )
    canvas.paint(ellipse(500, 550, 52, 110), WHITE, opacity=0.95, blur=14)
    for x in (318, 404, 590, 676):
        canvas.tube([(x, 372), (x, 540), (x, 716)], 12, shade(metal, 0.1), 0.6)
    canvas.lathe(500, [(700, 216), (720, 226), (890, 230), (940, 220)], metal, "gloss", 0.12)
    canvas.rim(
        500, 702, 218, linear([(0, shade(metal, 0.4)), (0.5, mix(glow, metal, 0.4)), (1, shade(metal, 0.1))]), 0.12
    )
    canvas.paint(box(330, 400, 670, 716), linear([(0, WHITE), (1, glow)]), opacity=0.25, within=box(330, 640, 670, 716))
    canvas.lathe(
        500, [*bezier((230, 60), (250, 150), (320, 210), (372, 214), steps=14), (392, 212)], metal, "gloss", 0.12
    )
    canvas.rim(500, 232, 62, shade(metal, 0.35), 0.16)
    canvas.puff(ellipse(500, 210, 40, 30), rgb("#d8b36a"), 0.3, 1)
    canvas.wrap(draw_label(product, 260, 120, rgb(product.look.label), size=0.14), 500, 770, 228, spread=34)
    canvas.puff(ellipse(690, 850, 26, 28), rgb("#d8b36a"), 0.3, 0.9)
    return canvas


def draw_bone(product: DemoProduct) -> Canvas:
    """Draw a rubber bone with a knotted rope through it."""
    canvas, rubber, rope = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    line = spline(
        [(70, 300), (180, 230), (300, 400), (500, 520), (700, 640), (820, 800), (940, 740)], closed=False, steps=20
    )
    _twist(canvas, line, rope)
    for x, y in ((150, 262), (858, 778)):
        canvas.puff(ellipse(x, y, 62, 56), shade(rope, -0.04), 0.25, 0.1)
        for degrees in (20, 60, 100):
            canvas.paint(
                rotated(box(x - 54, y - 5, x + 54, y + 5, 5), degrees, (x, y)), shade(rope, -0.45), opacity=0.3, blur=3
            )
    for x, y, side in ((70, 300, -1), (940, 740, 1)):
        for spread in (-40, -14, 14, 40):
            canvas.tube(
                [(x, y), (x + side * 40, y + spread * 0.8), (x + side * 56, y + spread * 1.6)],
                13,
                shade(rope, spread / 300),
            )
    bone = [
        (330, -70),
        (400, -120),
        (462, -70),
        (440, 0),
        (462, 70),
        (400, 120),
        (330, 70),
        (0, 54),
        (-330, 70),
        (-400, 120),
        (-462, 70),
        (-440, 0),
        (-462, -70),
        (-400, -120),
        (-330, -70),
        (0, -54),
    ]
    shape = rotated(moved(spline(bone, steps=10), 500, 520, 0.76), 31, (500, 520))
    canvas.paint(moved(shape, 8, 22), shade(rubber, -0.8), opacity=0.35, blur=16)
    canvas.puff(shape, rubber, 0.2, 0.55)
    for step in (-150, -110, 110, 150):
        spot = rotated([(500 + step, 520)], 31, (500, 520))[0]
        canvas.paint(
            rotated(box(spot[0] - 6, spot[1] - 40, spot[0] + 6, spot[1] + 40, 6), 31, spot),
            shade(rubber, -0.45),
            opacity=0.5,
            blur=2,
        )
    canvas.text(500, 520, product.brand.upper(), 34, WHITE, bold=0.03, spacing=0.06, degrees=-31, fit=190)
    canvas.image = canvas.image.rotate(20, Image.Resampling.BICUBIC)
    return canvas


def _twist(canvas: Canvas, line: list[tuple[float, float]], rope: tuple[int, int, int]) -> None:
    canvas.tube(line, 58, rope, 0.1)
    for index in range(2, len(line) - 2, 3):
        x, y = line[index]
        canvas.paint(rotated(box(x - 32, y - 5, x + 32, y + 5, 5), 68, (x, y)), shade(rope, -0.5), opacity=0.4, blur=2)
        canvas.paint(rotated(box(x - 26, y - 4, x + 26, y + 4, 4), 68, (x + 9, y)), WHITE, opacity=0.3, blur=2)


def draw_bowl(product: DemoProduct) -> Canvas:
    """Draw a stoneware bowl with a maze inside and some kibble."""
    canvas, glaze, cream = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    canvas.lathe(500, [(430, 400), (460, 404), (700, 330), (760, 318), (800, 330), (812, 322)], glaze, "gloss", 0.3)
    canvas.rim(500, 430, 402, linear([(0, shade(glaze, 0.5)), (1, shade(glaze, -0.02))], 25), 0.34)
    canvas.rim(500, 440, 366, linear([(0, shade(cream, -0.35)), (1, cream)]), 0.34)
    canvas.paint(ellipse(500, 462, 320, 92), linear([(0, shade(cream, -0.16)), (1, shade(cream, 0.1))]))
    dice = np.random.default_rng(5)
    for number in range(60):
        x, y = dice.uniform(210, 790), dice.uniform(390, 540)
        if ((x - 500) / 290) ** 2 + ((y - 462) / 80) ** 2 < 1:
            canvas.puff(ellipse(x, y, 19, 14), rgb("#9a5b2e" if number % 2 else "#b5743d"), 0.3, 0.15)
    for radius, start, end in ((235, 200, 320), (235, 20, 140), (130, 110, 250), (130, 290, 430)):
        canvas.tube([(x, y - 14) for x, y in ellipse(500, 462, radius, radius * 0.29, start, end)], 36, cream, 0.5)
    canvas.puff(ellipse(500, 448, 40, 26), cream, 0.3, 0.5)
    canvas.wrap(draw_label(product, 420, 120, rgb(product.look.label), size=0.11), 500, 606, 360, spread=34, tilt=0.3)
    for x in (236, 764):
        paw = [
            ellipse(x, 690, 22, 18),
            *(ellipse(x + dx, 690 + dy, 9, 11) for dx, dy in ((-24, -16), (-9, -28), (9, -28), (24, -16))),
        ]
        for toe in paw:
            canvas.paint(toe, WHITE, opacity=0.85)
    return canvas
