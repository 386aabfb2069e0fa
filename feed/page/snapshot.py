"""Every published clip as arrays in memory: what the ranking looks at, so that a page needs no query per clip.

Read once, then only what has changed: every five seconds a process asks again, on a connection of its own, and the
page that noticed waits for it a fifth of a second at most. Every ten minutes all is read, as the sums have changed.
Take-downs need no shelf: the cards of a page are read live, and a page that meets clips that are gone says so here.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from catalog.models import Category
from feed.models import EventKind, Goal

REFRESH_S = 5.0
WAIT_S = 0.2
ALL_S = 600.0
OVERLAP = timedelta(minutes=2)
"""Read again what changed shortly before: a transaction may commit after a later one was read."""
DEFAULT_GOALS: dict[EventKind, float] = {
    EventKind.WATCH: 1.0,
    EventKind.LIKE: 1.5,
    EventKind.SAVE: 2.0,
    EventKind.SHARE: 2.0,
    EventKind.FOLLOW: 2.0,
    EventKind.PRODUCT_OPEN: 1.5,
    EventKind.PRODUCT_CLICK: 2.0,
    EventKind.ADD_TO_BAG: 3.0,
    EventKind.PURCHASE: 5.0,
}
DRIFTED, SOLD_OUT, REPORTED, COPIED = 0.5, 0.3, 0.5, 0.5
"""What remains of a clip's rank when a price or name has changed, nothing in it can be bought, viewers reported it, or
another published clip has shown the same pictures before.
"""
_STATEMENT = f"""
    SELECT clip.id, clip.state = 'published', clip.creator_id, extract(epoch FROM clip.published_at)::float8,
           clip.is_age_restricted, coalesce(source.duration_ms, 0), clip.enrolment_id IS NOT NULL,
           coalesce(count.shown, 0), coalesce(count.satisfied, 0),
           CASE WHEN clip.drifted_at IS NULL THEN 1 ELSE {DRIFTED} END
           * CASE WHEN tags.is_sold_out THEN {SOLD_OUT} ELSE 1 END
           * CASE WHEN EXISTS (SELECT FROM videos_flag flag WHERE flag.clip_id = clip.id AND flag.kind = 'reports'
                               AND flag.settled_at IS NULL) THEN {REPORTED} ELSE 1 END
           * CASE WHEN original.state = 'published' THEN {COPIED} ELSE 1 END,
           coalesce(tags.categories, '{{}}'), coalesce(tags.products, '{{}}')
    FROM videos_clip clip
    LEFT JOIN videos_source source ON source.id = clip.source_id
    LEFT JOIN videos_clip original ON original.id = clip.copy_of_id
    LEFT JOIN feed_clipcount count ON count.clip_id = clip.id
    LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT product.category_id) AS categories, array_agg(product.id) AS products,
               bool_and(product.stock = 0 OR NOT product.is_active) AS is_sold_out
        FROM videos_producttag tag JOIN catalog_product product ON product.id = tag.product_id
        WHERE tag.clip_id = clip.id) tags ON true
"""  # noqa: S608  # numbers of our own
_CHANGED = """
    WHERE clip.id IN (
        SELECT id FROM videos_clip WHERE state_changed_at > %(since)s
        UNION SELECT id FROM videos_clip WHERE updated_at > %(since)s
        UNION SELECT copy.id FROM videos_clip copy JOIN videos_clip model ON model.id = copy.copy_of_id AND model.state_changed_at > %(since)s
        UNION SELECT clip_id FROM videos_flag WHERE raised_at > %(since)s OR settled_at > %(since)s
        UNION SELECT unnest(%(doubted)s::bigint[]))
"""


@dataclass(frozen=True)
class Shelf:
    """Published clips by ascending id; every array has one row per clip, the two lists are tuples of ids.

    `standing` is what a clip's rank is multiplied by, 1 when nothing is wrong with it.
    """

    ids: NDArray[np.int64]
    creators: NDArray[np.int64]
    published_at: NDArray[np.float64]
    is_adult: NDArray[np.bool_]
    duration_ms: NDArray[np.int32]
    earns: NDArray[np.bool_]
    shown: NDArray[np.float32]
    satisfied: NDArray[np.float32]
    standing: NDArray[np.float32]
    categories: NDArray[np.object_]
    products: NDArray[np.object_]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]]) -> Self:
        """Build from rows of `_STATEMENT`, without the state."""
        columns: list[Any] = list(zip(*sorted(rows, key=lambda row: row[0]), strict=True)) or [
            [] for _one in fields(cls)
        ]
        kinds = [np.int64, np.int64, np.float64, np.bool_, np.int32, np.bool_, np.float32, np.float32, np.float32]
        arrays: list[Any] = [np.array(column, kind) for column, kind in zip(columns[:9], kinds, strict=True)]
        for column in columns[9:]:
            objects = np.empty(len(rows), object)
            objects[:] = [tuple(one) for one in column]
            arrays.append(objects)
        return cls(*arrays)

    def __len__(self) -> int:
        return len(self.ids)

    def rows_of(self, clip_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of those clips that stand here, in the order given."""
        return self.find(np.asarray(clip_ids, np.int64))[0]

    def find(self, clip_ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the rows of those clips that stand here, and which of them do."""
        if not len(self) or not len(clip_ids):
            return np.empty(0, np.int64), np.zeros(len(clip_ids), np.bool_)
        rows: NDArray[np.int64] = np.minimum(np.searchsorted(self.ids, clip_ids), len(self) - 1)
        there: NDArray[np.bool_] = self.ids[rows] == clip_ids
        return rows[there], there

    def is_same(self, rows: NDArray[np.int64], other: "Shelf") -> bool:
        """Tell whether these rows say what `other` says."""
        order = np.argsort(self.ids[rows])
        return all(
            np.array_equal(getattr(self, one.name)[rows[order]], getattr(other, one.name)) for one in fields(self)
        )

    def changed(self, gone: NDArray[np.int64], fresh: "Shelf") -> "Shelf":
        """Return this shelf without the clips `gone`, and with the rows of `fresh`."""
        keep = ~np.isin(self.ids, gone)
        order = np.argsort(np.concatenate([self.ids[keep], fresh.ids]), kind="stable")
        joined = {
            one.name: np.concatenate([getattr(self, one.name)[keep], getattr(fresh, one.name)])[order]
            for one in fields(Shelf)
        }
        return Shelf(**joined)


class _Standing:
    """The shelf of this process. One thread at a time reads; the others go on with what there is."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self.shelf: Shelf | None = None
        self.goals = DEFAULT_GOALS
        self.category_names: dict[int, str] = {}
        self.read_until = datetime.min.replace(tzinfo=UTC)
        self.looked_at = self.read_all_at = 0.0

    def current(self) -> Shelf:
        if self.shelf is None:
            with self.lock:
                if self.shelf is None:
                    self.read()
        elif time.monotonic() - self.looked_at > REFRESH_S and self.lock.acquire(blocking=False):
            self.looked_at = time.monotonic()
            reader = threading.Thread(target=self._read_aside, daemon=True)
            reader.start()
            reader.join(WAIT_S)
        assert self.shelf is not None
        return self.shelf

    def read(self, doubted: Sequence[int] = ()) -> None:
        started = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            until = cursor.fetchone()[0]
            if self.shelf is None or started - self.read_all_at > ALL_S or not self._read_changed(cursor, doubted):
                cursor.execute(f"{_STATEMENT} WHERE clip.state = 'published'")
                self.shelf = Shelf.of([(row[0], *row[2:]) for row in cursor.fetchall()])
                self.read_all_at = started
        self.goals = DEFAULT_GOALS | {EventKind(goal.kind): goal.weight for goal in Goal.objects.all()}
        self.category_names = dict(Category.objects.values_list("pk", "name"))
        self.read_until, self.looked_at = until, time.monotonic()

    def _read_changed(self, cursor: Any, doubted: Sequence[int]) -> bool:
        """Put in what has changed; False when a doubted clip is gone without a trace, as others may be then.

        A shelf that says the same stays the same object, and so do the lists made of it.
        """
        assert self.shelf is not None
        cursor.execute(_STATEMENT + _CHANGED, {"since": self.read_until - OVERLAP, "doubted": list(doubted)})
        rows = cursor.fetchall()
        changed = np.array([row[0] for row in rows], np.int64)
        fresh = Shelf.of([(row[0], *row[2:]) for row in rows if row[1]])
        if not self.shelf.is_same(self.shelf.rows_of(changed), fresh):
            self.shelf = self.shelf.changed(changed, fresh)
        return set(doubted).issubset(changed.tolist())

    def _read_aside(self) -> None:
        try:
            self.read()
        finally:
            connection.close()
            self.lock.release()


_standing = _Standing()


def current_shelf() -> Shelf:
    return _standing.current()


def read_shelf() -> tuple[Shelf, dict[EventKind, float]]:
    """Read the shelf and the goals as they are in the database now, for work beside the web."""
    standing = _Standing()
    standing.read()
    assert standing.shelf is not None
    return standing.shelf, standing.goals


def current_goals() -> dict[EventKind, float]:
    """Return how much each thing that viewers do counts, as staff have set it."""
    return _standing.goals


def look_up_again(doubted: Sequence[int]) -> Shelf:
    """Return the shelf as it is now: a page met these clips and could not show them."""
    with _standing.lock:
        if _standing.shelf is not None and len(_standing.shelf.rows_of(doubted)):
            _standing.read(doubted)
    return _standing.current()


def current_category_names() -> dict[int, str]:
    return _standing.category_names


def forget_shelf() -> None:
    """Read everything anew at the next call: for tests and benchmarks."""
    _standing.forget()
