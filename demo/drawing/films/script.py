"""What a clip is made of: its words, its look, its sound, and when which product is shown."""

from dataclasses import dataclass, field

from demo.drawing.films.music import Music

HOOK_SHARE = 0.17
CLOSE_SHARE = 0.2


@dataclass(frozen=True)
class Span:
    """When a product (its slug) is shown."""

    product: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Film:
    """A clip. `claims` has one line per product; `speech` has the hook, one cue per product and the close, or nothing.

    `ground`, `entry` and `layout` name entries of GROUNDS, ENTRIES and LAYOUTS; `palette` is paper, second paper, ink, accent.
    """

    slug: str
    creator: str
    caption: str
    kind: str
    verdict: str
    products: tuple[str, ...]
    duration_ms: int
    hook: str
    claims: tuple[str, ...]
    closing: str
    palette: tuple[str, str, str, str]
    ground: str
    entry: str
    layout: str
    music: Music
    speech: tuple[str, ...] = field(default=())
    language: str = "en"
    shape: str = "portrait"


def spans(film: Film) -> list[Span]:
    """Share the time between hook and close among the products, on whole tenths of a second."""
    start, end = film.duration_ms * HOOK_SHARE, film.duration_ms * (1 - CLOSE_SHARE)
    step = (end - start) / len(film.products)
    cuts = [round((start + step * number) / 100) * 100 for number in range(len(film.products) + 1)]
    return [Span(slug, cuts[number], cuts[number + 1]) for number, slug in enumerate(film.products)]


def captions_vtt(film: Film) -> str:
    """Write what is said as WebVTT; "" when nobody speaks."""
    if not film.speech:
        return ""
    shown = spans(film)
    times = [
        (200, shown[0].start_ms),
        *((span.start_ms, span.end_ms) for span in shown),
        (shown[-1].end_ms, film.duration_ms),
    ]
    cues = [
        f"{_stamp(start)} --> {_stamp(end - 50)}\n{words}"
        for (start, end), words in zip(times, film.speech, strict=True)
    ]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _stamp(ms: int) -> str:
    return f"00:{ms // 60_000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
