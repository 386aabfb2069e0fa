"""Event recording, with one SQL statement per batch. Implausible events are corrected or rejected."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from feed.models import EventKind
from feed.sponsored.charges import note_views
from videos.playback.impressions import Serving, verify_token

MAX_AGE = timedelta(days=2)
"""Events are accepted for this long after the clip was served. A browser that was offline sends them late."""
NETWORK_REMEMBERED = timedelta(days=90)
"""For how long a viewer keeps the network of their first event, by which newcomers are weighed."""
MAX_LOOPS = 1000
MAX_MARKS = 1000
BROWSER_KINDS = (EventKind.IMPRESSION, EventKind.WATCH, EventKind.PRODUCT_OPEN, EventKind.PRODUCT_CLICK)
"""What a browser may report. Everything else is written by what does it, so that nobody can make it up."""
MARK_COLUMNS = {
    EventKind.LIKE: "liked",
    EventKind.SAVE: "saved",
    EventKind.NOT_INTERESTED: "hidden",
    EventKind.FOLLOW: "followed",
}


@dataclass(frozen=True)
class EventReport:
    """An event as a player reports it. `product` is the slug of a product, or an empty string."""

    token: str
    kind: EventKind
    value: int = 1
    loops: int = 0
    product: str = ""


def record_events(reports: Iterable[EventReport], *, now: datetime, network: str = "") -> int:
    """Store a batch of events in one statement and return how many were accepted.

    An event is accepted if its token is valid and at most two days old. Watch time is capped at the time since the
    clip was served. A repeated event is not stored again, but a longer watch replaces a shorter one. `network` is the
    keyed hash of the network that sent the batch.
    """
    rows: dict[tuple[uuid.UUID, datetime, int, EventKind, str], tuple[Serving, EventReport, int]] = {}
    for report in reports:
        serving = verify_token(report.token)
        if serving is None or not now - MAX_AGE <= serving.served_at <= now:
            continue
        value = _credible_value(report, serving, now)
        key = (serving.viewer, serving.served_at, serving.clip_id, report.kind, report.product)
        if key not in rows or report.kind != EventKind.WATCH or rows[key][2] < value:
            rows[key] = (serving, report, value)
    if rows:
        _insert_events(list(rows.values()), now, network)
    watched = [(serving, value) for serving, report, value in rows.values() if report.kind == EventKind.WATCH]
    note_views(watched, now=now, network=network)
    return len(rows)


def record_mark(
    *,
    viewer: uuid.UUID,
    kind: EventKind,
    clip_id: int,
    subject_id: int = 0,
    is_on: bool,
    now: datetime,
    network: str = "",
) -> None:
    """Record that a viewer set or removed a like, save, share, follow or "not interested".

    Each mark is stored as an event. For each kind except share, the viewer's row also lists the latest 1,000 marks.
    """
    column = MARK_COLUMNS.get(kind)
    if column is not None:
        _update_marks(viewer, column, subject_id if kind == EventKind.FOLLOW else clip_id, is_on=is_on, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH touched AS (
                INSERT INTO feed_viewer (key, created_at, network) VALUES (%s, %s, %s)
                ON CONFLICT (key) DO UPDATE SET network = CASE WHEN feed_viewer.created_at < %s THEN ''
                    ELSE coalesce(nullif(feed_viewer.network, ''), excluded.network) END)
            INSERT INTO feed_event (served_at, viewer, clip_id, kind, subject_id, value, loops, position, reasons, at)
            VALUES (%s, %s, %s, %s, %s, %s, 0, -1, '', %s)
            ON CONFLICT (viewer, served_at, clip_id, kind, subject_id) DO UPDATE SET value = excluded.value
            """,
            [viewer, now, network, now - NETWORK_REMEMBERED, now, viewer, clip_id, kind, subject_id, int(is_on), now],
        )


@dataclass(frozen=True)
class ServerAction:
    """What a shopper did with a product of a clip that was served to a viewer, as the shop knows it."""

    viewer: uuid.UUID
    clip_id: int
    kind: EventKind
    product_id: int
    served_at: datetime


def record_actions(actions: Sequence[ServerAction], *, now: datetime) -> int:
    """Store actions as events in one statement, each once, and return how many were new.

    Viewers who are not known are left out: they have not consented, or have been erased.
    """
    columns = [
        (action.viewer, action.served_at, action.clip_id, int(action.kind), action.product_id) for action in actions
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH action AS (
                SELECT DISTINCT coalesce(viewer.merged_into_id, viewer.key) AS viewer, served_at, clip_id, kind, subject_id
                FROM unnest(%s::uuid[], %s::timestamptz[], %s::bigint[], %s::smallint[], %s::bigint[])
                     AS sent (viewer, served_at, clip_id, kind, subject_id)
                JOIN feed_viewer viewer ON viewer.key = sent.viewer
            ), touched AS (
                UPDATE feed_viewer SET created_at = created_at WHERE key IN (SELECT viewer FROM action)
            )
            INSERT INTO feed_event (served_at, viewer, clip_id, kind, subject_id, value, loops, position, reasons, at)
            SELECT served_at, viewer, clip_id, kind, subject_id, 1, 0, -1, '', %s FROM action ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (viewer, served_at, clip_id, kind, subject_id) DO NOTHING
            """,
            [*(list(column) for column in zip(*columns, strict=True)), now] if columns else [[], [], [], [], [], now],
        )
        return int(cursor.rowcount)


def _update_marks(viewer: uuid.UUID, column: str, marked_id: int, *, is_on: bool, now: datetime) -> None:
    """Add `marked_id` to the list in `column` of the viewer's row, or remove it if `is_on` is False."""
    new_list = f"array_append(trimmed, {int(marked_id)})" if is_on else "trimmed"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO feed_viewer (key, created_at, {column}) VALUES (%(viewer)s, %(now)s, %(initial)s)
            ON CONFLICT (key) DO UPDATE SET {column} = (
                SELECT {new_list} FROM (SELECT (array_remove(feed_viewer.{column}, %(marked_id)s))[
                    greatest(1, cardinality(feed_viewer.{column}) - {MAX_MARKS - 2}):] AS trimmed) AS list
            )
            """,  # noqa: S608  # the column is one of MARK_COLUMNS, the number is an int
            {"viewer": viewer, "now": now, "marked_id": marked_id, "initial": [marked_id] if is_on else []},
        )


def _credible_value(report: EventReport, serving: Serving, now: datetime) -> int:
    if report.kind != EventKind.WATCH:
        return 1
    elapsed_ms = (now - serving.served_at) // timedelta(milliseconds=1)
    return max(0, min(report.value, elapsed_ms))


def _insert_events(rows: list[tuple[Serving, EventReport, int]], now: datetime, network: str) -> None:
    """Insert events, and look up their products by slug.

    If a viewer was merged into another viewer, the other viewer gets the events. The row of each viewer is rewritten
    too, because a new row version tells every process that there are new events. Rows are always written in the same
    order, so that two batches cannot deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH report AS (
                SELECT sent.served_at, coalesce(viewer.merged_into_id, sent.viewer) AS viewer, sent.clip_id, sent.kind,
                       coalesce(product.id, 0) AS subject_id, sent.value, sent.loops, sent.position, sent.reasons
                FROM unnest(%s::timestamptz[], %s::uuid[], %s::bigint[], %s::smallint[], %s::text[], %s::int[],
                            %s::smallint[], %s::smallint[], %s::text[])
                     AS sent (served_at, viewer, clip_id, kind, product, value, loops, position, reasons)
                LEFT JOIN feed_viewer viewer ON viewer.key = sent.viewer
                LEFT JOIN catalog_product product ON product.slug = sent.product AND sent.product <> ''
            ), touched AS (
                INSERT INTO feed_viewer (key, created_at, network)
                SELECT viewer, %s, %s FROM (SELECT DISTINCT viewer FROM report ORDER BY viewer) AS ordered
                ON CONFLICT (key) DO UPDATE SET network = CASE WHEN feed_viewer.created_at < %s THEN ''
                    ELSE coalesce(nullif(feed_viewer.network, ''), excluded.network) END
            )
            INSERT INTO feed_event (served_at, viewer, clip_id, kind, subject_id, value, loops, position, reasons, at)
            SELECT DISTINCT ON (1, 2, 3, 4, 5)
                   served_at, viewer, clip_id, kind, subject_id, value, loops, position, reasons, %s
            FROM report ORDER BY 1, 2, 3, 4, 5, value DESC
            ON CONFLICT (viewer, served_at, clip_id, kind, subject_id) DO UPDATE
               SET value = greatest(feed_event.value, excluded.value),
                   loops = greatest(feed_event.loops, excluded.loops), at = excluded.at
             WHERE feed_event.value < excluded.value
            """,
            [
                [serving.served_at for serving, _report, _value in rows],
                [serving.viewer for serving, _report, _value in rows],
                [serving.clip_id for serving, _report, _value in rows],
                [int(report.kind) for _serving, report, _value in rows],
                [report.product for _serving, report, _value in rows],
                [value for _serving, _report, value in rows],
                [max(0, min(report.loops, MAX_LOOPS)) for _serving, report, _value in rows],
                [serving.position for serving, _report, _value in rows],
                [serving.reasons for serving, _report, _value in rows],
                now,
                network,
                now - NETWORK_REMEMBERED,
                now,
            ],
        )
