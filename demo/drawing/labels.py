"""Product labels: the brand in spaced capitals, a rule, and a few words."""

from PIL import Image

from demo.drawing.canvas import Canvas
from demo.drawing.colour import RGB
from demo.drawing.geometry import box, ellipse
from demo.records import DemoProduct

SCALE = 1.4


def draw_label(
    product: DemoProduct,
    width: float,
    height: float,
    ink: RGB,
    ground: RGB | None = None,
    *,
    seal: bool = False,
    size: float = 0.13,
) -> Image.Image:
    """Draw a label on a ground colour, or on transparency if there is none. `size` is a share of the width."""
    paper = Canvas(width, height, SCALE)
    middle = width / 2
    if ground is not None:
        paper.paint(box(0, 0, width, height), ground)
        inset = width * 0.035
        for x0, y0, x1, y1 in _frame(inset, width, height):
            paper.paint(box(x0, y0, x1, y1), ink, opacity=0.55)
    has_words = product.look.words.lower() not in product.brand.lower()
    at = height * (0.36 if has_words else 0.5)
    paper.text(middle, at, product.brand.upper(), width * size, ink, bold=0.02, spacing=0.16, fit=width * 0.8)
    if has_words:
        paper.paint(box(middle - width * 0.09, height * 0.52, middle + width * 0.09, height * 0.52 + 2.5), ink)
        paper.text(middle, height * 0.66, product.look.words, width * size * 0.72, ink, spacing=0.04, fit=width * 0.8)
    if seal:
        paper.paint(ellipse(middle, height * 0.83, width * 0.035, width * 0.035), ink)
    return paper.image


def _frame(inset: float, width: float, height: float) -> list[tuple[float, float, float, float]]:
    right, bottom, line = width - inset, height - inset, 2
    return [
        (inset, inset, right, inset + line),
        (inset, bottom - line, right, bottom),
        (inset, inset, inset + line, bottom),
        (right - line, inset, right, bottom),
    ]
