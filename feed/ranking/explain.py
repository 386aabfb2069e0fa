"""Why this clip: the terms of its score, largest first, each with what it speaks of.

True, because the terms are the score.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from feed.ranking.candidates import TERMS, look_up
from feed.ranking.interactions import Floats, History, Ints
from feed.ranking.model import NOBODY, Model, Taste
from feed.ranking.prior import category_profile, interest_profile

LESS = 0.5
LEAST_SHARE = 0.1


@dataclass(frozen=True)
class Reason:
    """A term, its share of the score, and what it speaks of: a clip met, a category or a creator (else None)."""

    term: str
    share: float
    item: int | None = None
    category: int | None = None
    creator: int | None = None


def explain(
    model: Model, history: History, interests: Ints, item: int, terms: Floats, *, at_most: int = 3
) -> tuple[Reason, ...]:
    """Return the largest terms of one recommended clip; `terms` is its row of Scored.terms."""
    total = float(terms.sum())
    if total <= 0:
        return ()
    shares = terms / total
    order = np.argsort(-shares, kind="stable")[:at_most]
    large = [int(place) for place in order if shares[place] >= LEAST_SHARE]
    return tuple(_reason(model, history, interests, item, TERMS[place], float(shares[place])) for place in large)


def less_of(taste: Taste, reason: Reason) -> Taste:
    """Halve what the reason speaks of: its category or creator where it names one, else the term as a whole."""
    if reason.category is not None:
        factor = taste.categories.get(reason.category, 1.0) * LESS
        return replace(taste, categories=MappingProxyType({**taste.categories, reason.category: factor}))
    if reason.creator is not None:
        factor = taste.creators.get(reason.creator, 1.0) * LESS
        return replace(taste, creators=MappingProxyType({**taste.creators, reason.creator: factor}))
    factor = taste.terms.get(reason.term, 1.0) * LESS
    return replace(taste, terms=MappingProxyType({**taste.terms, reason.term: factor}))


def _reason(model: Model, history: History, interests: Ints, item: int, term: str, share: float) -> Reason:
    if term in ("transition", "co_watch", "context"):
        return Reason(term, share, item=_source(model, history, item, term))
    if term == "creator":
        return Reason(term, share, creator=int(model.tables.items.creator[item]))
    if term in ("interest", "category"):
        return Reason(term, share, category=_category(model, history, interests, item, term))
    return Reason(term, share)


def _source(model: Model, history: History, item: int, term: str) -> int | None:
    """Return the clip met whose neighbourhood gave the most to this term."""
    viewer = look_up(history, NOBODY, NOBODY)
    place = np.arange(len(viewer.met))
    used = viewer.weight >= 0
    if term != "transition":
        used &= (viewer.weight > 0) == (term == "co_watch")
    decay = 1 / (1 + place) if term == "transition" else 1 / np.sqrt(1 + place)
    table = model.tables.transitions if term == "transition" else model.tables.together
    weight = np.where(used, np.maximum(viewer.weight, 1) * decay, 0).astype(np.float32)
    ids, mass, lengths = table.gather(viewer.met, weight)
    here = np.flatnonzero(ids == item)
    if not len(here):
        return None
    rows = np.repeat(place, lengths)
    return int(viewer.met[rows[here[np.argmax(mass[here])]]])


def _category(model: Model, history: History, interests: Ints, item: int, term: str) -> int | None:
    """Return the clip's own category that the viewer leans to the most."""
    tables = model.tables
    own = tables.items.category_ids[tables.items.category_starts[item] : tables.items.category_starts[item + 1]]
    if not len(own):
        return None
    viewer = look_up(history, interests, NOBODY)
    if term == "interest":
        profile = interest_profile(interests, tables.base)
    else:
        profile = category_profile(tables.items, viewer.met, np.maximum(viewer.weight, 0), tables.base)
    return int(own[np.argmax(profile[own])])
