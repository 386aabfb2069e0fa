"""Learn from everybody's events: which clips go together, how much each satisfies, and what the terms weigh."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from feed.models import EventKind
from feed.page.engine import items_of, keep_model, newest_first
from feed.page.snapshot import DEFAULT_GOALS, Shelf, read_shelf
from feed.page.viewer_state import SATISFIED_MS, SATISFIED_SHARE
from feed.ranking import KINDS, Events, Model

LEARNT_FROM = timedelta(days=90)
BATCH = 100_000
KIND_NAMES = {
    EventKind.IMPRESSION: "impression",
    EventKind.WATCH: "watch",
    EventKind.LIKE: "like",
    EventKind.SAVE: "save",
    EventKind.SHARE: "share",
    EventKind.FOLLOW: "follow",
    EventKind.NOT_INTERESTED: "not_interested",
    EventKind.PRODUCT_OPEN: "open",
    EventKind.PRODUCT_CLICK: "click",
    EventKind.ADD_TO_BAG: "cart",
    EventKind.PURCHASE: "purchase",
}
GOALS_OF_RANKING = {
    "satisfied": EventKind.WATCH,
    "like": EventKind.LIKE,
    "click": EventKind.PRODUCT_CLICK,
    "cart": EventKind.ADD_TO_BAG,
    "purchase": EventKind.PURCHASE,
}
_SATISFIED = f"""
    SELECT event.viewer, event.clip_id, min(event.served_at) AS served_at
    FROM feed_event event JOIN videos_clip clip ON clip.id = event.clip_id AND clip.state = 'published'
    LEFT JOIN videos_source source ON source.id = clip.source_id
    WHERE event.served_at > %(since)s AND event.value > 0
      AND ((event.kind = {EventKind.WATCH:d} AND event.value >= least({SATISFIED_SHARE} * source.duration_ms, {SATISFIED_MS}))
           OR event.kind NOT IN ({EventKind.IMPRESSION:d}, {EventKind.WATCH:d}, {EventKind.NOT_INTERESTED:d}))
    GROUP BY event.viewer, event.clip_id
"""  # noqa: S608  # numbers of our own


def rebuild(*, now: datetime) -> Model:
    """Fit a model on the events of the last 90 days, keep it for every process, and return it."""
    shelf, goals = read_shelf()
    rows = newest_first(shelf)
    events = read_events(shelf, shelf.ids[rows], since=now - LEARNT_FROM)
    model = Model.fit(events, items_of(shelf, rows))
    weights = {name: goals.get(kind, DEFAULT_GOALS[kind]) for name, kind in GOALS_OF_RANKING.items()}
    if any(weights.values()):
        model = model.with_goals(weights)
    keep_model(model, shelf.ids[rows], name=f"{now:%Y%m%d%H%M%S%f}")
    return model


def read_events(shelf: Shelf, clip_ids: NDArray[np.int64], *, since: datetime) -> Events:
    """Return the log as the ranking takes it: viewers and clips by number, item n being `clip_ids[n]`.

    Read in batches, so that memory holds numbers only.
    """
    parts = [np.array(rows, np.int64) for rows in _batches(since)]
    log = np.concatenate(parts) if parts else np.empty((0, 5), np.int64)
    order = np.argsort(clip_ids)
    log = log[np.isin(log[:, 1], clip_ids)]
    _viewers, viewer = np.unique(log[:, 0], return_inverse=True)
    item = order[np.searchsorted(clip_ids[order], log[:, 1])]
    duration = np.maximum(shelf.duration_ms[shelf.rows_of(log[:, 1])], 1)
    kind, amount = log[:, 3], log[:, 4]
    is_watch = kind == EventKind.WATCH
    enough = np.minimum(SATISFIED_SHARE * duration, SATISFIED_MS)
    is_act = ~is_watch & ~np.isin(kind, [EventKind.IMPRESSION, EventKind.NOT_INTERESTED])
    number = np.zeros(max(EventKind.values) + 1, np.int64)
    number[[int(one) for one in KIND_NAMES]] = [KINDS.index(name) for name in KIND_NAMES.values()]
    value = np.where(is_watch, amount / duration, 1).astype(np.float32)
    return Events(viewer, item, log[:, 2], number[kind], value, np.where(is_watch, amount >= enough, is_act))


def _batches(since: datetime) -> Iterator[list[tuple[Any, ...]]]:
    """Yield rows of viewer number, clip, Unix seconds, kind, amount; what was undone is left out."""
    statement = """
        SELECT ('x' || substr(replace(viewer::text, '-', ''), 1, 16))::bit(64)::bigint
               # ('x' || substr(replace(viewer::text, '-', ''), 17, 16))::bit(64)::bigint,
               clip_id, extract(epoch FROM served_at)::bigint, kind, value
        FROM feed_event WHERE served_at > %s AND clip_id <> 0 AND (value > 0 OR kind = 2)
    """
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(statement, [since])
        while rows := cursor.fetchmany(BATCH):
            yield rows


def count_clips(*, now: datetime) -> None:
    """Sum what came of each clip over the last 90 days, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO feed_clipcount (clip_id, shown, satisfied, likes, saves, product_opens, purchases)
            SELECT clip.id, counted.shown, coalesce(good.satisfied, 0), likes, saves, opens, bought
            FROM (SELECT clip_id,
                         count(*) FILTER (WHERE kind = {EventKind.IMPRESSION:d}) AS shown,
                         count(*) FILTER (WHERE kind = {EventKind.LIKE:d} AND value > 0) AS likes,
                         count(*) FILTER (WHERE kind = {EventKind.SAVE:d} AND value > 0) AS saves,
                         count(*) FILTER (WHERE kind = {EventKind.PRODUCT_OPEN:d}) AS opens,
                         count(*) FILTER (WHERE kind = {EventKind.PURCHASE:d}) AS bought
                  FROM feed_event WHERE served_at > %(since)s GROUP BY clip_id) counted
            JOIN videos_clip clip ON clip.id = counted.clip_id
            LEFT JOIN (SELECT clip_id, count(*) AS satisfied FROM ({_SATISFIED}) AS satisfied GROUP BY clip_id) good
                   ON good.clip_id = clip.id
            ON CONFLICT (clip_id) DO UPDATE SET shown = excluded.shown, satisfied = excluded.satisfied,
                likes = excluded.likes, saves = excluded.saves, product_opens = excluded.product_opens,
                purchases = excluded.purchases
            """,  # noqa: S608  # numbers of our own
            {"since": now - LEARNT_FROM},
        )
