"""Put scored clips into the order of a page. Pure.

The rules, in the order in which they yield when nothing fits: the dial is never broken; no two clips in a row by one
creator or of one product; at least three categories in eight; the best score first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WINDOW = 8
LEAST_CATEGORIES = 3


@dataclass(frozen=True)
class Candidate:
    """A clip in line, best score first. `is_free` of the dial: it earns nothing, or its creator is followed."""

    clip_id: int
    creator_id: int
    products: frozenset[int]
    categories: frozenset[int]
    is_free: bool


def arrange(candidates: Iterable[Candidate], *, before: Sequence[Candidate], dial: int, count: int) -> list[Candidate]:
    """Return at most `count` clips. `before` are the last ones served, oldest first; of any 8 in a row `dial` may earn."""
    waiting = list(candidates)
    placed: list[Candidate] = list(before)[-(WINDOW - 1) :]
    start = len(placed)
    while waiting and len(placed) - start < count:
        index = _next(waiting, placed, dial)
        if index is None:
            break
        placed.append(waiting.pop(index))
    return placed[start:]


def _next(waiting: Sequence[Candidate], placed: Sequence[Candidate], dial: int) -> int | None:
    """Return the first that keeps every rule; else the first that keeps the dial; None when that fits nothing."""
    window = placed[-(WINDOW - 1) :]
    may_earn = sum(not one.is_free for one in window) < dial
    allowed = [index for index, one in enumerate(waiting) if may_earn or one.is_free]
    wants_other = _wants_other_category(window)
    known = frozenset[int]().union(*(one.categories for one in window)) if window else frozenset[int]()
    for index in allowed:
        one = waiting[index]
        if not _is_neighbourly(one, placed) or (wants_other and one.categories <= known):
            continue
        return index
    return next(
        (index for index in allowed if _is_neighbourly(waiting[index], placed)), allowed[0] if allowed else None
    )


def _is_neighbourly(one: Candidate, placed: Sequence[Candidate]) -> bool:
    if not placed:
        return True
    last = placed[-1]
    return one.creator_id != last.creator_id and not one.products & last.products


def _wants_other_category(window: Sequence[Candidate]) -> bool:
    """Tell whether the places left in the window of eight are as few as the categories that it still lacks."""
    found = len(frozenset[int]().union(*(one.categories for one in window))) if window else 0
    return LEAST_CATEGORIES - found >= WINDOW - len(window) > 0 or (
        len(window) == WINDOW - 1 and found < LEAST_CATEGORIES
    )
