"""The rules of a page, as pure functions over a ranked list and what was shown just before it.

The commerce dial is never broken, even if the page comes out shorter. The other rules give way one by one, the last
of RULES first, when nothing left can keep them all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

WINDOW = 8
LEAST_CATEGORIES = 3


class Dial(Enum):
    """How many clips of any WINDOW in a row may earn; FOLLOWED: none but those of followed creators."""

    ALL = 8
    HALF = 4
    QUARTER = 2
    FOLLOWED = 0


@dataclass(frozen=True)
class Clip:
    """What the rules look at. `earns`: a paid campaign or a commission; `few_views`: its creator is little known."""

    item: int
    creator: int
    products: frozenset[int]
    category: int
    earns: bool = False
    followed: bool = False
    fresh: bool = False
    few_views: bool = False


@dataclass(frozen=True)
class Shares:
    """The places of each page, from 0, that are kept for new clips and for creators with few views."""

    fresh: frozenset[int] = frozenset({3})
    few_views: frozenset[int] = frozenset({6})


type Rule = Callable[[Clip, Sequence[Clip]], bool]


def keeps_dial(clip: Clip, before: Sequence[Clip], dial: Dial) -> bool:
    """Whether the dial still holds over the WINDOW that ends with this clip."""
    if not clip.earns or dial is Dial.ALL:
        return True
    if dial is Dial.FOLLOWED:
        return clip.followed
    return sum(shown.earns for shown in before[-(WINDOW - 1) :]) < int(dial.value)


def keeps_creator_apart(clip: Clip, before: Sequence[Clip]) -> bool:
    """Whether the clip just before is by another creator."""
    return not before or before[-1].creator != clip.creator


def keeps_product_apart(clip: Clip, before: Sequence[Clip]) -> bool:
    """Whether the clip just before shows none of the same products."""
    return not before or not before[-1].products & clip.products


def keeps_categories(clip: Clip, before: Sequence[Clip]) -> bool:
    """Whether any WINDOW in a row can still have LEAST_CATEGORIES: 3 in 8, hence 2 in 7."""
    for missing in range(LEAST_CATEGORIES - 1):
        length = WINDOW - missing
        if len(before) >= length - 1:
            seen = {shown.category for shown in before[len(before) - length + 1 :]} | {clip.category}
            if len(seen) < LEAST_CATEGORIES - missing:
                return False
    return True


RULES: tuple[Rule, ...] = (keeps_creator_apart, keeps_product_apart, keeps_categories)


def lay_out(
    ranked: Sequence[Clip],
    shown: Sequence[Clip] = (),
    *,
    size: int = WINDOW,
    dial: Dial = Dial.ALL,
    shares: Shares | None = None,
) -> list[Clip]:
    """Choose a page, in order, from clips ranked best first; `shown` is what came just before, the last one last.

    A place kept for a share goes to the best clip of that kind, and to the best of all if there is none.
    """
    shares = shares or Shares()
    feed, left = list(shown), list(ranked)
    for place in range(size):
        chosen = _choose_for(place, left, feed, dial, shares)
        if chosen is None:
            break
        feed.append(left.pop(chosen))
    return feed[len(shown) :]


def _choose_for(place: int, left: list[Clip], feed: list[Clip], dial: Dial, shares: Shares) -> int | None:
    """Return where the clip for this place stands among those left."""
    chosen = None
    if place in shares.fresh:
        chosen = _choose([at for at, clip in enumerate(left) if clip.fresh], left, feed, dial)
    if chosen is None and place in shares.few_views:
        chosen = _choose([at for at, clip in enumerate(left) if clip.few_views], left, feed, dial)
    return chosen if chosen is not None else _choose(range(len(left)), left, feed, dial)


def _choose(pool: Iterable[int], left: list[Clip], feed: list[Clip], dial: Dial) -> int | None:
    """Return the best clip that keeps the most rules; a rule gives way only when no clip of the pool keeps it."""
    best, most = None, -1
    for at in pool:
        clip = left[at]
        if not keeps_dial(clip, feed, dial):
            continue
        kept = next((index for index, rule in enumerate(RULES) if not rule(clip, feed)), len(RULES))
        if kept > most:
            best, most = at, kept
            if kept == len(RULES):
                break
    return best
