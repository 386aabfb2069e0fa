"""Product photos: in front of a paper sweep, close up, and in a scene."""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from demo.drawing.backdrops import SCENES, SIDE, draw_disc, draw_sweep
from demo.drawing.canvas import soften
from demo.drawing.colour import mix, rgb, shade
from demo.drawing.products.drawers import DRAWERS
from demo.records import DemoProduct


def cut_out(product: DemoProduct) -> Image.Image:
    """Draw the product alone as an RGBA picture, cropped to its outline (about 1,200 pixels on the longer side)."""
    drawn = DRAWERS[product.look.kind](product).image
    return drawn.crop(drawn.getbbox())


def draw_photos(product: DemoProduct) -> list[Image.Image]:
    """Draw the product's three photos (1200 x 1200 RGB): front, close-up, scene."""
    cutout = cut_out(product)
    return [draw_front(product, cutout), draw_close_up(product, cutout), draw_scene(product, cutout)]


def draw_front(product: DemoProduct, cutout: Image.Image) -> Image.Image:
    """Draw the product standing on a paper sweep in its own colour."""
    picture = draw_sweep(rgb(product.look.wall))
    stand_cutout(picture, fit_cutout(cutout, 820, 900), (SIDE // 2, 1050), reflection=0.16)
    return picture


def draw_close_up(product: DemoProduct, cutout: Image.Image) -> Image.Image:
    """Draw the product large and tilted, in front of a disc."""
    look = product.look
    accent = mix(rgb(look.accent), shade(rgb(look.wall), 0.3), 0.62)
    picture = draw_disc(shade(mix(rgb(look.wall), rgb(look.body), 0.2), 0.12), accent)
    large = fit_cutout(cutout, 1080, 1150).rotate(11, Image.Resampling.BILINEAR, expand=True)
    at = ((SIDE - large.width) // 2 + 20, (SIDE - large.height) // 2 + 70)
    _shadow(picture, large.getchannel("A"), (at[0] + 46, at[1] + 60), 0.34, 34)
    picture.paste(large, at, large)
    return picture


def draw_scene(product: DemoProduct, cutout: Image.Image) -> Image.Image:
    """Draw the product where it would be used."""
    look = product.look
    picture = SCENES[look.scene](rgb(look.wall), rgb(look.accent))
    if look.scene == "podium":
        stand_cutout(picture, fit_cutout(cutout, 600, 640), (600, 975))
    else:
        stand_cutout(picture, fit_cutout(cutout, 740, 760), (SIDE // 2 + 20, 1040))
    return picture


def fit_cutout(cutout: Image.Image, width: int, height: int) -> Image.Image:
    share = min(width / cutout.width, height / cutout.height)
    return cutout.resize((round(cutout.width * share), round(cutout.height * share)), Image.Resampling.HAMMING)


def stand_cutout(picture: Image.Image, cutout: Image.Image, foot: tuple[int, int], reflection: float = 0) -> None:
    """Stand a cutout on a point of the floor, with a contact shadow, a cast shadow and a faint reflection."""
    left, top = foot[0] - cutout.width // 2, foot[1] - cutout.height
    alpha = cutout.getchannel("A")
    if reflection:
        upside = ImageOps.flip(cutout).crop((0, 0, cutout.width, min(cutout.height, SIDE - foot[1])))
        fade = (
            ImageOps.flip(Image.linear_gradient("L")).resize(upside.size).point(lambda level: round(level * reflection))
        )
        faded = Image.composite(fade, Image.new("L", upside.size), upside.getchannel("A"))
        picture.paste(upside.convert("RGB"), (left, foot[1] - 6), faded)
    base = np.asarray(
        alpha.crop((0, round(cutout.height * 0.93), cutout.width, cutout.height)).resize((cutout.width, 1))
    )
    columns = np.flatnonzero(base[0] > 40)
    start, end = (int(columns[0]), int(columns[-1])) if len(columns) else (0, cutout.width)
    thrown = alpha.resize((cutout.width, max(8, round(cutout.height * 0.2))))
    sheared = thrown.transform(
        (thrown.width * 2, thrown.height), Image.Transform.AFFINE, (1, 1.6, -thrown.height * 1.6, 0, 1, 0)
    )
    _shadow(picture, sheared, (left, foot[1] - thrown.height + 4), 0.2, 16)
    contact = Image.new("L", (end - start + 1, 34))
    contact.paste(255, (0, 0, contact.width, contact.height))
    _shadow(picture, contact, (left + start, foot[1] - 22), 0.5, 13)
    picture.paste(cutout, (left, top), cutout)


def _shadow(picture: Image.Image, shape: Image.Image, at: tuple[int, int], strength: float, blur: float) -> None:
    """Darken the picture under a blurred shape. The shadow keeps the colour of the floor instead of turning grey."""
    margin = round(blur * 2.5)
    mask = Image.new("L", (shape.width + 2 * margin, shape.height + 2 * margin))
    mask.paste(shape, (margin, margin))
    mask = soften(mask, blur).point(lambda level: round(level * strength))
    corner = at[0] - margin, at[1] - margin
    under = picture.crop((*corner, corner[0] + mask.width, corner[1] + mask.height))
    dark = under.filter(ImageFilter.BoxBlur(2)).point(lambda level: round(level * 0.22))
    picture.paste(dark, corner, mask)
