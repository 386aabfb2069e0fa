"""Clip frames: hook, products and closing."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from demo.datasets import CREATORS
from demo.drawing import draw_portrait
from demo.drawing.clips.backgrounds import BACKGROUNDS
from demo.drawing.clips.layers import ClipLayers
from demo.drawing.clips.layouts import LAYOUTS, put_lines
from demo.drawing.clips.stage import FRAMES_PER_SECOND, STAGES, Layer, ease, set_words, spring
from demo.drawing.colour import WHITE, is_light, rgb, shade
from demo.records import DemoClip

STAMPS = {
    "recommend": ("I'd buy it again", "#1f9d61"),
    "mixed": ("Mixed feelings", "#d98a1f"),
    "not_for_me": ("Not for me", "#c4473a"),
}


def draw_frames(clip: DemoClip, photos: Mapping[str, Sequence[Path]]) -> Iterator[Image.Image]:
    """Yield the clip's RGB frames in order. `photos` maps each product's slug to front, close-up and scene."""
    stage = STAGES[clip.shape]
    layers = ClipLayers(clip, stage, photos)
    background = BACKGROUNDS[clip.background](stage, *(layers.tones[index] for index in (0, 1, 3)))
    spans = clip.spans
    hook, closing = _Hook(layers), _Closing(layers)
    for number in range(clip.duration_ms * FRAMES_PER_SECOND // 1000):
        ms = number * 1000 / FRAMES_PER_SECOND
        frame = background(ms / 1000)
        if ms < spans[0].start_ms:
            hook.paint(frame, ms / 1000)
        elif ms >= spans[-1].end_ms:
            closing.paint(frame, (ms - spans[-1].end_ms) / 1000)
        else:
            index = next(index for index, span in enumerate(spans) if ms < span.end_ms)
            span = spans[index]
            LAYOUTS[clip.layout](layers, frame, index, (ms - span.start_ms) / 1000, (span.end_ms - ms) / 1000)
        yield frame


class _Hook:
    """The opening, which shows the hook in large letters while the products rise into view."""

    def __init__(self, layers: ClipLayers) -> None:
        self.layers, stage = layers, layers.stage
        self.lines = set_words(
            layers.clip.hook, 92 * stage.unit, layers.tones[2], width=stage.words[2] * 1.04, bold=0.045
        )

    def paint(self, frame: Image.Image, seconds: float) -> None:
        stage = self.layers.stage
        style = {"hero": "pop", "rank": "slide", "versus": "slide"}.get(self.layers.clip.layout, "rise")
        put_lines(frame, self.lines, stage.words[0], stage.words[1] + 40 * stage.unit, seconds + 0.25, style=style)
        count = len(self.layers.small)
        for number, layer in enumerate(self.layers.small):
            share = spring((seconds - 0.15 * number) / 0.6)
            x = stage.product[0] + (number - (count - 1) / 2) * (250 if count < 3 else 190) * stage.unit
            layer.put(frame, x, stage.product[1] + 70 * stage.unit + (1 - share) * 500)


class _Closing:
    """The ending, which shows the creator, the verdict, and the products once more."""

    def __init__(self, layers: ClipLayers) -> None:
        clip, stage = layers.clip, layers.stage
        self.layers = layers
        creator = next(creator for creator in CREATORS if creator.handle == clip.creator)
        self.face = Layer(_rounded_face(draw_portrait(creator), round(190 * stage.unit)))
        words, tone = STAMPS[clip.verdict]
        width, unit = stage.words[2], stage.unit
        self.stamp = set_words(words, 46 * unit, WHITE, width=width, bold=0.04, pill=rgb(tone))
        self.lines = set_words(clip.closing, 64 * unit, layers.tones[2], width=width, bold=0.04)
        accent = layers.tones[3]
        ink = shade(accent, -0.75) if is_light(accent) else WHITE
        self.handle = set_words(f"@{clip.creator}", 34 * unit, ink, width=width, pill=accent)

    def paint(self, frame: Image.Image, seconds: float) -> None:
        stage, unit = self.layers.stage, self.layers.stage.unit
        x, top, _ = stage.words
        self.face.put(frame, x, top + 60 * unit, scale=spring(seconds / 0.5))
        put_lines(frame, self.handle, x, top + 165 * unit, seconds - 0.2)
        below = put_lines(frame, self.lines, x, top + 250 * unit, seconds - 0.3)
        put_lines(frame, self.stamp, x, below + 16 * unit, seconds - 0.7, style="pop")
        count = len(self.layers.small)
        for number, layer in enumerate(self.layers.small):
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
