"""Drawings of headphones, a phone in its stand, a keyboard, a speaker and a watch."""

from demo.drawing.canvas import Canvas
from demo.drawing.colour import BLACK, WHITE, mix, rgb, shade
from demo.drawing.geometry import bezier, box, ellipse, rotated, rounded, spline
from demo.drawing.light import linear, radial
from demo.records import DemoProduct


def draw_headphones(product: DemoProduct) -> Canvas:
    """Draw over-ear headphones from the front, with the cups turned outwards."""
    canvas, shell, copper, dark = Canvas(), rgb(product.look.body), rgb(product.look.accent), rgb(product.look.label)
    canvas.tube(bezier((210, 560), (180, 10), (820, 10), (790, 560), steps=50), 64, shell, 0.4)
    canvas.tube(bezier((268, 420), (300, 110), (700, 110), (732, 420), steps=40), 44, dark, 0.15)
    for side in (-1, 1):
        cx = 500 + side * 276
        canvas.puff(box(cx - 22, 400, cx + 22, 600, 20), copper, 0.3, 0.9)
        canvas.puff(rotated(ellipse(cx - side * 66, 690, 78, 186), side * 6, (cx, 690)), dark, 0.3, 0.15)
        cup = rotated(ellipse(cx, 690, 120, 206), side * 6, (cx, 690))
        canvas.puff(cup, shell, 0.24, 0.55)
        canvas.paint(
            rotated(ellipse(cx + side * 20, 690, 80, 150), side * 6, (cx, 690)),
            linear([(0, shade(copper, 0.35)), (1, shade(copper, -0.2))], 60),
        )
        canvas.puff(rotated(ellipse(cx + side * 20, 690, 70, 138), side * 6, (cx, 690)), shade(shell, -0.03), 0.2, 0.5)
        for step in range(4):
            canvas.paint(ellipse(cx + side * 20, 790 - step * 14, 3, 3), dark, opacity=0.6)
    canvas.text(222, 690, product.brand[0], 92, copper, bold=0.04)
    canvas.text(798, 690, product.brand[0], 92, copper, bold=0.04)
    canvas.text(500, 146, product.brand.upper(), 22, mix(dark, shell, 0.4), spacing=0.3)
    return canvas


def draw_stand(product: DemoProduct) -> Canvas:
    """Draw a phone with a lit screen in a block of oak."""
    canvas, oak, case, glow = Canvas(), rgb(product.look.body), rgb(product.look.accent), rgb(product.look.label)
    canvas.puff(box(290, 40, 710, 850, 62), case, 0.03, 0.7)
    screen = Canvas(384, 774)
    screen.paint(box(0, 0, 384, 774), linear([(0, rgb("#ff9a76")), (0.5, rgb("#7d5ba6")), (1, rgb("#1b2a49"))], 70))
    screen.paint(ellipse(192, 420, 150, 150), glow, opacity=0.5, blur=50)
    screen.paint(
        [(0, 774), (0, 560), (120, 470), (230, 580), (310, 520), (384, 590), (384, 774)], rgb("#14203a"), opacity=0.85
    )
    screen.text(192, 180, "9:41", 110, WHITE, bold=0.01)
    screen.text(192, 262, "Tuesday, 12 May", 30, WHITE)
    screen.paint(box(36, 330, 348, 420, 22), WHITE, opacity=0.24)
    screen.paint(ellipse(84, 375, 26, 26), glow)
    screen.paint(box(128, 356, 290, 370, 7), WHITE, opacity=0.9)
    screen.paint(box(128, 384, 240, 396, 6), WHITE, opacity=0.6)
    face = Canvas()
    face.lay(screen.image, 308, 58)
    clip = Canvas()
    clip.paint(box(308, 58, 692, 832, 46), WHITE)
    face.image.putalpha(clip.image.getchannel("A"))
    canvas.lay(face.image, 0, 0)
    canvas.puff(box(446, 76, 554, 104, 14), BLACK, 0.3, 0.3)
    canvas.paint([(310, 60), (470, 60), (310, 520)], WHITE, opacity=0.1)
    canvas.paint(
        [(180, 776), (820, 776), (860, 826), (140, 826)], linear([(0, shade(oak, 0.35)), (1, shade(oak, 0.12))])
    )
    canvas.paint([(270, 788), (730, 788), (738, 806), (262, 806)], shade(oak, -0.6))
    front = [(140, 826), (860, 826), (850, 950), (150, 950)]
    canvas.paint(rounded(front, 12), linear([(0, oak), (1, shade(oak, -0.25))]))
    for number in range(9):
        y = 838 + number * 12
        grain = spline([(146, y), (330, y + 6 - number), (500, y - 4), (690, y + 7), (856, y)], closed=False, steps=6)
        canvas.paint(
            [*grain, *((x, yy + 2.5) for x, yy in reversed(grain))], shade(oak, -0.5), opacity=0.3, within=front
        )
    canvas.text(500, 892, product.brand.lower(), 46, shade(oak, -0.62), bold=0.02, spacing=0.1)
    return canvas


def draw_keyboard(product: DemoProduct) -> Canvas:
    """Draw a keyboard in perspective, with coloured escape and enter keys and a knob."""
    flat = Canvas(1000, 420, 1.8)
    body, accent, ink = rgb(product.look.body), rgb(product.look.accent), rgb(product.look.label)
    flat.puff(box(0, 0, 1000, 420, 34), ink, 0.04, 0.4)
    flat.paint(box(20, 20, 980, 400, 20), shade(ink, -0.45))
    rows = ("1234567890-=", "QWERTYUIOP[]", "ASDFGHJKL;'", "ZXCVBNM,./")
    for row in range(5):
        top, x = 30 + row * 74, 30.0
        widths = (
            [62] * 13 + [118],
            [94, *[62] * 12, 86],
            [106, *[62] * 11, 141],
            [140, *[62] * 10, 172],
            [80, 80, 80, 366, 80, 80, 66, 66],
        )[row]
        stretch = (940 - 5 * (len(widths) - 1)) / sum(widths)
        for number, width in enumerate(wide * stretch for wide in widths):
            tone = (
                accent
                if (row, number) in {(0, 0), (2, len(widths) - 1)}
                else (ink if number in (0, len(widths) - 1) or (row == 4 and number != 3) else body)
            )
            _key(flat, x, top, width, tone)
            if row < 4 and 0 < number <= len(rows[row]):
                flat.text(x + width / 2, top + 27, rows[row][number - 1], 22, ink)
            x += width + 5
    canvas = Canvas()
    canvas.paint([(40, 782), (960, 782), (948, 838), (52, 838)], linear([(0, shade(ink, -0.2)), (1, shade(ink, -0.6))]))
    canvas.panel(flat.image, [(132, 440), (868, 440), (962, 790), (38, 790)])
    canvas.text(500, 812, product.brand.upper(), 24, shade(ink, 0.6), spacing=0.3)
    cable = spline([(500, 446), (500, 400), (540, 366), (640, 372), (740, 350), (800, 290)], closed=False)
    under = canvas.image.copy()
    canvas.tube(cable, 20, accent, 0.3)
    canvas.image.alpha_composite(under)
    return canvas


def _key(flat: Canvas, x: float, top: float, width: float, tone: tuple[int, int, int]) -> None:
    flat.paint(box(x, top, x + width, top + 68, 10), linear([(0, shade(tone, -0.12)), (1, shade(tone, -0.42))]))
    flat.paint(box(x + 6, top + 3, x + width - 6, top + 54, 9), linear([(0, shade(tone, 0.02)), (1, shade(tone, 0.3))]))


def draw_speaker(product: DemoProduct) -> Canvas:
    """Draw a pebble-shaped speaker with a woven front and a strap."""
    canvas, cloth, trim = Canvas(), rgb(product.look.body), rgb(product.look.accent)
    canvas.tube(spline([(790, 430), (930, 380), (950, 560), (860, 690)], closed=False), 30, trim, 0.2)
    outline = spline(
        [
            (500, 170),
            (760, 210),
            (900, 420),
            (890, 700),
            (740, 880),
            (500, 910),
            (260, 880),
            (110, 700),
            (100, 420),
            (240, 210),
        ]
    )
    canvas.puff(outline, cloth, 0.26, 0.12)
    front = spline(
        [
            (500, 240),
            (720, 275),
            (830, 450),
            (820, 680),
            (700, 820),
            (500, 846),
            (300, 820),
            (180, 680),
            (170, 450),
            (280, 275),
        ]
    )
    canvas.paint(front, linear([(0, shade(cloth, 0.12)), (1, shade(cloth, -0.3))], 60))
    for row in range(38):
        for column in range(42):
            x, y = 166 + column * 16 + (8 if row % 2 else 0), 240 + row * 16
            if ((x - 500) / 320) ** 2 + ((y - 545) / 300) ** 2 < 0.98:
                canvas.paint(ellipse(x, y, 4, 4), shade(cloth, -0.55), opacity=0.55)
    canvas.paint(ellipse(380, 330, 190, 70), WHITE, opacity=0.24, blur=44)
    canvas.puff(box(400, 720, 600, 780, 12), trim, 0.15, 0.5)
    canvas.text(500, 750, product.brand.upper(), 28, rgb(product.look.label), spacing=0.2)
    for x, sign in ((420, "-"), (500, "o"), (580, "+")):
        canvas.text(x, 206, sign, 40, shade(cloth, -0.5), bold=0.05)
    canvas.puff(ellipse(660, 236, 8, 8), rgb("#b5ffcf"), 0.3, 0.5)
    return canvas


def draw_watch(product: DemoProduct) -> Canvas:
    """Draw a watch with rings and numbers on its screen."""
    canvas, case, mint, coral = Canvas(), rgb(product.look.body), rgb(product.look.accent), rgb(product.look.label)
    strap = mix(case, mint, 0.55)
    canvas.puff(rounded([(360, 20), (640, 20), (668, 330), (332, 330)], 50), strap, 0.12, 0.15)
    canvas.puff(rounded([(332, 670), (668, 670), (640, 980), (360, 980)], 50), strap, 0.12, 0.15)
    for y in (760, 816, 872, 928):
        canvas.paint(ellipse(500, y, 17, 12), shade(strap, -0.6))
    canvas.puff(box(752, 450, 796, 560, 18), shade(case, 0.25), 0.3, 0.9)
    canvas.puff(box(240, 240, 760, 760, 138), shade(case, 0.2), 0.06, 1)
    canvas.paint(box(266, 266, 734, 734, 116), rgb("#05070a"))
    for radius, tone, end in ((186, mint, 250), (150, coral, 170), (114, rgb("#ffd166"), 70)):
        for reach, colour in ((360, shade(tone, -0.72)), (end + 90, tone)):
            arc = ellipse(500, 500, radius, radius, -90, reach - 90)
            canvas.paint([*arc, *reversed(ellipse(500, 500, radius - 24, radius - 24, -90, reach - 90))], colour)
    canvas.text(500, 482, "10:08", 62, WHITE, bold=0.02)
    canvas.text(500, 534, "7 482", 34, mint)
    canvas.paint([(290, 380), (400, 270), (560, 270), (290, 560)], WHITE, opacity=0.07)
    canvas.paint(ellipse(700, 300, 60, 40), WHITE, opacity=0.1, blur=20)
    canvas.paint(box(250, 380, 256, 620, 3), radial([(0, WHITE), (1, shade(case, 0.4))]), opacity=0.6)
    canvas.text(500, 700, product.brand.upper(), 20, rgb("#8b949e"), spacing=0.3)
    return canvas
