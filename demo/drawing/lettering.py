"""Text in the font that Pillow bundles (Aileron, Latin only)."""

from functools import cache

from PIL import Image, ImageDraw, ImageFont

from demo.drawing.colour import RGB


@cache
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """Load the bundled font. Raises RuntimeError if Pillow was built without FreeType."""
    loaded = ImageFont.load_default(size_px)
    if not isinstance(loaded, ImageFont.FreeTypeFont):
        raise RuntimeError("The demo needs Pillow with FreeType. The wheels on PyPI have it.")
    return loaded


def letter(text: str, size_px: float, colour: RGB, *, bold: float = 0, spacing: float = 0) -> Image.Image:
    """Draw one line of text, as wide as its advance width and as high as the font.

    `bold` thickens strokes and `spacing` widens gaps, both as shares of the font size.
    """
    face = font(max(6, round(size_px)))
    stroke, gap = round(size_px * bold), size_px * spacing
    pieces = list(text) if spacing else [text]
    width = sum(face.getlength(piece) + gap for piece in pieces) - gap
    ascent, descent = face.getmetrics()
    picture = Image.new("RGBA", (max(1, round(width) + 2 * stroke + 2), ascent + descent + 2 * stroke), (*colour, 0))
    pen, x = ImageDraw.Draw(picture), float(stroke)
    for piece in pieces:
        pen.text((x, stroke), piece, font=face, fill=(*colour, 255), stroke_width=stroke)
        x += face.getlength(piece) + gap
    return picture


def wrapped(text: str, size_px: float, width_px: float, bold: float = 0) -> list[str]:
    """Break a text into lines no wider than `width_px`."""
    face, lines = font(max(6, round(size_px))), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and face.getlength(longer) + 2 * size_px * bold > width_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
