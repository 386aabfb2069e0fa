"""What one viewer has done and chosen, read in one query for the next page."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from feed.models import Dial, EventKind
from feed.page.snapshot import Shelf

REMEMBERED = timedelta(days=180)
NOT_AGAIN = timedelta(days=14)
MOST_EVENTS = 400
MOST_SEEN = 5000
SATISFIED_SHARE = 0.8
SATISFIED_MS = 15_000
"""A watch satisfies when it reached four fifths of the clip, or fifteen seconds of a long one."""
_STATEMENT = """
    SELECT viewer.interests, viewer.dial, viewer.less, viewer.liked, viewer.saved, viewer.hidden, viewer.followed,
           viewer.xmin::text || viewer.ctid::text, recent.clips, recent.kinds, recent.amounts, seen.clips
    FROM (SELECT %(key)s::uuid AS key) asked
    LEFT JOIN feed_viewer viewer ON viewer.key = asked.key
    LEFT JOIN LATERAL (
        SELECT array_agg(clip_id) AS clips, array_agg(kind) AS kinds, array_agg(value) AS amounts
        FROM (SELECT clip_id, kind, value FROM feed_event
              WHERE viewer = asked.key AND kind <> 1 AND clip_id <> 0
                AND served_at > greatest(%(remembered)s, coalesce(viewer.started_over_at, %(remembered)s))
              ORDER BY served_at DESC LIMIT %(events)s) AS newest) recent ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(clip_id) AS clips FROM (
            SELECT clip_id FROM feed_event
            WHERE viewer = asked.key AND served_at > %(again)s AND kind IN (1, 2)
            ORDER BY served_at DESC LIMIT %(seen)s) AS shown) seen ON true
"""


def _no_ids() -> NDArray[np.int64]:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class Watching:
    """A viewer as the ranking sees one. `history` holds the clips met, oldest first; see `_met`.

    `version` is the viewer's row as PostgreSQL numbers it: another one after every event, mark and choice.
    """

    key: uuid.UUID
    version: str | None = None
    interests: frozenset[int] = frozenset()
    dial: Dial = Dial.ALL
    less: dict[str, float] = field(default_factory=dict)
    liked: frozenset[int] = frozenset()
    saved: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    followed: frozenset[int] = frozenset()
    history: NDArray[np.int64] = field(default_factory=_no_ids)
    weights: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    seen: NDArray[np.int64] = field(default_factory=_no_ids)


def read_watching(*, key: uuid.UUID, shelf: Shelf, goals: dict[EventKind, float], now: datetime) -> Watching:
    """Read a viewer's choices and the last 400 events in one statement; nobody's are empty."""
    values: dict[str, Any] = {
        "key": key,
        "remembered": now - REMEMBERED,
        "again": now - NOT_AGAIN,
        "events": MOST_EVENTS,
        "seen": MOST_SEEN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, values)
        row = cursor.fetchone()
    interests, dial, less, liked, saved, hidden, followed, version, clips, kinds, amounts, seen = row
    history, weights = _met(clips or [], kinds or [], amounts or [], shelf, goals)
    return Watching(
        key=key,
        version=version,
        interests=frozenset(interests or ()),
        dial=Dial(dial if dial is not None else Dial.ALL),
        less=_parsed(less),
        liked=frozenset(liked or ()),
        saved=frozenset(saved or ()),
        hidden=frozenset(hidden or ()),
        followed=frozenset(followed or ()),
        history=history,
        weights=weights,
        seen=np.array(seen or [], np.int64),
    )


def _parsed(less: str | None) -> dict[str, float]:
    """Read jsonb, which Django's cursors return as text."""
    factors: dict[str, float] = json.loads(less) if less else {}
    return factors


def _met(
    clips: list[int], kinds: list[int], amounts: list[int], shelf: Shelf, goals: dict[EventKind, float]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Fold events, newest first, into the clips met, oldest first, and how each was received.

    1 and more: satisfied, by the goals; 0: passed by; -1: turned away. What was undone does not count.
    """
    rows = shelf.rows_of(clips)
    lengths = dict(zip(shelf.ids[rows].tolist(), shelf.duration_ms[rows].tolist(), strict=True))
    found: dict[int, float] = {}
    decided: set[tuple[int, int]] = set()
    for clip_id, kind, amount in zip(clips, kinds, amounts, strict=True):
        if (clip_id, kind) in decided or clip_id not in lengths:
            continue
        decided.add((clip_id, kind))
        weight = _received(kind, amount, lengths[clip_id], goals)
        before = found.get(clip_id, 0.0)
        found[clip_id] = -1.0 if weight < 0 or before < 0 else max(before, weight)
    oldest_first = list(reversed(found))
    return np.array(oldest_first, np.int64), np.array([found[one] for one in oldest_first], np.float32)


def _received(kind: int, amount: int, length_ms: int, goals: dict[EventKind, float]) -> float:
    if kind == EventKind.NOT_INTERESTED:
        return -1.0 if amount > 0 else 0.0
    enough = min(SATISFIED_SHARE * length_ms, SATISFIED_MS)
    is_good = amount >= enough > 0 if kind == EventKind.WATCH else amount > 0
    return max(goals.get(EventKind(kind), 1.0), 0.0) if is_good else 0.0
