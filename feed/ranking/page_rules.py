"""Rules for laying out a page: pure functions of a ranked list and the clips shown just before it.

The commerce dial is broken only if no remaining clip fits it. The clip then says so, and the feed goes on. The other
rules are softer. If no remaining clip satisfies all of them, the last rule in RULES is dropped first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

WINDOW = 8
MIN_CATEGORIES = 3
"""Minimum number of distinct categories among any WINDOW consecutive clips."""


@dataclass(frozen=True)
class RankedClip:
    """The facts about a clip that the rules use.

    `is_commercial` means that its creator earns a fee or commission, or declared a gift or sponsor. `is_exploration`
    marks a clip with few views, and `is_look` one of a category of which nobody knows whether the viewer likes it.
    `has_new_creator` means that its creator has few views so far. `exceeds_dial` is set by `lay_out_page` on a clip that
    the commerce dial does not allow.
    """

    item: int
    creator: int
    products: frozenset[int]
    category: int
    is_commercial: bool = False
    is_followed: bool = False
    is_exploration: bool = False
    is_look: bool = False
    has_new_creator: bool = False
    exceeds_dial: bool = False


@dataclass(frozen=True)
class ReservedPositions:
    """Positions on each page, from 0, that are reserved for new clips, and for looks or else creators with few views.

    They are 2 of 8. Late positions cost least, because fewer viewers come to them.
    """

    exploration: frozenset[int] = frozenset({4})
    new_creators: frozenset[int] = frozenset({7})


type Rule = Callable[[RankedClip, Sequence[RankedClip]], bool]


def fits_dial(clip: RankedClip, before: Sequence[RankedClip], max_commercial: int) -> bool:
    """Return whether the commerce dial allows the clip after those in `before`.

    A clip that is not commercial is always allowed. A commercial clip is allowed if the last WINDOW clips, counting
    this one, include at most `max_commercial` commercial clips. If `max_commercial` is 0, it is allowed only if the
    viewer follows its creator.
    """
    if not clip.is_commercial or max_commercial >= WINDOW:
        return True
    if max_commercial == 0:
        return clip.is_followed
    return sum(shown.is_commercial for shown in before[-(WINDOW - 1) :]) < max_commercial


def has_other_creator(clip: RankedClip, before: Sequence[RankedClip]) -> bool:
    """Return whether the previous clip is by another creator. True if there is no previous clip."""
    return not before or before[-1].creator != clip.creator


def has_other_products(clip: RankedClip, before: Sequence[RankedClip]) -> bool:
    """Return whether the clip shares no product with the previous clip. True if there is no previous clip."""
    return not before or not before[-1].products & clip.products


def keeps_categories_varied(clip: RankedClip, before: Sequence[RankedClip]) -> bool:
    """Return whether the categories of the latest clips, including this one, are varied enough.

    False if the last 8 clips have fewer than 3 categories, or the last 7 fewer than 2. With only 1 category in 7 clips,
    the eighth clip could not bring the number to 3.
    """
    for missing in range(MIN_CATEGORIES - 1):
        length = WINDOW - missing
        if len(before) >= length - 1:
            categories = {shown.category for shown in before[len(before) - length + 1 :]} | {clip.category}
            if len(categories) < MIN_CATEGORIES - missing:
                return False
    return True


RULES: tuple[Rule, ...] = (has_other_creator, has_other_products, keeps_categories_varied)


def lay_out_page(
    ranked: Sequence[RankedClip],
    shown: Sequence[RankedClip] = (),
    *,
    size: int = WINDOW,
    max_commercial: int = WINDOW,
    reserved: ReservedPositions | None = None,
    placed: Mapping[int, RankedClip] = MappingProxyType({}),
) -> list[RankedClip]:
    """Return the clips for a page, in order. `ranked` is best first. `shown` holds the clips shown before, latest last.

    The page is shorter than `size` only if no clip is left. A clip that had to break the dial has `exceeds_dial` set.
    A reserved position goes to the best clip of its kind, or to the best remaining clip if there is none. `placed` maps
    positions to the sponsored clips that stand there, if the dial allows it. They are not in `ranked`.
    """
    reserved = reserved or ReservedPositions()
    sequence, remaining = list(shown), list(ranked)
    for position in range(size):
        sponsored = placed.get(position)
        if sponsored is not None and fits_dial(sponsored, sequence, max_commercial):
            sequence.append(sponsored)
            continue
        index = _index_for(position, remaining, sequence, max_commercial, reserved)
        if index is not None:
            sequence.append(remaining.pop(index))
            continue
        index = _best_index(range(len(remaining)), remaining, sequence, WINDOW)
        if index is None:
            break
        sequence.append(replace(remaining.pop(index), exceeds_dial=True))
    return sequence[len(shown) :]


def _index_for(
    position: int,
    remaining: list[RankedClip],
    before: list[RankedClip],
    max_commercial: int,
    reserved: ReservedPositions,
) -> int | None:
    """Return the index in `remaining` of the clip for this position, or None if no clip fits the dial."""
    index = None
    if position in reserved.exploration:
        pool = [index for index, clip in enumerate(remaining) if clip.is_exploration]
        index = _best_index(pool, remaining, before, max_commercial)
    if index is None and position in reserved.new_creators:
        looks = [index for index, clip in enumerate(remaining) if clip.is_look]
        pool = looks or [index for index, clip in enumerate(remaining) if clip.has_new_creator]
        index = _best_index(pool, remaining, before, max_commercial)
    return index if index is not None else _best_index(range(len(remaining)), remaining, before, max_commercial)


def _best_index(
    pool: Iterable[int], remaining: list[RankedClip], before: list[RankedClip], max_commercial: int
) -> int | None:
    """Return the index of the best clip in `pool`, or None if no clip fits the dial.

    Clips are compared by how many RULES they satisfy before the first one that they break. Ties go to the first clip in
    `pool`.
    """
    best, most = None, -1
    for index in pool:
        clip = remaining[index]
        if not fits_dial(clip, before, max_commercial):
            continue
        satisfied = next((number for number, rule in enumerate(RULES) if not rule(clip, before)), len(RULES))
        if satisfied > most:
            best, most = index, satisfied
            if satisfied == len(RULES):
                break
    return best
