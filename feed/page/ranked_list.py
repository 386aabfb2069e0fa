"""Ranked lists: the clips that a viewer will be shown on the next pages, and the reasons for each."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from feed.models import Dial
from feed.page.live import Selection
from feed.page.ranker import Ranker, ViewerQuery, draw_for_exploration, list_best, list_looks
from feed.page.viewer_state import ViewerState
from feed.ranking.candidates import ViewerProfile
from feed.ranking.explanations import A_LOT, Explainer, Explanation
from feed.ranking.exploration import Exploration, draw_first_order
from feed.ranking.interactions import NO_IDS, Floats
from feed.ranking.page_rules import RankedClip, lay_out_page
from feed.sponsored.choice import SponsoredSlots

MAX_REASONS = 2
MANY = 5
"""How many viewers must have enjoyed a clip that “many people watch”."""
RULES_LOOK_BACK = 8
NO_PLACES = SponsoredSlots()
_numbers = itertools.count(1)


@dataclass(frozen=True, eq=False)
class RankedList:
    """Clips for one viewer, best first, followed by clips to explore. Valid until the viewer does something.

    `number` identifies the list within this process. The keys of `clip_ids` and `terms` are items, which are the
    model's numbers for clips. `terms` holds rows of `ScoredItems.terms`.
    """

    ranker: Ranker
    dial: Dial
    followed: frozenset[int]
    clips: Sequence[RankedClip]
    clip_ids: Mapping[int, int]
    terms: Mapping[int, Floats]
    explainer: Explainer
    exploration: Exploration
    seen: frozenset[int] = frozenset()
    looks: frozenset[int] = frozenset()
    number: int = field(default_factory=_numbers.__next__)

    def select(
        self,
        *,
        served: Sequence[int],
        opening: Mapping[int, Sequence[int]],
        count: int,
        sponsored: SponsoredSlots = NO_PLACES,
    ) -> Selection:
        """Return a selection for the next page: the `opening` clips, then at most `count` others.

        `served` holds the clips on earlier pages, which are not selected again.
        """
        page = self._next_page(served=[*served, *opening], count=count, sponsored=sponsored)
        clip_ids = self.ranker.clip_ids(np.array([clip.item for clip in page], np.int64))
        snapshot = self.ranker.snapshot
        rows = snapshot.rows_of(clip_ids).tolist()
        products = dict(zip(clip_ids, (snapshot.products[row] for row in rows), strict=True))
        codes = {clip_id: self.reason_codes(clip_id) for clip_id in clip_ids}
        codes |= {self.clip_ids[clip.item]: ("beyond_dial",) for clip in page if clip.exceeds_dial}
        places = {place.clip_id: place for place in sponsored.by_position.values()}
        codes |= {clip_id: (f"sponsored:{places[clip_id].place_id}",) for clip_id in clip_ids if clip_id in places}
        return Selection.of({**opening, **products}, {**dict.fromkeys(opening, ("opened",)), **codes})

    def _next_page(self, *, served: Sequence[int], count: int, sponsored: SponsoredSlots) -> list[RankedClip]:
        """Return at most `count` clips to show next. `served` holds the ids on earlier pages, oldest first."""
        excluded = {*served, *sponsored.clip_ids}
        remaining = [clip for clip in self.clips if self.clip_ids[clip.item] not in excluded]
        latest = self.ranker.items(np.array(served[-RULES_LOOK_BACK:], np.int64)).tolist()
        paid = {int(item) for item in self.ranker.items(np.array(list(sponsored.clip_ids), np.int64))}
        before = [self._ranked_clip(item, is_sponsored=item in paid) for item in latest]
        placed = {
            position: self._ranked_clip(int(self.ranker.items(np.array([place.clip_id]))[0]), is_sponsored=True)
            for position, place in sponsored.by_position.items()
        }
        return lay_out_page(remaining, before, size=count, max_commercial=int(self.dial), placed=placed)

    def _ranked_clip(self, item: int, *, is_sponsored: bool) -> RankedClip:
        """Return the facts about a clip. One that is shown for money counts as commercial, whatever its creator earns."""
        clip = self.ranker.ranked_clip(item, followed=self.followed)
        return replace(clip, is_commercial=True) if is_sponsored else clip

    def count_remaining(self, served: Sequence[int]) -> int:
        """Return how many clips of the list have not been served."""
        return len(self.clips) - len(set(self.clip_ids.values()).intersection(served))

    def reason_codes(self, clip_id: int) -> tuple[str, ...]:
        """Return codes for the reasons to show a clip, strongest first. A code is `term` or `term:subject`."""
        item = int(self.ranker.items(np.array([clip_id], np.int64))[0])
        if item not in self.terms:
            category = self.ranker.ranked_clip(item, followed=self.followed).category
            return (f"look:{category}",) if item in self.looks else ("trying",)
        explanations = self.explainer.explain(item, self.terms[item], at_most=MAX_REASONS)
        codes = [
            self._code(explanation)
            for explanation in explanations
            if explanation.term != "popular" or self._is_popular(item)
        ]
        if not codes and self.ranker.is_new(item):
            codes.append("new")
        category = self.ranker.ranked_clip(item, followed=self.followed).category
        if not codes and self.exploration.is_unexplored(category):
            codes.append(f"look:{category}")
        return tuple(codes) or ("again" if clip_id in self.seen else "unseen",)

    def _is_popular(self, item: int) -> bool:
        """Return whether many viewers have enjoyed the clip and it is expected to get more views than average."""
        tables = self.ranker.model.tables
        return bool(tables.popularity.enjoyed[item] >= MANY and tables.chance[item] * tables.items.count > 1)

    def _code(self, explanation: Explanation) -> str:
        if explanation.term == "category" and explanation.enjoyed < A_LOT:
            return f"enjoyed:{explanation.category}"
        if explanation.category is not None:
            return f"{explanation.term}:{explanation.category}"
        if explanation.creator is not None:
            return f"{explanation.term}:{explanation.creator}"
        if explanation.item is not None and self.ranker.row_of[explanation.item] >= 0:
            (clip_id,) = self.ranker.clip_ids(np.array([explanation.item], np.int64))
            return f"{explanation.term}:{clip_id}"
        return explanation.term


def rank_clips(
    *,
    ranker: Ranker,
    viewer: ViewerState,
    excluded: NDArray[np.int64],
    is_adult: bool,
    random: np.random.Generator,
    explores: bool = True,
) -> RankedList:
    """Return a ranked list for a viewer, without the clips in `excluded`.

    A viewer who has watched nothing, and asked for less of nothing, gets the clips after the best ones in an order that
    is drawn. If `explores` is False, they do not, and the viewer's taste in categories is not explored.
    """
    query = ViewerQuery.of(ranker, viewer, excluded, is_adult=is_adult, explores=explores)
    best = list_best(ranker, query)
    ordered = best.items
    if explores and not len(query.history.items) and not viewer.reason_factors:
        ordered = ordered[draw_first_order(len(ordered), random)]
    drawn = draw_for_exploration(ranker, query, random, probability=viewer.reason_factors.get("trying", 1.0))
    looks = list_looks(ranker, query, ordered)
    items = list(dict.fromkeys([*ordered.tolist(), *drawn, *looks]))
    profile = ViewerProfile.of(query.history, query.interests, NO_IDS)
    return RankedList(
        ranker=ranker,
        dial=viewer.dial,
        followed=viewer.followed,
        clips=[
            ranker.ranked_clip(item, followed=viewer.followed, is_exploration=item in drawn, is_look=item in looks)
            for item in items
        ],
        clip_ids=dict(zip(items, ranker.clip_ids(np.array(items, np.int64)), strict=True)),
        terms=dict(zip(best.items.tolist(), best.terms, strict=True)),
        explainer=Explainer(ranker.model, profile, best),
        exploration=query.exploration,
        seen=frozenset(viewer.seen.tolist()),
        looks=frozenset(looks) - frozenset(drawn),
    )
