"""Ranking goals: set their weights, and preview which clips a new viewer would see first."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from feed.models import EventKind, Goal
from feed.page.model_store import ranker_for
from feed.page.snapshot import DEFAULT_GOALS, current_goals, current_snapshot
from feed.ranking import Model
from feed.ranking.interactions import NO_IDS
from videos.models import Clip

PREVIEW_SIZE = 12
COMPARED_SIZE = 300
GOAL_KINDS = {
    "satisfied": EventKind.WATCH,
    "like": EventKind.LIKE,
    "click": EventKind.PRODUCT_CLICK,
    "cart": EventKind.ADD_TO_BAG,
    "purchase": EventKind.PURCHASE,
}
"""The ranking's name of each goal that a shop can weigh."""


@dataclass(frozen=True)
class RankChange:
    """A clip's rank before and after a change of weights, counted from 1.

    `before` is None if the clip was not among the best COMPARED_SIZE.
    """

    clip: Clip
    before: int | None
    after: int

    @property
    def has_risen(self) -> bool:
        return self.before is None or self.after < self.before


def weigh_shop_goals(model: Model, goals: Mapping[EventKind, float]) -> Model:
    """Return the model with a shop's goals, of which those that the shop has not weighed have the default weight."""
    weights = {name: goals.get(kind, DEFAULT_GOALS[kind]) for name, kind in GOAL_KINDS.items()}
    return model.with_goals(weights) if any(weights.values()) else model


def current_weights() -> dict[EventKind, float]:
    """Return the weight of every goal, which is the default unless staff have changed it."""
    current_snapshot()
    return {**DEFAULT_GOALS, **current_goals()}


def preview_goals(weights: Mapping[EventKind, float]) -> list[RankChange]:
    """Return the clips that would rank first with these weights, best first. Raises ValueError if all weights are 0."""
    ranker = ranker_for(current_snapshot())
    changed = ranker.model.with_goals({name: weights[kind] for name, kind in GOAL_KINDS.items()})
    before, after = (
        model.recommend(
            NO_IDS, NO_IDS, COMPARED_SIZE, excluded=ranker.unavailable, rank_factors=ranker.rank_factors
        ).items
        for model in (ranker.model, changed)
    )
    ranks_before = {item: rank for rank, item in enumerate(before.tolist(), start=1)}
    first = after[:PREVIEW_SIZE]
    clip_ids = ranker.clip_ids(first.astype(np.int64))
    clips = Clip.objects.select_related("creator").in_bulk(clip_ids)
    return [
        RankChange(clips[clip_id], ranks_before.get(item), rank)
        for rank, (item, clip_id) in enumerate(zip(first.tolist(), clip_ids, strict=True), start=1)
        if clip_id in clips
    ]


@transaction.atomic
def set_goals(weights: Mapping[EventKind, float]) -> None:
    """Store the weights. They apply to viewers' histories within seconds, and to clips after the next training."""
    for kind, weight in weights.items():
        Goal.objects.update_or_create(kind=kind, defaults={"weight": weight})
