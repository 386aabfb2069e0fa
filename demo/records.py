"""Dataclasses for the records in the demo's data files. They raise ValueError for invalid values."""

import re
from dataclasses import dataclass
from typing import Literal

COLOUR = re.compile(r"#[0-9a-f]{6}")
HOOK_SHARE = 0.17
CLOSING_SHARE = 0.2
"""Shares of a clip's duration that come before the first product and after the last one."""


def _check(is_right: bool, sentence: str) -> None:
    if not is_right:
        raise ValueError(sentence)


def _check_colours(*colours: str) -> None:
    for colour in colours:
        _check(COLOUR.fullmatch(colour) is not None, f'"{colour}" is not a colour of the form "#rrggbb".')


@dataclass(frozen=True)
class DemoAccount:
    """A user with a role. Users who are in a group are staff, and the one with the role "admin" is a superuser."""

    role: str
    email: str
    description: str
    group: str = ""


@dataclass(frozen=True)
class DemoCategory:
    """A category with its parent (a slug, or "" for none), its sales commission in basis points, and its tax class."""

    slug: str
    name: str
    commission_rate_bps: int
    parent: str = ""
    tax_class: str = ""


@dataclass(frozen=True)
class DemoTaxRate:
    """A tax rate in basis points, of a country or a region, for a tax class or, if that is "", the standard rate."""

    country_code: str
    rate_bps: int
    region: str = ""
    tax_class: str = ""


@dataclass(frozen=True)
class Look:
    """How a product is drawn: kind, colours ("#rrggbb"), photo scene, and the words printed on the product."""

    kind: str
    body: str
    accent: str
    label: str
    wall: str
    scene: str
    words: str

    def __post_init__(self) -> None:
        _check_colours(self.body, self.accent, self.label, self.wall)


@dataclass(frozen=True)
class DemoVariant:
    """A product in one combination of its options. Prices are in US cents; without one, it has the product's.

    `former_price_minor` is what it cost before it was reduced.
    """

    option_values: tuple[str, ...]
    stock: int
    price_minor: int = 0
    former_price_minor: int = 0

    def __post_init__(self) -> None:
        _check(self.stock >= 0, "The stock must not be negative.")
        is_reduced = self.former_price_minor > self.price_minor > 0
        _check(not self.former_price_minor or is_reduced, "The former price must be above the price.")


@dataclass(frozen=True)
class DemoProduct:
    """A product with its price in US cents. `outbound_url` is its page in another shop, or "" for none.

    `option_names` is what its `variants` differ in.
    """

    slug: str
    name: str
    brand: str
    category: str
    price_minor: int
    stock: int
    description: str
    look: Look
    outbound_url: str = ""
    option_names: tuple[str, ...] = ()
    variants: tuple[DemoVariant, ...] = ()

    def __post_init__(self) -> None:
        _check(self.price_minor > 0, "The price must be above zero.")
        _check(self.stock > 0, "The stock must be above zero.")
        counts = {len(variant.option_values) for variant in self.variants}
        _check(counts <= {len(self.option_names)}, "A variant has a value for each option.")
        stock = sum(variant.stock for variant in self.variants)
        _check(not self.variants or stock == self.stock, "The stock must be that of all variants together.")


@dataclass(frozen=True)
class Portrait:
    """How a creator is drawn. Colours are "#rrggbb"."""

    skin: str
    hair: str
    style: str
    shirt: str
    wall: str
    glasses: bool = False
    beard: bool = False
    extra: str = ""
    """ "earrings", "beanie", or the colour of a scarf."""

    def __post_init__(self) -> None:
        _check_colours(self.skin, self.hair, self.shirt, self.wall)


@dataclass(frozen=True)
class DemoCreator:
    """A creator of demo clips."""

    handle: str
    display_name: str
    bio: str
    portrait: Portrait

    @property
    def email(self) -> str:
        return f"{self.handle}@demo.example"


@dataclass(frozen=True)
class DemoRating:
    """A shopper's rating of a product: 1 to 5 stars and a text."""

    product: str
    name: str
    stars: int
    words: str

    def __post_init__(self) -> None:
        _check(1 <= self.stars <= 5, "Stars go from 1 to 5.")


@dataclass(frozen=True)
class DemoCampaign:
    """A campaign with its terms, of which it has one set. The fee is in US cents."""

    slug: str
    title: str
    brief: str
    clips_cap: int
    clips_per_creator: int
    fee_minor: int


@dataclass(frozen=True)
class Tune:
    """A tune: style, beats per minute, root note (MIDI number), and chords.

    Each chord is given in semitones above the root. A negative number means a minor chord.
    """

    style: str
    bpm: int
    root: int
    chords: tuple[int, ...] = (0, -9, 5, 7)


@dataclass(frozen=True)
class ReviewOutcome:
    """A moderator's decision not to approve a clip, with a reason code."""

    action: Literal["request_changes", "reject"]
    reason: str
    words: str


@dataclass(frozen=True)
class ProductSpan:
    """When a clip shows a product, which is given by its slug."""

    product: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class DemoClip:
    """A clip's words, look and sound.

    `claims` has one line per product. `speech` is empty or has the hook, one cue per product, and the closing.
    `palette` is paper, second paper, ink and accent. The fields for the other parts of the look are keys of tables in
    `demo.drawing.clips`.
    """

    slug: str
    creator: str
    caption: str
    kind: Literal["review", "comparison", "ranking", "gift_guide"]
    verdict: Literal["recommend", "mixed", "not_for_me"]
    products: tuple[str, ...]
    duration_ms: int
    hook: str
    claims: tuple[str, ...]
    closing: str
    palette: tuple[str, str, str, str]
    background: str
    entrance: str
    layout: Literal["hero", "rank", "versus", "photo", "cards"]
    music: Tune
    speech: tuple[str, ...] = ()
    language: Literal["en", "ar", "he"] = "en"
    shape: Literal["portrait", "rotated", "square", "landscape"] = "portrait"
    refusal: ReviewOutcome | None = None
    is_left_waiting: bool = False
    """Whether the clip stays in the review queue, for a visitor to decide."""

    def __post_init__(self) -> None:
        count = len(self.products)
        _check(count >= 2, "A clip shows two products or more.")
        _check(len(self.claims) == count, "A clip has one claim for each product.")
        _check(len(self.speech) in (0, count + 2), "Speech has the hook, a cue for each product, and the closing.")
        _check_colours(*self.palette)

    @property
    def spans(self) -> list[ProductSpan]:
        """Divide the time between hook and closing among the products, in tenths of a second."""
        start, end = self.duration_ms * HOOK_SHARE, self.duration_ms * (1 - CLOSING_SHARE)
        step = (end - start) / len(self.products)
        cuts = [round((start + step * number) / 100) * 100 for number in range(len(self.products) + 1)]
        return [ProductSpan(slug, cuts[number], cuts[number + 1]) for number, slug in enumerate(self.products)]

    @property
    def captions_vtt(self) -> str:
        """Return the speech as WebVTT, or "" if nobody speaks."""
        if not self.speech:
            return ""
        spans = self.spans
        times = [
            (200, spans[0].start_ms),
            *((span.start_ms, span.end_ms) for span in spans),
            (spans[-1].end_ms, self.duration_ms),
        ]
        cues = [
            f"{_timestamp(start)} --> {_timestamp(end - 50)}\n{words}"
            for (start, end), words in zip(times, self.speech, strict=True)
        ]
        return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _timestamp(ms: int) -> str:
    return f"00:{ms // 60_000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


@dataclass(frozen=True)
class DemoStill:
    """One picture of a photo post: products side by side, and in words what can be seen."""

    products: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class DemoPhotoPost:
    """A photo post outside campaigns. `wall` and `accent` are the colours of the room."""

    slug: str
    creator: str
    caption: str
    wall: str
    accent: str
    pictures: tuple[DemoStill, ...]

    def __post_init__(self) -> None:
        _check_colours(self.wall, self.accent)
