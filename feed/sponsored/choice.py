"""Which sponsored places a page shows, and where. No query: the running places are in memory (`feed.page.snapshot`).

Of any N consecutive clips, at most one is sponsored, and none of the first N - 1. While a place is running, its post is
shown in the feed in no other way, so that it is never shown without having been chosen under these rules.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language

from feed.page.ranker import Ranker, taste_of
from feed.page.snapshot import current_places
from feed.page.viewer_state import ViewerState
from feed.sponsored.running_places import RunningPlace

PRIOR_SHOWN, PRIOR_SATISFIED = 20.0, 6.0
"""A post that few people were shown is expected to please as many as others do."""
PICKED, ENJOYED = 3.0, 2.0
"""Factors on the interest in a post of a category that the viewer picked, or of which they enjoyed a post."""


@dataclass(frozen=True)
class SponsoredSlots:
    """The places of a page by position, and the posts of all running places, which are not shown otherwise."""

    by_position: Mapping[int, RunningPlace] = field(default_factory=dict)
    clip_ids: Collection[int] = ()

    @property
    def key(self) -> tuple[tuple[int, int], ...]:
        """Return what distinguishes a page with these places from another one."""
        return tuple((position, place.place_id) for position, place in self.by_position.items())


def list_positions(before: Sequence[int], sponsored: Collection[int], count: int) -> range:
    """Return the positions on a page of `count` clips that may be sponsored. `before` holds the ids shown so far."""
    spacing = settings.SPONSORED_SPACING
    since = next((index for index, clip_id in enumerate(reversed(before)) if clip_id in sponsored), len(before))
    return range(max(0, spacing - 1 - since), count, spacing)


@dataclass(frozen=True)
class PlaceRequest:
    """Whose page is filled. `before` holds the ids of the clips shown so far, `excluded` of those that can't be shown."""

    ranker: Ranker
    viewer: ViewerState
    before: Sequence[int]
    excluded: Sequence[int] = ()


def choose_places(request: PlaceRequest, *, is_adult: bool, count: int, now: datetime) -> SponsoredSlots:
    """Return the places for the next page of a viewer: those of the highest bid × expected interest come first."""
    places, ranker, viewer = current_places(), request.ranker, request.viewer
    if not places:
        return SponsoredSlots()
    clip_ids = frozenset(place.clip_id for place in places)
    positions = list_positions(request.before, clip_ids, count)
    if not positions:
        return SponsoredSlots({}, clip_ids)
    unwanted = {*request.excluded, *request.before, *viewer.hidden, *viewer.seen.tolist()}
    enjoyed, language = _enjoyed_categories(ranker, viewer), get_language()
    scored = [
        (_score(place, ranker, viewer, enjoyed), -place.place_id, place)
        for place in places
        if place.clip_id not in unwanted
        and place.is_open_at(now)
        and (not place.languages or language in place.languages)
        and (not place.categories or place.categories & (viewer.interests | enjoyed))
        and _may_see(place, ranker, viewer, is_adult=is_adult)
    ]
    best = [place for _score, _pk, place in sorted(scored, key=lambda row: row[:2], reverse=True)]
    return SponsoredSlots(dict(zip(positions, best, strict=False)), clip_ids)


def _may_see(place: RunningPlace, ranker: Ranker, viewer: ViewerState, *, is_adult: bool) -> bool:
    """Return whether the post may be shown to the viewer, who has not asked for less of it."""
    rows = ranker.snapshot.rows_of([place.clip_id])
    if not len(rows) or f"sponsored:{place.place_id}" in viewer.reason_factors:
        return False
    creator = int(ranker.snapshot.creators[rows[0]])
    return creator not in viewer.hidden_creators and (is_adult or not ranker.snapshot.is_adult[rows[0]])


def _enjoyed_categories(ranker: Ranker, viewer: ViewerState) -> frozenset[int]:
    """Return the categories of the clips that the viewer enjoyed."""
    enjoyed = viewer.history[viewer.weights > 0]
    rows = ranker.snapshot.rows_of(enjoyed)
    return frozenset(category for row in rows.tolist() for category in ranker.snapshot.categories[row])


def _score(place: RunningPlace, ranker: Ranker, viewer: ViewerState, enjoyed: frozenset[int]) -> float:
    """Return bid × expected interest. Interest is how many were satisfied, more in categories that the viewer likes."""
    snapshot = ranker.snapshot
    rows = snapshot.rows_of([place.clip_id])
    if not len(rows):
        return 0.0
    row = int(rows[0])
    interest = (float(snapshot.satisfied[row]) + PRIOR_SATISFIED) / (float(snapshot.shown[row]) + PRIOR_SHOWN)
    categories = frozenset(snapshot.categories[row])
    taste = taste_of(viewer.reason_factors).categories
    for category in categories:
        interest *= taste.get(category, 1.0)
    if categories & viewer.interests:
        interest *= PICKED
    elif categories & enjoyed:
        interest *= ENJOYED
    return place.bid_minor * interest
