"""Training: count the events of all viewers, and fit the ranking model to them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from feed.events.recording import NETWORK_REMEMBERED
from feed.goals import weigh_shop_goals
from feed.models import EventKind, ModelFit, Viewer
from feed.page.model_store import store_model
from feed.page.snapshot import LENGTH_MS, CatalogueSnapshot, read_snapshot
from feed.page.viewer_state import SATISFIED_MS, SATISFIED_SHARE
from feed.ranking import KINDS, EventLog, Model, fit_model
from feed.ranking.trust import NEW, trust_events, weigh_viewers

TRAINING_PERIOD = timedelta(days=90)
FITS_KEPT = timedelta(days=1)
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
_VIEWER_NUMBER = """
    ('x' || substr(replace(viewer::text, '-', ''), 1, 16))::bit(64)::bigint
    # ('x' || substr(replace(viewer::text, '-', ''), 17, 16))::bit(64)::bigint
"""
_SATISFIED = f"""
    SELECT event.viewer, event.clip_id, min(event.served_at) AS served_at
    FROM feed_event event JOIN videos_clip clip ON clip.id = event.clip_id AND clip.state = 'published'
         AND NOT clip.is_hidden
    LEFT JOIN videos_source source ON source.id = clip.source_id
    WHERE event.served_at > %(since)s AND event.value > 0
      AND ((event.kind = {EventKind.WATCH:d} AND event.value >= least({SATISFIED_SHARE} * {LENGTH_MS}, {SATISFIED_MS}))
           OR event.kind NOT IN ({EventKind.IMPRESSION:d}, {EventKind.WATCH:d}, {EventKind.NOT_INTERESTED:d}))
    GROUP BY event.viewer, event.clip_id
"""  # noqa: S608  # the numbers are constants


def train_model(*, now: datetime) -> Model:
    """Fit a model to the events of the last 90 days, store it for all processes, and return it.

    Also store how many viewers each clip has by their trust.
    """
    snapshot, goals = read_snapshot()
    rows = snapshot.rows_newest_first()
    log = read_log(snapshot, snapshot.ids[rows], since=now - TRAINING_PERIOD)
    model = weigh_shop_goals(fit_model(log, snapshot.items_of(rows)), goals)
    _store_trusted_counts(snapshot.ids[rows], model)
    store_model(model, snapshot.ids[rows], name=f"{now:%Y%m%d%H%M%S%f}")
    ModelFit.objects.filter(finished_at__lt=now - FITS_KEPT).delete()
    ModelFit.objects.create(finished_at=timezone.now())
    return model


def _store_trusted_counts(clip_ids: NDArray[np.int64], model: Model) -> None:
    counts = model.tables.popularity
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE feed_clipcount count SET trusted_shown = trusted.shown, trusted_satisfied = trusted.satisfied
            FROM unnest(%s::bigint[], %s::float8[], %s::float8[]) AS trusted (clip_id, shown, satisfied)
            WHERE count.clip_id = trusted.clip_id
            """,
            [clip_ids.tolist(), counts.met.astype(float).tolist(), counts.enjoyed.astype(float).tolist()],
        )


def read_log(snapshot: CatalogueSnapshot, clip_ids: NDArray[np.int64], *, since: datetime) -> EventLog:
    """Return the events after `since` as a log for the ranking. The log refers to clips by index: n is `clip_ids[n]`.

    The rows are read in batches and converted to arrays of numbers, which saves memory.
    """
    batches = [np.array(rows, np.int64) for rows in _batches(since)]
    rows = np.concatenate(batches) if batches else np.empty((0, 5), np.int64)
    order = np.argsort(clip_ids)
    rows = rows[np.isin(rows[:, 1], clip_ids)]
    viewers, viewer = np.unique(rows[:, 0], return_inverse=True)
    item = order[np.searchsorted(clip_ids[order], rows[:, 1])]
    duration_ms = np.maximum(snapshot.duration_ms[snapshot.rows_of(rows[:, 1])], 1)
    kind, amount = rows[:, 3], rows[:, 4]
    is_watch = kind == EventKind.WATCH
    satisfied_ms = np.minimum(SATISFIED_SHARE * duration_ms, SATISFIED_MS)
    is_action = ~is_watch & ~np.isin(kind, [EventKind.IMPRESSION, EventKind.NOT_INTERESTED])
    kind_index = np.zeros(max(EventKind.values) + 1, np.int64)
    kind_index[[int(event_kind) for event_kind in KIND_NAMES]] = [KINDS.index(name) for name in KIND_NAMES.values()]
    value = np.where(is_watch, amount / duration_ms, 1).astype(np.float32)
    satisfied = np.where(is_watch, amount >= satisfied_ms, is_action)
    trust = trust_events(viewer, item, *_read_viewers(viewers, since))
    return EventLog(viewer, item, rows[:, 2], kind_index[kind], value, satisfied, trust)


def _read_viewers(viewers: NDArray[np.int64], since: datetime) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return what each viewer counts, and a number of their network. Without a known one, it is the viewer's own."""
    statement = f"""
        SELECT {_VIEWER_NUMBER}, count(DISTINCT served_at::date), bool_or(kind = {EventKind.PURCHASE:d} AND value > 0)::int,
               CASE WHEN max(known.network) > '' THEN ('x' || max(known.network))::bit(64)::bigint END
        FROM feed_event LEFT JOIN feed_viewer known ON known.key = feed_event.viewer
        WHERE served_at > %s AND clip_id <> 0 GROUP BY viewer
    """  # noqa: S608  # constants
    weights, networks = np.full(len(viewers), NEW, np.float32), viewers.copy()
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(statement, [since])
        while batch := cursor.fetchmany(BATCH):
            rows = np.array(
                [
                    (number, days, bought, number if network is None else network)
                    for number, days, bought, network in batch
                ]
            )
            rows = rows[np.isin(rows[:, 0], viewers)]
            index = np.searchsorted(viewers, rows[:, 0])
            weights[index], networks[index] = weigh_viewers(rows[:, 1], rows[:, 2] > 0), rows[:, 3]
    return weights, networks


def _batches(since: datetime) -> Iterator[list[tuple[Any, ...]]]:
    """Yield batches of rows (viewer number, clip id, Unix seconds, kind, amount). Undone events are left out."""
    statement = f"""
        SELECT {_VIEWER_NUMBER}, clip_id, extract(epoch FROM served_at)::bigint, kind, value
        FROM feed_event WHERE served_at > %s AND clip_id <> 0 AND (value > 0 OR kind = 2)
    """  # noqa: S608  # a constant
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(statement, [since])
        while rows := cursor.fetchmany(BATCH):
            yield rows


def count_clips(*, now: datetime) -> None:
    """Update every clip's counts of views and reactions over the last 90 days, in one statement."""
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
            """,  # noqa: S608  # the numbers are constants
            {"since": now - TRAINING_PERIOD},
        )


def forget_networks(*, now: datetime) -> int:
    """Forget the networks of viewers from whose first events nothing is learned any more. Return of how many."""
    return Viewer.objects.filter(created_at__lt=now - NETWORK_REMEMBERED).exclude(network="").update(network="")
