"""Learn from everybody's events: which clips go together, and how often each satisfies."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import scipy.sparse as sparse
from django.db import connection, transaction
from numpy.typing import NDArray

from feed.models import EventKind
from feed.neighbours import Neighbours, artefact_path
from feed.watching import SATISFIED_MS, SATISFIED_SHARE

LEARNT_FROM = timedelta(days=90)
KEPT = 60
AHEAD = 8
BATCH = 200_000
BLOCK = 2048
FEW = 3.0
"""Shrinks the likeness of pairs that few people have seen."""
_SATISFIED = f"""
    SELECT event.viewer, event.clip_id, min(event.served_at) AS served_at
    FROM feed_event event JOIN videos_clip clip ON clip.id = event.clip_id AND clip.state = 'published'
    LEFT JOIN videos_source source ON source.id = clip.source_id
    WHERE event.served_at > %(since)s AND event.value > 0
      AND ((event.kind = {EventKind.WATCH:d} AND event.value >= least({SATISFIED_SHARE} * source.duration_ms, {SATISFIED_MS}))
           OR event.kind NOT IN ({EventKind.IMPRESSION:d}, {EventKind.WATCH:d}, {EventKind.NOT_INTERESTED:d}))
    GROUP BY event.viewer, event.clip_id
"""  # noqa: S608  # numbers of our own


def rebuild(*, now: datetime) -> Neighbours:
    """Write a fresh artefact from the satisfied events of the last 90 days and return it."""
    viewers, clips = _read_satisfied(now - LEARNT_FROM)
    neighbours = find_neighbours(viewers, clips)
    neighbours.save(artefact_path())
    return neighbours


def find_neighbours(viewers: NDArray[np.int64], clips: NDArray[np.int64]) -> Neighbours:
    """Return for each clip the 60 that go with it. Rows are sorted by viewer, then by time.

    Likeness is the shrunk cosine of who was satisfied by both, plus how often one came within eight after the other.
    Memory is bounded: products are made 2,048 clips at a time.
    """
    ids, items = np.unique(clips, return_inverse=True)
    if not len(ids):
        return Neighbours.none()
    _people, people = np.unique(viewers, return_inverse=True)
    shape = (int(people.max()) + 1, len(ids))
    together = sparse.csr_matrix((np.ones(len(items), np.float32), (people, items)), shape)
    after = _transitions(people, items, len(ids))
    fans = np.asarray(together.sum(0)).ravel()
    starts, near, likeness = [0], [], []
    by_item = together.T.tocsr()
    for first in range(0, len(ids), BLOCK):
        both = (by_item[first : first + BLOCK] @ together).tocsr()
        for offset in range(both.shape[0]):
            item = first + offset
            found, values = _best(both, after, fans, offset, item)
            near.append(found)
            likeness.append(values)
            starts.append(starts[-1] + len(found))
    return Neighbours(ids, np.array(starts, np.int64), ids[np.concatenate(near)], np.concatenate(likeness))


def _best(
    both: sparse.csr_matrix, after: sparse.csr_matrix, fans: NDArray[np.float32], offset: int, item: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    row = both.indices[both.indptr[offset] : both.indptr[offset + 1]]
    count = both.data[both.indptr[offset] : both.indptr[offset + 1]]
    cosine = count / np.sqrt(fans[row] * fans[item]) * count / (count + FEW)
    follow = np.zeros(len(fans), np.float32)
    span = slice(after.indptr[item], after.indptr[item + 1])
    follow[after.indices[span]] = after.data[span] / np.sqrt((fans[after.indices[span]] + 1) * (fans[item] + 1))
    total = np.where(row == item, 0, cosine + follow[row]).astype(np.float32)
    best = np.argsort(-total, kind="stable")[:KEPT]
    best = best[total[best] > 0]
    return row[best].astype(np.int64), np.minimum(total[best], 1)


def _transitions(people: NDArray[np.int64], items: NDArray[np.int64], count: int) -> sparse.csr_matrix:
    """Return how often each item came after each other one, nearer ones weighing more."""
    total = sparse.csr_matrix((count, count), dtype=np.float32)
    for gap in range(1, AHEAD + 1):
        same = people[gap:] == people[:-gap]
        weights = np.full(int(same.sum()), 1 / gap**0.6, np.float32)
        total = total + sparse.csr_matrix((weights, (items[:-gap][same], items[gap:][same])), (count, count))
    return total.tocsr()


def _read_satisfied(since: datetime) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return viewer numbers and clip ids, by viewer and time; read in batches, so that memory holds only numbers."""
    numbers: dict[object, int] = {}
    parts = [
        np.array([(numbers.setdefault(viewer, len(numbers)), clip) for viewer, clip in rows], np.int64)
        for rows in _batches(since)
    ]
    joined = np.concatenate(parts) if parts else np.empty((0, 2), np.int64)
    return joined[:, 0], joined[:, 1]


def _batches(since: datetime) -> Iterator[list[tuple[object, int]]]:
    statement = f"SELECT viewer, clip_id FROM ({_SATISFIED}) AS satisfied ORDER BY viewer, served_at"  # noqa: S608
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(statement, {"since": since})
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
