"""All layers of one film, each drawn once, when first needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from demo.drawing import cut_out
from demo.drawing.colour import RGB, WHITE, is_light, rgb, shade
from demo.drawing.films.script import Film
from demo.drawing.films.stage import Layer, Stage, set_words
from demo.drawing.lettering import letter
from demo.goods import PRODUCTS

SHELF = {product.slug: product for product in PRODUCTS}
TURNS = range(-60, 61, 4)


@dataclass(frozen=True)
class Cast:
    """All layers of one film, drawn once."""

    film: Film
    stage: Stage
    pictures: Mapping[str, Sequence[Path]]

    @cached_property
    def tones(self) -> tuple[RGB, RGB, RGB, RGB]:
        """Give paper, second paper, ink and accent."""
        paper, second, ink, accent = (rgb(value) for value in self.film.palette)
        return paper, second, ink, accent

    @cached_property
    def cuts(self) -> list[Image.Image]:
        """Cut the products out, no larger than they will be shown."""
        side = round(self.stage.product[2])
        return [_shrunk(cut_out(SHELF[slug]), side) for slug in self.film.products]

    @cached_property
    def heroes(self) -> list[Layer]:
        """Give each product as large as it gets."""
        return [Layer(_shaded(cut)) for cut in self.cuts]

    @cached_property
    def turned(self) -> list[dict[int, Layer]]:
        """Each product at each turn that its entry uses."""
        return [
            {turn: Layer(_shaded(cut).rotate(turn, Image.Resampling.BILINEAR, expand=True)) for turn in TURNS}
            for cut in self.cuts
        ]

    @cached_property
    def small(self) -> list[Layer]:
        """Give each product as small as it is beside the hook and the close."""
        side = (230 if len(self.cuts) < 3 else 170) * self.stage.unit
        return [Layer(_shaded(_shrunk(cut, round(side)))) for cut in self.cuts]

    @cached_property
    def names(self) -> list[list[Layer]]:
        """Set the products' names."""
        width, unit = self.stage.words[2], self.stage.unit
        titles = [SHELF[slug].name.split(",")[0] for slug in self.film.products]
        return [set_words(title, 62 * unit, self.tones[2], width=width, bold=0.035) for title in titles]

    @cached_property
    def claims(self) -> list[list[Layer]]:
        """Set what is claimed of each product."""
        accent = self.tones[3]
        ink = shade(accent, -0.75) if is_light(accent) else WHITE
        return [
            set_words(claim, 40 * self.stage.unit, ink, width=self.stage.words[2] * 0.86, bold=0.02, pill=accent)
            for claim in self.film.claims
        ]

    @cached_property
    def strips(self) -> list[list[Layer]]:
        """Give the names on strips of paper."""
        paper, _, ink, _ = self.tones
        size, width = 54 * self.stage.unit, self.stage.words[2] * 0.9
        titles = [SHELF[slug].name.split(",")[0] for slug in self.film.products]
        return [set_words(title, size, ink, width=width, pill=paper) for title in titles]

    @cached_property
    def numerals(self) -> list[Layer]:
        """Give the places of a ranking on round badges, the last product being number one."""
        side, accent, count = round(170 * self.stage.unit), self.tones[3], len(self.film.products)
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
    def photos(self) -> list[Image.Image]:
        """Give the scenes, a little wider than the frame, so that they can drift."""
        height = max(self.stage.height, round(self.stage.width * 1.12))
        shots = [Image.open(self.pictures[slug][2 - n % 2]) for n, slug in enumerate(self.film.products)]
        return [shot.convert("RGB").resize((height, height), Image.Resampling.BICUBIC) for shot in shots]

    @cached_property
    def cards(self) -> list[Layer]:
        """Give prints with a white border, leaning to either side."""
        side = round(self.stage.product[2] * 0.94)
        prints = []
        for number, slug in enumerate(self.film.products):
            card = Image.new("RGBA", (side, round(side * 1.12)), (252, 250, 245, 255))
            edge = round(side * 0.05)
            photo = Image.open(self.pictures[slug][0]).resize(
                (side - 2 * edge, side - 2 * edge), Image.Resampling.HAMMING
            )
            card.paste(photo, (edge, edge))
            prints.append(Layer(_shaded(card.rotate(5 if number % 2 else -4, Image.Resampling.BICUBIC, expand=True))))
        return prints


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    share = side / max(picture.size)
    return picture.resize((round(picture.width * share), round(picture.height * share)), Image.Resampling.HAMMING)


def _shaded(picture: Image.Image) -> Image.Image:
    """Put a soft shadow under a cut-out."""
    grown = Image.new("RGBA", (picture.width + 60, picture.height + 60))
    shadow = Image.new("RGBA", picture.size, (0, 0, 0, 90))
    shadow.putalpha(picture.getchannel("A").point(lambda level: level * 90 // 255))
    grown.paste(shadow, (30, 44))
    grown = grown.filter(ImageFilter.GaussianBlur(14))
    grown.alpha_composite(picture, (30, 30))
    return grown
