"""A transparent canvas with its own units, for painting shapes with soft edges."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from demo.drawing.colour import RGB, WHITE
from demo.drawing.geometry import Point, Points, ellipse
from demo.drawing.lettering import letter
from demo.drawing.light import Fill, flat, puffy, tables

OVERSAMPLING = 2


class Canvas:
    """A picture measured in units, with `scale` pixels per unit."""

    def __init__(self, width: float = 1000, height: float = 1000, scale: float = 1.4) -> None:
        """Start with a transparent picture."""
        self.scale = scale
        self.image = Image.new("RGBA", (round(width * scale), round(height * scale)))

    def paint(
        self,
        points: Points,
        fill: Fill | RGB,
        *,
        opacity: float = 1,
        blur: float = 0,
        within: Points | None = None,
        behind: bool = False,
    ) -> None:
        """Fill an outline.

        `blur` is in units. `within` clips to another outline. `behind` paints underneath everything painted so far.
        """
        margin = blur * 2.5
        area = self._area(points, margin)
        if area is None:
            return
        mask = self._mask(points, area)
        if blur:
            mask = soften(mask, blur * self.scale)
        if within is not None:
            mask = ImageChops.multiply(mask, self._mask(within, area))
        colours = fill(mask) if callable(fill) else flat(fill)(mask)
        if opacity < 1:
            mask = mask.point(lambda level: round(level * opacity))
        colours.putalpha(mask)
        self._lay(colours, area[:2], behind=behind)

    def puff(self, points: Points, colour: RGB, depth: float = 0.12, gloss: float = 0.25, lift: float = 1.0) -> None:
        """Paint an outline as an inflated shape."""
        self.paint(points, puffy(colour, depth, gloss, lift))

    def tube(self, points: Points, width: float, colour: RGB, gloss: float = 0.3) -> None:
        """Paint a rope, wire or handle along a line, as an inflated shape."""
        self.paint(ribbon(points, width), puffy(colour, 0.5 * width / _smaller_side(points, width), gloss))

    def lathe(self, cx: float, profile: Points, colour: RGB, material: str = "gloss", tilt: float = 0.12) -> None:
        """Paint a solid of revolution with a curved bottom edge. `profile` is (y, half width) from top to bottom."""
        outline, ys = self._lathe_outline(cx, profile, tilt)
        table = tables(colour)[material]

        def fill(mask: Image.Image) -> Image.Image:
            top = min(y for _, y in outline)
            left = min(x for x, _ in outline)
            rows = top + np.arange(mask.height) / self.scale
            half = np.interp(rows, ys, [width for _, width in profile])[:, None]
            across = (left + np.arange(mask.width)[None, :] / self.scale - cx) / np.maximum(half, 1)
            slope = np.gradient(half[:, 0]) * self.scale if len(rows) > 1 else np.zeros(1)
            lift = np.clip(1 + slope * 0.16, 0.7, 1.25)[:, None, None]
            shown = table[((np.clip(across, -1, 1) + 1) * 127.5).astype(np.uint8)] * lift
            return Image.fromarray(np.clip(shown, 0, 255).astype(np.uint8))

        self.paint(outline, fill)

    def rim(self, cx: float, y: float, half: float, fill: Fill | RGB, tilt: float = 0.12) -> None:
        """Paint the ellipse that closes a solid of revolution at the top."""
        self.paint(ellipse(cx, y, half, half * tilt), fill)

    def wrap(
        self, label: Image.Image, cx: float, top: float, half: float, *, spread: float = 62, tilt: float = 0.12
    ) -> None:
        """Wrap a picture around a cylinder. It extends `spread` degrees to either side of the middle."""
        reach = math.sin(math.radians(spread)) * half
        width = round(2 * reach * self.scale)
        height = label.height
        bulge = half * tilt * self.scale
        across = np.linspace(-reach, reach, width) / half
        source_x = (np.arcsin(across) / math.radians(spread) + 1) / 2 * (label.width - 1)
        drop = bulge * (np.sqrt(1 - across**2) - math.cos(math.radians(spread)))
        rows = np.arange(height + math.ceil(bulge))[:, None] - drop[None, :]
        inside = (rows >= 0) & (rows <= height - 1)
        pixels = np.asarray(label)
        picked = pixels[
            np.clip(rows, 0, height - 1).astype(int), np.round(source_x).astype(int)[None, :].repeat(len(rows), 0)
        ].copy()
        picked[..., 3] = np.where(inside, picked[..., 3], 0)
        shading = 1 - 0.42 * np.clip(across - 0.1, 0, 1) ** 1.3 - 0.25 * np.clip(-across - 0.45, 0, 1)
        picked[..., :3] = (picked[..., :3] * shading[None, :, None]).astype(np.uint8)
        self._lay(Image.fromarray(picked), (round((cx - reach) * self.scale), round(top * self.scale)))

    def panel(self, face: Image.Image, corners: Sequence[Point]) -> None:
        """Stretch a flat picture over four corners (top left, top right, bottom right, bottom left) in perspective."""
        area = self._area(corners, 2)
        if area is None:
            return
        width, height = area[2] - area[0], area[3] - area[1]
        target = [(x * self.scale - area[0], y * self.scale - area[1]) for x, y in corners]
        source = [(0, 0), (face.width, 0), (face.width, face.height), (0, face.height)]
        warped = face.convert("RGBA").transform(
            (width, height), Image.Transform.PERSPECTIVE, _perspective(target, source), Image.Resampling.BICUBIC
        )
        warped.putalpha(ImageChops.multiply(warped.getchannel("A"), self._mask(corners, area)))
        self._lay(warped, area[:2])

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        colour: RGB = WHITE,
        *,
        bold: float = 0,
        spacing: float = 0,
        align: float = 0.5,
        degrees: float = 0,
        fit: float | None = None,
    ) -> None:
        """Write one line of text centred on y, which starts at x if `align` is 0 and ends at x if it is 1.

        `fit` is the maximum width.
        """
        drawn = letter(words, size * self.scale, colour, bold=bold, spacing=spacing)
        if fit is not None and drawn.width > fit * self.scale:
            drawn = letter(
                words, size * fit * self.scale / drawn.width * self.scale, colour, bold=bold, spacing=spacing
            )
        if degrees:
            drawn = drawn.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
        self._lay(drawn, (round(x * self.scale - drawn.width * align), round(y * self.scale - drawn.height / 2)))

    def lay(self, picture: Image.Image, x: float, y: float) -> None:
        """Composite a picture with its top left corner at (x, y)."""
        self._lay(picture, (round(x * self.scale), round(y * self.scale)))

    def _lay(self, picture: Image.Image, at: tuple[int, int], *, behind: bool = False) -> None:
        left, top = max(0, -at[0]), max(0, -at[1])
        right, bottom = min(picture.width, self.image.width - at[0]), min(picture.height, self.image.height - at[1])
        if right <= left or bottom <= top:
            return
        part = picture.crop((left, top, right, bottom))
        corner = (at[0] + left, at[1] + top)
        if behind:
            there = self.image.crop((*corner, corner[0] + part.width, corner[1] + part.height))
            part.alpha_composite(there)
            self.image.paste(part, corner)
        else:
            self.image.alpha_composite(part, corner)

    def _area(self, points: Points, margin: float) -> tuple[int, int, int, int] | None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left = max(0, math.floor((min(xs) - margin) * self.scale))
        top = max(0, math.floor((min(ys) - margin) * self.scale))
        right = min(self.image.width, math.ceil((max(xs) + margin) * self.scale))
        bottom = min(self.image.height, math.ceil((max(ys) + margin) * self.scale))
        return (left, top, right, bottom) if right > left and bottom > top else None

    def _mask(self, points: Points, area: tuple[int, int, int, int]) -> Image.Image:
        factor = self.scale * OVERSAMPLING
        size = (area[2] - area[0]) * OVERSAMPLING, (area[3] - area[1]) * OVERSAMPLING
        mask = Image.new("L", size)
        outline = [(x * factor - area[0] * OVERSAMPLING, y * factor - area[1] * OVERSAMPLING) for x, y in points]
        ImageDraw.Draw(mask).polygon(outline, fill=255)
        return mask.reduce(OVERSAMPLING)

    def _lathe_outline(self, cx: float, profile: Points, tilt: float) -> tuple[list[Point], list[float]]:
        ys = [y for y, _ in profile]
        right = [(cx + half, y) for y, half in profile]
        foot_y, foot = profile[-1]
        left = [(cx - half, y) for y, half in reversed(profile)]
        return [*right, *ellipse(cx, foot_y, foot, foot * tilt, 0, 180), *left], ys


def soften(mask: Image.Image, radius_px: float) -> Image.Image:
    """Blur a mask. Wide blurs are made on a smaller copy, which looks the same and is much faster."""
    factor = max(1, int(radius_px / 5))
    if factor == 1:
        return mask.filter(ImageFilter.GaussianBlur(radius_px))
    small = mask.reduce(factor).filter(ImageFilter.GaussianBlur(radius_px / factor))
    return small.resize(mask.size, Image.Resampling.BICUBIC)


def ribbon(points: Points, width: float | Sequence[float]) -> list[Point]:
    """Return the outline of a thick line with round ends. `width` may be a list with one value per point."""
    widths = np.full(len(points), width) if isinstance(width, int | float) else np.asarray(width)
    line = np.asarray(points, float)
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1) * widths[:, None] / 2
    angle = math.degrees(math.atan2(along[-1][1], along[-1][0]))
    end = ellipse(*_pair(line[-1]), widths[-1] / 2, widths[-1] / 2, angle + 90, angle - 90)
    angle = math.degrees(math.atan2(along[0][1], along[0][0]))
    start = ellipse(*_pair(line[0]), widths[0] / 2, widths[0] / 2, angle - 90, angle - 270)
    there, back = line + aside, (line - aside)[::-1]
    return [*map(_pair, there), *end, *map(_pair, back), *start]


def _pair(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Point:
    return float(values[0]), float(values[1])


def _smaller_side(points: Points, width: float) -> float:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(max(xs) - min(xs), max(ys) - min(ys)) + width


def _perspective(target: Sequence[Point], source: Sequence[Point]) -> list[float]:
    """Return Pillow's eight perspective coefficients, which map the target back to the source."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows, float), np.array(values, float))]
