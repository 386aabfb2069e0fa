"""Photographs a product: in front of paper, close up, and in a scene."""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from demo.drawing.backdrops import SCENES, SIDE, draw_disc, draw_sweep
from demo.drawing.canvas import soften
from demo.drawing.colour import mix, rgb, shade
from demo.drawing.products.drawers import DRAWERS
from demo.goods.product import Product


def cut_out(goods: Product) -> Image.Image:
    """Draw the product alone, RGBA, cropped to itself (about 1,200 pixels on its longer side)."""
    drawn = DRAWERS[goods.look.kind](goods).image
    return drawn.crop(drawn.getbbox())


def draw_pictures(goods: Product) -> list[Image.Image]:
    """Draw the product's three pictures (1200 x 1200): from the front, close up, in a scene."""
    product = cut_out(goods)
    return [shoot_front(goods, product), shoot_close(goods, product), shoot_scene(goods, product)]


def shoot_front(goods: Product, product: Image.Image) -> Image.Image:
    """Stand the product before a paper sweep in its own colour."""
    picture = draw_sweep(rgb(goods.look.wall))
    _stand(picture, _fitted(product, 820, 900), (SIDE // 2, 1050), mirror=0.16)
    return picture


def shoot_close(goods: Product, product: Image.Image) -> Image.Image:
    """Come close to the leaning product, before a disc."""
    look = goods.look
    accent = mix(rgb(look.accent), shade(rgb(look.wall), 0.3), 0.62)
    picture = draw_disc(shade(mix(rgb(look.wall), rgb(look.body), 0.2), 0.12), accent)
    large = _fitted(product, 1080, 1150).rotate(11, Image.Resampling.BILINEAR, expand=True)
    at = ((SIDE - large.width) // 2 + 20, (SIDE - large.height) // 2 + 70)
    _cast(picture, large, (at[0] + 46, at[1] + 60), 0.34, 34)
    picture.paste(large, at, large)
    return picture


def shoot_scene(goods: Product, product: Image.Image) -> Image.Image:
    """Set the product where it would be used."""
    look = goods.look
    picture = SCENES[look.scene](rgb(look.wall), rgb(look.accent))
    if look.scene == "podium":
        _stand(picture, _fitted(product, 600, 640), (600, 975))
    else:
        _stand(picture, _fitted(product, 740, 760), (SIDE // 2 + 20, 1040))
    return picture


def _fitted(product: Image.Image, width: int, height: int) -> Image.Image:
    share = min(width / product.width, height / product.height)
    return product.resize((round(product.width * share), round(product.height * share)), Image.Resampling.HAMMING)


def _stand(picture: Image.Image, product: Image.Image, foot: tuple[int, int], mirror: float = 0) -> None:
    """Stand a cut-out on a point of the floor, with contact shadow, thrown shadow and faint mirror image."""
    left, top = foot[0] - product.width // 2, foot[1] - product.height
    alpha = product.getchannel("A")
    if mirror:
        upside = ImageOps.flip(product).crop((0, 0, product.width, min(product.height, SIDE - foot[1])))
        fade = ImageOps.flip(Image.linear_gradient("L")).resize(upside.size).point(lambda level: round(level * mirror))
        faded = Image.composite(fade, Image.new("L", upside.size), upside.getchannel("A"))
        picture.paste(upside.convert("RGB"), (left, foot[1] - 6), faded)
    base = np.asarray(
        alpha.crop((0, round(product.height * 0.93), product.width, product.height)).resize((product.width, 1))
    )
    columns = np.flatnonzero(base[0] > 40)
    start, end = (int(columns[0]), int(columns[-1])) if len(columns) else (0, product.width)
    thrown = alpha.resize((product.width, max(8, round(product.height * 0.2))))
    sheared = thrown.transform(
        (thrown.width * 2, thrown.height), Image.Transform.AFFINE, (1, 1.6, -thrown.height * 1.6, 0, 1, 0)
    )
    _shadow(picture, sheared, (left, foot[1] - thrown.height + 4), 0.2, 16)
    contact = Image.new("L", (end - start + 1, 34))
    contact.paste(255, (0, 0, contact.width, contact.height))
    _shadow(picture, contact, (left + start, foot[1] - 22), 0.5, 13)
    picture.paste(product, (left, top), product)


def _cast(picture: Image.Image, product: Image.Image, at: tuple[int, int], strength: float, blur: float) -> None:
    _shadow(picture, product.getchannel("A"), at, strength, blur)


def _shadow(picture: Image.Image, shape: Image.Image, at: tuple[int, int], strength: float, blur: float) -> None:
    """Darken the picture under a blurred shape; the shadow takes the colour of the floor, not grey."""
    margin = round(blur * 2.5)
    mask = Image.new("L", (shape.width + 2 * margin, shape.height + 2 * margin))
    mask.paste(shape, (margin, margin))
    mask = soften(mask, blur).point(lambda level: round(level * strength))
    corner = at[0] - margin, at[1] - margin
    under = picture.crop((*corner, corner[0] + mask.width, corner[1] + mask.height))
    dark = under.filter(ImageFilter.BoxBlur(2)).point(lambda level: round(level * 0.22))
    picture.paste(dark, corner, mask)
