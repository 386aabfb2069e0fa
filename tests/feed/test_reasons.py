"""Reasons are true: without their term the clip would rank lower, and their words hold for the viewer's own events."""

import os
import uuid
from collections import Counter

import numpy as np
import pytest

from feed.page.ranked_list import MANY, RankedList, rank_clips
from feed.page.ranker import Ranker
from feed.page.viewer_state import ViewerState
from feed.ranking.candidates import TERMS
from feed.ranking.explanations import A_LOT
from tests.feed.tastes import CATEGORIES, make_ranker

VIEWERS = int(os.environ.get("REASON_VIEWERS", "300"))
"""`REASON_VIEWERS=2000` makes the simulation longer."""
TERM_OF = {"enjoyed": "category"}


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return make_ranker(1500, events=30_000, viewers=800)


def draw_viewer(ranker: Ranker, random: np.random.Generator) -> ViewerState:
    """Return a viewer who enjoyed and skipped some clips of a few categories, chose interests, and follows creators."""
    clips = random.choice(ranker.snapshot.ids, int(random.integers(0, 30)), replace=False)
    favourite = int(random.integers(1, CATEGORIES + 1))
    weights = np.array(
        [float(favourite in ranker.snapshot.categories[clip - 1] or random.random() < 0.4) for clip in clips]
    )
    interests = random.choice(CATEGORIES, int(random.choice([0, 5])), replace=False) + 1
    return ViewerState(
        uuid.uuid4(),
        interests=frozenset(interests.tolist()),
        followed=frozenset(random.choice(ranker.snapshot.creators, int(random.integers(0, 9))).tolist()),
        history=clips,
        weights=weights.astype(np.float32),
        seen=clips,
    )


def untrue_reason(code: str, clip_id: int, viewer: ViewerState, ranked: RankedList) -> str:
    """Return what is untrue about a reason, or "". Everything is counted again, from the viewer's events alone."""
    term, _colon, subject = code.partition(":")
    categories = ranked.ranker.snapshot.categories
    enjoyed = [int(clip) for clip, weight in zip(viewer.history, viewer.weights, strict=True) if weight > 0]
    item = int(ranked.ranker.items(np.array([clip_id]))[0])
    if term == "interest" and int(subject) not in viewer.interests & set(categories[clip_id - 1]):
        return "not chosen"
    if term in ("category", "enjoyed"):
        count = sum(int(subject) in categories[clip - 1] for clip in enjoyed)
        if int(subject) not in categories[clip_id - 1] or count < (A_LOT if term == "category" else 1):
            return f"{count} enjoyed"
    creators = ranked.ranker.snapshot.creators
    if term == "creator" and int(subject) not in viewer.followed | {int(creators[clip - 1]) for clip in enjoyed}:
        return "creator not followed or enjoyed"
    if term in ("co_watch", "transition") and subject and int(subject) not in enjoyed:
        return "source not enjoyed"
    if term == "popular" and ranked.ranker.model.tables.popularity.enjoyed[item] < MANY:
        return "not many"
    if term in ("unseen", "look") and clip_id in viewer.seen:
        return "seen"
    term = TERM_OF.get(term, term)
    if term not in TERMS:
        return ""
    columns = [
        TERMS.index(name)
        for name in ({"category": ("category", "leaning"), "co_watch": ("co_watch", "transition")}.get(term, (term,)))
    ]
    scores = {other: float(terms.sum()) for other, terms in ranked.terms.items()}
    without = scores[item] - float(ranked.terms[item][columns].sum())
    is_lower = any(
        score < scores[item] and (score > without or (other < item and score > without * (1 - 1e-5)))
        for other, score in scores.items()
    )
    return "" if is_lower else "as high without it"


def test_no_reason_is_untrue(ranker: Ranker) -> None:
    random = np.random.default_rng(7)
    told: Counter[str] = Counter()
    untrue = []
    for _viewer in range(VIEWERS):
        viewer = draw_viewer(ranker, random)
        ranked = rank_clips(ranker=ranker, viewer=viewer, excluded=viewer.seen, is_adult=True, random=random)
        for clip_id, codes in ranked.select(served=[], opening={}, count=8).reason_codes.items():
            assert codes
            for code in codes:
                told[code.partition(":")[0]] += 1
                if fault := untrue_reason(code, clip_id, viewer, ranked):
                    untrue.append((code, fault))
    assert untrue == []
    assert told.keys() >= {"category", "enjoyed", "interest", "co_watch", "popular"}
