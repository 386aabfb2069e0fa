"""Weigh the goals of the ranking, and see beforehand what would change: the clips that a newcomer is shown first."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from feed.models import EventKind, Goal
from feed.page.engine import engine_for
from feed.page.snapshot import DEFAULT_GOALS, current_goals, current_shelf
from feed.training import GOALS_OF_RANKING
from videos.models import Clip

PREVIEWED = 12
COMPARED = 300


@dataclass(frozen=True)
class Move:
    """A clip's place before and after, from 1; no place before means that it was further down than is compared."""

    clip: Clip
    before: int | None
    after: int

    @property
    def has_risen(self) -> bool:
        return self.before is None or self.after < self.before


def weights_in_use() -> dict[EventKind, float]:
    """Return the weight of every goal; those that staff never touched have the usual one."""
    current_shelf()
    return DEFAULT_GOALS | current_goals()


def preview_goals(weights: Mapping[EventKind, float]) -> list[Move]:
    """Return the first clips under these weights, best first. Raises ValueError when nothing weighs anything."""
    engine = engine_for(current_shelf())
    changed = engine.model.with_goals({name: weights[kind] for name, kind in GOALS_OF_RANKING.items()})
    nobody = np.empty(0, np.int64)
    now, then = (
        model.recommend(nobody, nobody, COMPARED, excluded=engine.absent, standing=engine.standing).items.tolist()
        for model in (engine.model, changed)
    )
    places = {item: place for place, item in enumerate(now, start=1)}
    ids = [int(engine.shelf.ids[engine.row_of[item]]) for item in then[:PREVIEWED]]
    clips = Clip.objects.select_related("creator").in_bulk(ids)
    return [
        Move(clips[pk], places.get(item), place)
        for place, (item, pk) in enumerate(zip(then, ids, strict=False), start=1)
        if pk in clips
    ]


@transaction.atomic
def set_goals(weights: Mapping[EventKind, float]) -> None:
    """Keep the weights. What viewers do is weighed so within seconds, what clips have earned at the next rebuild."""
    for kind, weight in weights.items():
        Goal.objects.update_or_create(kind=kind, defaults={"weight": weight})
