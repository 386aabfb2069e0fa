"""The catalogue snapshot: every published clip as arrays in memory, so that ranking needs no query per clip.

Each process reads the snapshot once and then reads changes every few seconds, on a separate connection. The page that
triggers such a refresh waits for at most 0.2 s. From time to time, everything is read again (see LIFETIMES). Clips
that were taken down are never shown, even if they are still in the snapshot, because cards are built from live state.
A page that finds clips missing calls `refresh_snapshot`.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from catalog.models import Category
from catalog.translations import translate_name
from feed.models import EventKind, Goal
from feed.page.cache import LIFETIMES, on_clear
from feed.ranking import Items
from feed.sponsored.running_places import RunningPlace, read_places

MAX_WAIT_S = 0.2
OVERLAP = timedelta(minutes=2)
"""Refreshes overlap by this much, because a transaction may commit long after it sets its timestamps."""
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
"""Factors on a clip's score.

DRIFTED applies if a price or name has changed since approval, SOLD_OUT if nothing in the clip can be bought, REPORTED
if there are credible reports about the clip, and COPIED if it is a copy of another published clip.
"""
REPORTED_FROM = 2
"""The credible weight of reports from which REPORTED applies: of one person who was right before, or of two others."""
PHOTOS_MS = 5000
"""What counts as the length of a photo post: whoever looked at it for most of that time was satisfied."""
LENGTH_MS = f"CASE clip.medium WHEN 'photos' THEN {PHOTOS_MS} ELSE coalesce(source.duration_ms, 0) END"
_STATEMENT = f"""
    SELECT clip.id, clip.state = 'published' AND NOT clip.is_hidden, clip.creator_id,
           extract(epoch FROM clip.published_at)::float8, clip.is_age_restricted, {LENGTH_MS},
           coalesce(terms.fee_minor > 0, false)
               OR clip.enrolment_id IS NOT NULL AND coalesce(tags.earns_commission, false)
               OR clip.declaration <> '',
           coalesce(count.trusted_shown, count.shown, 0)::float4,
           coalesce(count.trusted_satisfied, count.satisfied, 0)::float4,
           CASE WHEN clip.drifted_at IS NULL THEN 1 ELSE {DRIFTED} END
           * CASE WHEN tags.is_sold_out THEN {SOLD_OUT} ELSE 1 END
           * CASE WHEN EXISTS (SELECT FROM videos_flag flag WHERE flag.clip_id = clip.id AND flag.kind = 'reports'
                               AND flag.settled_at IS NULL AND flag.credible_weight >= {REPORTED_FROM})
                  THEN {REPORTED} ELSE 1 END
           * CASE WHEN original.state = 'published' AND NOT original.is_hidden THEN {COPIED} ELSE 1 END,
           coalesce(tags.categories, '{{}}'), coalesce(tags.products, '{{}}')
    FROM videos_clip clip
    LEFT JOIN videos_source source ON source.id = clip.source_id
    LEFT JOIN creators_enrolment enrolment ON enrolment.id = clip.enrolment_id
    LEFT JOIN creators_terms terms ON terms.id = enrolment.terms_id
    LEFT JOIN videos_clip original ON original.id = clip.copy_of_id
    LEFT JOIN feed_clipcount count ON count.clip_id = clip.id
    LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT product.category_id) AS categories, array_agg(product.id) AS products,
               bool_and(product.stock = 0 OR NOT product.is_active) AS is_sold_out,
               bool_or(product.outbound_url = '' AND (category.commission_rate_bps > 0 OR EXISTS (
                   SELECT FROM creators_commissionrule rule
                   WHERE rule.rate_bps > 0 AND rule.starts_at <= now() AND (rule.ends_at IS NULL OR rule.ends_at > now())
                         AND (rule.scope IN ('house', 'category') OR rule.creator_id = clip.creator_id
                              OR rule.campaign_id = enrolment.campaign_id OR rule.product_id = product.id
                              OR rule.brand_id = product.brand_id)))) AS earns_commission
        FROM videos_producttag tag JOIN catalog_product product ON product.id = tag.product_id
             JOIN catalog_category category ON category.id = product.category_id
        WHERE tag.clip_id = clip.id) tags ON true
"""  # noqa: S608  # constants of this module
_CHANGED = """
    WHERE clip.id IN (
        SELECT id FROM videos_clip WHERE state_changed_at > %(since)s
        UNION SELECT id FROM videos_clip WHERE updated_at > %(since)s
        UNION SELECT copy.id FROM videos_clip copy JOIN videos_clip original
              ON original.id = copy.copy_of_id
              AND (original.state_changed_at > %(since)s OR original.updated_at > %(since)s)
        UNION SELECT clip_id FROM videos_flag WHERE raised_at > %(since)s OR settled_at > %(since)s
        UNION SELECT unnest(%(missing)s::bigint[]))
"""


@dataclass(frozen=True)
class CatalogueSnapshot:
    """Published clips, sorted by id. Every array has one row per clip. `categories` and `products` hold tuples of ids.

    `is_commercial` means that the creator can earn something with the clip (see videos/models/interest.py). The score of each clip is multiplied by its value in
    `rank_factors`, which is 1 for a clip without faults.
    """

    ids: NDArray[np.int64]
    creators: NDArray[np.int64]
    published_at: NDArray[np.float64]
    is_adult: NDArray[np.bool_]
    duration_ms: NDArray[np.int32]
    is_commercial: NDArray[np.bool_]
    shown: NDArray[np.float32]
    satisfied: NDArray[np.float32]
    rank_factors: NDArray[np.float32]
    categories: NDArray[np.object_]
    products: NDArray[np.object_]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]]) -> Self:
        """Build a snapshot from rows of `_STATEMENT`. Their second column, the clip's state, must be left out."""
        by_id = sorted(rows, key=lambda row: row[0])
        columns: list[Any] = list(zip(*by_id, strict=True)) or [[] for _column in fields(cls)]
        types = [np.int64, np.int64, np.float64, np.bool_, np.int32, np.bool_, np.float32, np.float32, np.float32]
        arrays: list[Any] = [np.array(column, type_) for column, type_ in zip(columns[:9], types, strict=True)]
        for column in columns[9:]:
            tuples = np.empty(len(rows), object)
            tuples[:] = [tuple(ids) for ids in column]
            arrays.append(tuples)
        return cls(*arrays)

    def __len__(self) -> int:
        return len(self.ids)

    def rows_of(self, clip_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row index of each clip, in the same order. Clips that are not in the snapshot are left out."""
        return self.find(np.asarray(clip_ids, np.int64))[0]

    def find(self, clip_ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the row indices of these clips, and a mask that is True for each clip in the snapshot.

        Clips that are not in the snapshot have no row index.
        """
        if not len(self) or not len(clip_ids):
            return np.empty(0, np.int64), np.zeros(len(clip_ids), np.bool_)
        rows: NDArray[np.int64] = np.minimum(np.searchsorted(self.ids, clip_ids), len(self) - 1)
        is_present: NDArray[np.bool_] = self.ids[rows] == clip_ids
        return rows[is_present], is_present

    def rows_newest_first(self) -> NDArray[np.int64]:
        """Return all row indices, newest clip first.

        Models number their items in this order, so that newer clips win ties.
        """
        return np.argsort(-self.published_at, kind="stable")

    def items_of(self, rows: NDArray[np.int64]) -> Items:
        """Return the categories and creators of these rows, in the form that the ranking needs."""
        return Items.of([self.categories[row] for row in rows.tolist()], self.creators[rows].tolist())

    def has_same_rows(self, rows: NDArray[np.int64], other: "CatalogueSnapshot") -> bool:
        """Return whether these rows equal the snapshot `other`. False if any clip or value differs."""
        order = np.argsort(self.ids[rows])
        names = [column.name for column in fields(self)]
        return all(np.array_equal(getattr(self, name)[rows[order]], getattr(other, name)) for name in names)

    def replaced(self, removed: NDArray[np.int64], added: "CatalogueSnapshot") -> "CatalogueSnapshot":
        """Return a new snapshot without the clips in `removed` and with the clips of `added`."""
        remains = ~np.isin(self.ids, removed)
        order = np.argsort(np.concatenate([self.ids[remains], added.ids]), kind="stable")
        columns = {
            column.name: np.concatenate([getattr(self, column.name)[remains], getattr(added, column.name)])[order]
            for column in fields(self)
        }
        return CatalogueSnapshot(**columns)


class _SnapshotReader:
    """A reader that holds this process's snapshot. One thread refreshes it while others use the current one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.snapshot: CatalogueSnapshot | None = None
        self.goals: Mapping[EventKind, float] = DEFAULT_GOALS
        self.category_names: Mapping[int, tuple[str, Mapping[str, str]]] = {}
        self.places: tuple[RunningPlace, ...] = ()
        self.read_until = datetime.min.replace(tzinfo=UTC)
        self.checked_at = self.read_whole_at = 0.0

    def current(self) -> CatalogueSnapshot:
        if self.snapshot is None:
            with self.lock:
                if self.snapshot is None:
                    self.read()
        elif time.monotonic() - self.checked_at > LIFETIMES["snapshot"].seconds and self.lock.acquire(blocking=False):
            self.checked_at = time.monotonic()
            thread = threading.Thread(target=self._read_in_thread, daemon=True)
            thread.start()
            thread.join(MAX_WAIT_S)
        assert self.snapshot is not None
        return self.snapshot

    def read(self, missing: Sequence[int] = ()) -> None:
        """Bring the snapshot up to date. `missing` holds the ids of clips that a page could not show."""
        started = time.monotonic()
        is_due = started - self.read_whole_at > LIFETIMES["whole snapshot"].seconds
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            until = cursor.fetchone()[0]
            if self.snapshot is None or is_due or not self._read_changes(cursor, missing):
                cursor.execute(f"{_STATEMENT} WHERE clip.state = 'published' AND NOT clip.is_hidden")
                self.snapshot = CatalogueSnapshot.of([(row[0], *row[2:]) for row in cursor.fetchall()])
                self.read_whole_at = started
        self.goals = DEFAULT_GOALS | {EventKind(goal.kind): goal.weight for goal in Goal.objects.all()}
        names = Category.objects.values_list("pk", "name", "name_translations")
        self.category_names = {pk: (name, translations) for pk, name, translations in names}
        self.places = read_places()
        self.read_until, self.checked_at = until, time.monotonic()

    def _read_changes(self, cursor: Any, missing: Sequence[int]) -> bool:
        """Apply changed rows to the snapshot. Return False if one of the `missing` clips was deleted from the database.

        In that case other clips may have been deleted too, which this method cannot detect. If no value differs, the
        snapshot remains the same object, so that everything computed from it stays valid.
        """
        assert self.snapshot is not None
        cursor.execute(_STATEMENT + _CHANGED, {"since": self.read_until - OVERLAP, "missing": list(missing)})
        rows = cursor.fetchall()
        changed = np.array([row[0] for row in rows], np.int64)
        published = CatalogueSnapshot.of([(row[0], *row[2:]) for row in rows if row[1]])
        if not self.snapshot.has_same_rows(self.snapshot.rows_of(changed), published):
            self.snapshot = self.snapshot.replaced(changed, published)
        return set(missing).issubset(changed.tolist())

    def _read_in_thread(self) -> None:
        try:
            self.read()
        finally:
            connection.close()
            self.lock.release()


_reader = _SnapshotReader()
on_clear(_reader.clear)


def current_snapshot() -> CatalogueSnapshot:
    """Return this process's snapshot. If it is too old, start a refresh first."""
    return _reader.current()


def read_snapshot() -> tuple[CatalogueSnapshot, Mapping[EventKind, float]]:
    """Return a new snapshot and the goal weights, read from the database. Used by tasks and commands."""
    reader = _SnapshotReader()
    reader.read()
    assert reader.snapshot is not None
    return reader.snapshot, reader.goals


def refresh_snapshot(missing: Sequence[int]) -> CatalogueSnapshot:
    """Refresh this process's snapshot and return it. `missing` holds the ids of clips that a page could not show."""
    with _reader.lock:
        if _reader.snapshot is not None and len(_reader.snapshot.rows_of(missing)):
            _reader.read(missing)
    return _reader.current()


def current_goals() -> Mapping[EventKind, float]:
    """Return the weight of each kind of event. Weights set by staff replace the defaults."""
    return _reader.goals


def current_category_name(category_id: int) -> str:
    """Return a category's name in the active language, or "" if there is no such category."""
    name, translations = _reader.category_names.get(category_id, ("", {}))
    return translate_name(name, translations)


def current_places() -> tuple[RunningPlace, ...]:
    """Return the running sponsored places, as they were at most a few seconds ago."""
    return _reader.places
