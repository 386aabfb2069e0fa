"""Clip layers, each drawn once, when it is first needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from demo.datasets import PRODUCTS
from demo.drawing import cut_out
from demo.drawing.clips.stage import Layer, Stage, set_words
from demo.drawing.colour import RGB, WHITE, is_light, rgb, shade
from demo.drawing.lettering import letter
from demo.records import DemoClip

PRODUCT_BY_SLUG = {product.slug: product for product in PRODUCTS}
ANGLES = range(-60, 61, 4)


@dataclass(frozen=True)
class ClipLayers:
    """The layers of one clip. Each is drawn on first use."""

    clip: DemoClip
    stage: Stage
    photos: Mapping[str, Sequence[Path]]

    @cached_property
    def tones(self) -> tuple[RGB, RGB, RGB, RGB]:
        """Return the colours of paper, second paper, ink and accent."""
        paper, second, ink, accent = (rgb(value) for value in self.clip.palette)
        return paper, second, ink, accent

    @cached_property
    def cutouts(self) -> list[Image.Image]:
        """Return the products' cutouts, no larger than they are shown."""
        side = round(self.stage.product[2])
        return [_shrunk(cut_out(PRODUCT_BY_SLUG[slug]), side) for slug in self.clip.products]

    @cached_property
    def heroes(self) -> list[Layer]:
        """Return each product at its largest size."""
        return [Layer(_shaded(cutout)) for cutout in self.cutouts]

    @cached_property
    def rotated(self) -> list[dict[int, Layer]]:
        """Return each product rotated by every angle that entrances use, keyed by degrees."""
        return [
            {angle: Layer(_shaded(cutout).rotate(angle, Image.Resampling.BILINEAR, expand=True)) for angle in ANGLES}
            for cutout in self.cutouts
        ]

    @cached_property
    def small(self) -> list[Layer]:
        """Return each product at the small size of the hook and the closing."""
        side = (230 if len(self.cutouts) < 3 else 170) * self.stage.unit
        return [Layer(_shaded(_shrunk(cutout, round(side)))) for cutout in self.cutouts]

    @cached_property
    def title_lines(self) -> list[list[Layer]]:
        """Return each product's name, as one layer per line."""
        width, unit = self.stage.words[2], self.stage.unit
        titles = [PRODUCT_BY_SLUG[slug].name.split(",")[0] for slug in self.clip.products]
        return [set_words(title, 62 * unit, self.tones[2], width=width, bold=0.035) for title in titles]

    @cached_property
    def claim_lines(self) -> list[list[Layer]]:
        """Return each product's claim, as one layer per line."""
        accent = self.tones[3]
        ink = shade(accent, -0.75) if is_light(accent) else WHITE
        return [
            set_words(claim, 40 * self.stage.unit, ink, width=self.stage.words[2] * 0.86, bold=0.02, pill=accent)
            for claim in self.clip.claims
        ]

    @cached_property
    def title_strips(self) -> list[list[Layer]]:
        """Return each product's name on strips of paper, as one layer per line."""
        paper, _, ink, _ = self.tones
        size, width = 54 * self.stage.unit, self.stage.words[2] * 0.9
        titles = [PRODUCT_BY_SLUG[slug].name.split(",")[0] for slug in self.clip.products]
        return [set_words(title, size, ink, width=width, pill=paper) for title in titles]

    @cached_property
    def badges(self) -> list[Layer]:
        """Return round badges with the ranks. The last product is number one."""
        side, accent, count = round(170 * self.stage.unit), self.tones[3], len(self.clip.products)
        ink = shade(accent, -0.75) if is_light(accent) else WHITE
        badges = []
        for number in range(count):
            badge = Image.new("RGBA", (side * 2, side * 2))
            ImageDraw.Draw(badge).ellipse((4, 4, side * 2 - 4, side * 2 - 4), fill=(*accent, 255))
            numeral = letter(str(count - number), side * 1.3, ink, bold=0.04)
            badge.alpha_composite(numeral, ((badge.width - numeral.width) // 2, (badge.height - numeral.height) // 2))
            badges.append(Layer(_shaded(_shrunk(badge, side))))
        return badges

    @cached_property
    def scenes(self) -> list[Image.Image]:
        """Return the scene photos, which are a little wider than the frame so that they can drift."""
        height = max(self.stage.height, round(self.stage.width * 1.12))
        shots = [Image.open(self.photos[slug][2 - n % 2]) for n, slug in enumerate(self.clip.products)]
        return [shot.convert("RGB").resize((height, height), Image.Resampling.BICUBIC) for shot in shots]

    @cached_property
    def prints(self) -> list[Layer]:
        """Return the photos as prints with a white border, each tilted to one side."""
        side = round(self.stage.product[2] * 0.94)
        cards = []
        for number, slug in enumerate(self.clip.products):
            card = Image.new("RGBA", (side, round(side * 1.12)), (252, 250, 245, 255))
            edge = round(side * 0.05)
            photo = Image.open(self.photos[slug][0]).resize(
                (side - 2 * edge, side - 2 * edge), Image.Resampling.HAMMING
            )
            card.paste(photo, (edge, edge))
            cards.append(Layer(_shaded(card.rotate(5 if number % 2 else -4, Image.Resampling.BICUBIC, expand=True))))
        return cards


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    share = side / max(picture.size)
    return picture.resize((round(picture.width * share), round(picture.height * share)), Image.Resampling.HAMMING)


def _shaded(picture: Image.Image) -> Image.Image:
    """Return a cutout with a soft shadow under it."""
    grown = Image.new("RGBA", (picture.width + 60, picture.height + 60))
    shadow = Image.new("RGBA", picture.size, (0, 0, 0, 90))
    shadow.putalpha(picture.getchannel("A").point(lambda level: level * 90 // 255))
    grown.paste(shadow, (30, 44))
    grown = grown.filter(ImageFilter.GaussianBlur(14))
    grown.alpha_composite(picture, (30, 30))
    return grown
