"""Viewer state: a viewer's choices and latest events, read in one query for the next page."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from feed.models import Dial, EventKind
from feed.page.snapshot import CatalogueSnapshot
from feed.preferences import read_factors

HISTORY_PERIOD = timedelta(days=180)
UNSEEN_AFTER = timedelta(days=14)
"""After this time, a clip that was shown may be shown again."""
MAX_EVENTS = 400
MAX_SEEN = 5000
SATISFIED_SHARE = 0.8
SATISFIED_MS = 15_000
"""A watch counts as satisfied from 80 % of the clip or from 15 s, whichever is less."""
_STATEMENT = """
    SELECT viewer.interests, viewer.dial, viewer.reason_factors, viewer.liked, viewer.saved, viewer.hidden, viewer.followed,
           viewer.hidden_creators || blocks.creators, viewer.xmin::text || viewer.ctid::text, recent.clips, recent.kinds, recent.amounts, seen.clips
    FROM (SELECT %(key)s::uuid AS key) request
    LEFT JOIN feed_viewer viewer ON viewer.key = request.key
    LEFT JOIN LATERAL (
        SELECT array_agg(creator.id) AS creators FROM (
            SELECT blocked_user_id FROM accounts_block WHERE user_id = viewer.user_id
            UNION SELECT user_id FROM accounts_block WHERE blocked_user_id = viewer.user_id
            UNION SELECT muted_user_id FROM accounts_mute WHERE user_id = viewer.user_id) AS hidden (user_id)
        JOIN creators_creator creator USING (user_id)) blocks ON viewer.user_id IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT array_agg(clip_id) AS clips, array_agg(kind) AS kinds, array_agg(value) AS amounts
        FROM (SELECT clip_id, kind, value FROM feed_event
              WHERE viewer = request.key AND kind <> 1 AND clip_id <> 0
                AND served_at > greatest(%(history_since)s, coalesce(viewer.started_over_at, %(history_since)s))
              ORDER BY served_at DESC LIMIT %(max_events)s) AS newest) recent ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(clip_id) AS clips FROM (
            SELECT clip_id FROM feed_event
            WHERE viewer = request.key AND served_at > %(seen_since)s AND kind IN (1, 2)
            ORDER BY served_at DESC LIMIT %(max_seen)s) AS shown) seen ON true
"""


def _no_ids() -> NDArray[np.int64]:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class ViewerState:
    """The viewer data that the ranking uses.

    `history` holds the clips that the viewer watched or reacted to, oldest first. `weights` holds the reaction to each:
    -1 for "not interested", 0 for a skipped clip, and otherwise the goal weight of the best reaction. `version` is the
    version of the viewer's row in PostgreSQL. It changes with every event, mark and choice. `hidden_creators` includes those
    whom the user has blocked or muted, and those who have blocked the user.
    """

    key: uuid.UUID
    version: str | None = None
    interests: frozenset[int] = frozenset()
    dial: Dial = Dial.ALL
    reason_factors: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    liked: frozenset[int] = frozenset()
    saved: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    followed: frozenset[int] = frozenset()
    hidden_creators: frozenset[int] = frozenset()
    history: NDArray[np.int64] = field(default_factory=_no_ids)
    weights: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    seen: NDArray[np.int64] = field(default_factory=_no_ids)


def read_viewer_state(
    *, key: uuid.UUID, snapshot: CatalogueSnapshot, goals: Mapping[EventKind, float], now: datetime
) -> ViewerState:
    """Return a viewer's state, read in one statement. An unknown viewer has no choices and no events."""
    parameters: dict[str, Any] = {
        "key": key,
        "history_since": now - HISTORY_PERIOD,
        "seen_since": now - UNSEEN_AFTER,
        "max_events": MAX_EVENTS,
        "max_seen": MAX_SEEN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, parameters)
        row = cursor.fetchone()
    interests, dial, factors, liked, saved, hidden, followed, hidden_creators, version, clips, kinds, amounts, seen = (
        row
    )
    history, weights = _fold_events(clips or [], kinds or [], amounts or [], snapshot, goals)
    return ViewerState(
        key=key,
        version=version,
        interests=frozenset(category for category in interests or () if category > 0),
        dial=Dial(dial if dial is not None else Dial.ALL),
        reason_factors=read_factors(json.loads(factors)) if factors else {},  # Django's cursors return jsonb as text
        liked=frozenset(liked or ()),
        saved=frozenset(saved or ()),
        hidden=frozenset(hidden or ()),
        followed=frozenset(followed or ()),
        hidden_creators=frozenset(hidden_creators or ()),
        history=history,
        weights=weights,
        seen=np.array(seen or [], np.int64),
    )


def _fold_events(
    clips: list[int],
    kinds: list[int],
    amounts: list[int],
    snapshot: CatalogueSnapshot,
    goals: Mapping[EventKind, float],
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the distinct clips in the events, oldest first, and their weights (see ViewerState).

    The arguments list the newest event first. Only the latest event of each kind counts for a clip, so a like that was
    taken back has no effect.
    """
    rows = snapshot.rows_of(clips)
    durations = dict(zip(snapshot.ids[rows].tolist(), snapshot.duration_ms[rows].tolist(), strict=True))
    weights: dict[int, float] = {}
    counted: set[tuple[int, int]] = set()
    for clip_id, kind, amount in zip(clips, kinds, amounts, strict=True):
        if (clip_id, kind) in counted or clip_id not in durations:
            continue
        counted.add((clip_id, kind))
        weight = _weight_of(kind, amount, durations[clip_id], goals)
        before = weights.get(clip_id, 0.0)
        weights[clip_id] = -1.0 if weight < 0 or before < 0 else max(before, weight)
    oldest_first = list(reversed(weights))
    return np.array(oldest_first, np.int64), np.array([weights[clip_id] for clip_id in oldest_first], np.float32)


def _weight_of(kind: int, amount: int, duration_ms: int, goals: Mapping[EventKind, float]) -> float:
    if kind == EventKind.NOT_INTERESTED:
        return -1.0 if amount > 0 else 0.0
    satisfied_ms = min(SATISFIED_SHARE * duration_ms, SATISFIED_MS)
    is_satisfied = amount >= satisfied_ms > 0 if kind == EventKind.WATCH else amount > 0
    return max(goals.get(EventKind(kind), 1.0), 0.0) if is_satisfied else 0.0
