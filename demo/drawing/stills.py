"""Stills of photo posts: products side by side on a table."""

from collections.abc import Sequence

from PIL import Image

from demo.drawing.backdrops import SIDE, draw_table
from demo.drawing.colour import rgb
from demo.drawing.photos import cut_out, fit_cutout, stand_cutout
from demo.records import DemoProduct

FLOOR_PX = 1060
CROPPED = (100, 0, 1100, 1200)
"""Posts are portraits: left, top, right and bottom of what is shown."""


def draw_still(
    products: Sequence[DemoProduct], *, wall: str, accent: str
) -> tuple[Image.Image, list[tuple[float, float]]]:
    """Return a picture (1000 x 1200 RGB), and where the middle of each product is, as parts of its width and height."""
    picture, places = draw_table(rgb(wall), rgb(accent)), []
    left, top, right, bottom = CROPPED
    step = (right - left) / len(products)
    for number, product in enumerate(products):
        cutout = fit_cutout(cut_out(product), round(step * 0.86), 700)
        x = round(left + step * (number + 0.5))
        stand_cutout(picture, cutout, (x, min(FLOOR_PX, SIDE)))
        places.append(((x - left) / (right - left), (FLOOR_PX - cutout.height / 2 - top) / (bottom - top)))
    return picture.crop(CROPPED), places
