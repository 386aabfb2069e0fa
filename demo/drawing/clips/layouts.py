"""Layouts: ways to show the products between hook and closing."""

from collections.abc import Callable, Sequence

from PIL import Image

from demo.drawing.clips.layers import ANGLES, ClipLayers
from demo.drawing.clips.stage import ENTRANCES, Layer, ease, spring

type Layout = Callable[[ClipLayers, Image.Image, int, float, float], None]
"""Paints product `number` into a frame. The last arguments are the seconds since its span began and until it ends."""


def put_lines(
    frame: Image.Image,
    lines: Sequence[Layer],
    x: float,
    top: float,
    seconds: float,
    *,
    gap: float = 1.02,
    style: str = "rise",
) -> float:
    """Animate lines that arrive one after the other, and return the y position below the last."""
    for number, line in enumerate(lines):
        share = ease((seconds - 0.14 * number) / 0.4)
        height = line.size[1] * gap
        dx, dy, scale = {"rise": (0.0, 60 * (1 - share), 1.0), "slide": (-320 * (1 - share), 0.0, 1.0)}.get(
            style, (0.0, 0.0, spring((seconds - 0.14 * number) / 0.4))
        )
        line.put(frame, x + dx, top + height / 2 + dy, opacity=share, scale=scale)
        top += height
    return top


def show_hero(layers: ClipLayers, frame: Image.Image, number: int, seconds: float, left: float) -> None:
    """Show the product in the middle, with its name and claim above it."""
    stage = layers.stage
    _put_product(layers, frame, number, seconds, left)
    x, top, _ = stage.words
    below = put_lines(frame, layers.title_lines[number], x, top, seconds)
    put_lines(frame, layers.claim_lines[number], x, below + 10, seconds - 0.5, gap=1.12, style="pop")


def show_rank(layers: ClipLayers, frame: Image.Image, number: int, seconds: float, left: float) -> None:
    """Show the product with its rank on a badge."""
    show_hero(layers, frame, number, seconds, left)
    x, y, side = layers.stage.product
    pop = spring((seconds - 0.45) / 0.4)
    layers.badges[number].put(frame, x - side * 0.46, y - side * 0.08, scale=pop * (1 - ease(1 - left / 0.2)))


def show_versus(layers: ClipLayers, frame: Image.Image, number: int, seconds: float, left: float) -> None:
    """Show both products, with the current one large and in front."""
    stage, share = layers.stage, ease(seconds / 0.5)
    other = (number + 1) % len(layers.heroes)
    x, y, side = stage.product
    aside = side * (0.34 if number % 2 == 0 else -0.34)
    layers.heroes[other].put(frame, x + aside * share, y - side * 0.1, scale=1 - 0.5 * share, opacity=1 - 0.35 * share)
    layers.heroes[number].put(
        frame, x - aside * 0.45 * share, y + side * 0.06, scale=0.5 + 0.36 * spring(seconds / 0.55) + 0.012 * seconds
    )
    below = put_lines(frame, layers.title_lines[number], stage.words[0], stage.words[1], seconds, style="slide")
    put_lines(frame, layers.claim_lines[number], stage.words[0], below + 10, seconds - 0.4, gap=1.12)


def show_photo(layers: ClipLayers, frame: Image.Image, number: int, seconds: float, left: float) -> None:
    """Fill the frame with the drifting scene photo, and put the words on strips."""
    stage = layers.stage
    scene = layers.scenes[number]
    drift = (scene.width - stage.width) * min(1, seconds / (seconds + left))
    x = round(drift if number % 2 == 0 else scene.width - stage.width - drift)
    y = round((scene.height - stage.height) / 2)
    shown = scene.crop((x, y, x + stage.width, y + stage.height))
    wipe = ease(seconds / 0.45)
    frame.paste(shown.crop((0, 0, stage.width, max(1, round(stage.height * wipe)))), (0, 0))
    below = put_lines(
        frame, layers.title_strips[number], stage.words[0], stage.words[1], seconds - 0.25, gap=1.06, style="slide"
    )
    put_lines(frame, layers.claim_lines[number], stage.words[0], below + 14, seconds - 0.7, gap=1.12, style="pop")


def show_cards(layers: ClipLayers, frame: Image.Image, number: int, seconds: float, left: float) -> None:
    """Drop a print of the product onto a pile, with its name and claim above."""
    stage = layers.stage
    for index in range(number + 1):
        age = seconds if index == number else 9.0
        card, share = layers.prints[index], ease(age / 0.5)
        lean = -1 if index % 2 else 1
        card.put(
            frame,
            stage.product[0] + lean * 14 + lean * 620 * (1 - share),
            stage.product[1] + index * 16,
            scale=1.25 - 0.25 * share,
        )
    below = put_lines(frame, layers.title_lines[number], stage.words[0], stage.words[1], seconds, style="slide")
    put_lines(frame, layers.claim_lines[number], stage.words[0], below + 10, seconds - 0.5, gap=1.12)


LAYOUTS: dict[str, Layout] = {
    "hero": show_hero,
    "rank": show_rank,
    "versus": show_versus,
    "photo": show_photo,
    "cards": show_cards,
}


def _put_product(layers: ClipLayers, frame: Image.Image, number: int, seconds: float, left: float) -> None:
    stage, pose = layers.stage, ENTRANCES[layers.clip.entrance](seconds, number)
    leave = 1 - ease(left / 0.28) if number < len(layers.heroes) - 1 else 0
    x = stage.product[0] + (pose.x - 900 * leave) * stage.unit
    y = stage.product[1] + pose.y * stage.unit
    layer = layers.heroes[number]
    if layers.clip.entrance in {"swing", "roll"}:
        layer = layers.rotated[number][min(ANGLES, key=lambda angle: abs(angle - pose.degrees))]
    layer.put(frame, x, y, scale=pose.scale, opacity=pose.opacity)
