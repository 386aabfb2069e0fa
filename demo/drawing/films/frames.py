"""Plays a film frame by frame: hook, products, close."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from demo.drawing import draw_face
from demo.drawing.colour import WHITE, is_light, rgb, shade
from demo.drawing.films.backgrounds import GROUNDS
from demo.drawing.films.cast import Cast
from demo.drawing.films.layouts import LAYOUTS, put_lines
from demo.drawing.films.script import Film, spans
from demo.drawing.films.stage import FRAMES_PER_SECOND, STAGES, Layer, ease, set_words, spring
from demo.people import CREATORS

STAMPS = {
    "recommend": ("I'd buy it again", "#1f9d61"),
    "mixed": ("Mixed feelings", "#d98a1f"),
    "not_for_me": ("Not for me", "#c4473a"),
}


def play(film: Film, pictures: Mapping[str, Sequence[Path]]) -> Iterator[Image.Image]:
    """Yield the frames, RGB, in order."""
    stage = STAGES[film.shape]
    cast = Cast(film, stage, pictures)
    ground = GROUNDS[film.ground](stage, *(cast.tones[index] for index in (0, 1, 3)))
    shown = spans(film)
    hook, close = _Hook(cast), _Close(cast)
    for number in range(film.duration_ms * FRAMES_PER_SECOND // 1000):
        ms = number * 1000 / FRAMES_PER_SECOND
        frame = ground(ms / 1000)
        if ms < shown[0].start_ms:
            hook.paint(frame, ms / 1000)
        elif ms >= shown[-1].end_ms:
            close.paint(frame, (ms - shown[-1].end_ms) / 1000)
        else:
            index = next(index for index, span in enumerate(shown) if ms < span.end_ms)
            span = shown[index]
            LAYOUTS[film.layout](cast, frame, index, (ms - span.start_ms) / 1000, (span.end_ms - ms) / 1000)
        yield frame


class _Hook:
    """Says what the clip is about in large words; the products peep in from below."""

    def __init__(self, cast: Cast) -> None:
        self.cast, stage = cast, cast.stage
        self.lines = set_words(cast.film.hook, 92 * stage.unit, cast.tones[2], width=stage.words[2] * 1.04, bold=0.045)

    def paint(self, frame: Image.Image, seconds: float) -> None:
        stage = self.cast.stage
        style = {"hero": "pop", "rank": "slide", "versus": "slide"}.get(self.cast.film.layout, "rise")
        put_lines(frame, self.lines, stage.words[0], stage.words[1] + 40 * stage.unit, seconds + 0.25, style=style)
        count = len(self.cast.small)
        for number, layer in enumerate(self.cast.small):
            share = spring((seconds - 0.15 * number) / 0.6)
            x = stage.product[0] + (number - (count - 1) / 2) * (250 if count < 3 else 190) * stage.unit
            layer.put(frame, x, stage.product[1] + 70 * stage.unit + (1 - share) * 500)


class _Close:
    """Shows who is speaking, the verdict, and the products once more."""

    def __init__(self, cast: Cast) -> None:
        film, stage = cast.film, cast.stage
        self.cast = cast
        creator = next(creator for creator in CREATORS if creator.handle == film.creator)
        self.face = Layer(_rounded_face(draw_face(creator), round(190 * stage.unit)))
        words, tone = STAMPS[film.verdict]
        width, unit = stage.words[2], stage.unit
        self.stamp = set_words(words, 46 * unit, WHITE, width=width, bold=0.04, pill=rgb(tone))
        self.lines = set_words(film.closing, 64 * unit, cast.tones[2], width=width, bold=0.04)
        accent = cast.tones[3]
        ink = shade(accent, -0.75) if is_light(accent) else WHITE
        self.handle = set_words(f"@{film.creator}", 34 * unit, ink, width=width, pill=accent)

    def paint(self, frame: Image.Image, seconds: float) -> None:
        stage, unit = self.cast.stage, self.cast.stage.unit
        x, top, _ = stage.words
        self.face.put(frame, x, top + 60 * unit, scale=spring(seconds / 0.5))
        put_lines(frame, self.handle, x, top + 165 * unit, seconds - 0.2)
        below = put_lines(frame, self.lines, x, top + 250 * unit, seconds - 0.3)
        put_lines(frame, self.stamp, x, below + 16 * unit, seconds - 0.7, style="pop")
        count = len(self.cast.small)
        for number, layer in enumerate(self.cast.small):
            share = ease((seconds - 0.1 * number) / 0.6)
            at = stage.product[0] + (number - (count - 1) / 2) * (240 if count < 3 else 190) * unit
            foot = stage.product[1] + (110 * unit if stage.height > stage.width else 40 * unit)
            if stage.height != stage.width:
                layer.put(frame, at, foot + (1 - share) * 400, opacity=share)


def _rounded_face(face: Image.Image, side: int) -> Image.Image:
    disc = Image.new("L", (side * 2, side * 2))
    ImageDraw.Draw(disc).ellipse((8, 8, side * 2 - 8, side * 2 - 8), fill=255)
    framed = Image.new("RGBA", (side, side), (255, 255, 255, 255))
    edge = max(2, side // 24)
    inner = face.resize((side - 2 * edge, side - 2 * edge), Image.Resampling.LANCZOS)
    framed.paste(inner, (edge, edge), disc.resize(inner.size))
    framed.putalpha(disc.resize((side, side), Image.Resampling.LANCZOS))
    return framed
