"""Keep what viewers do: one statement per batch, each thing once per serving, nothing that cannot be true."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from feed.models import EventKind, Viewer
from videos.playback.impressions import Serving, read_token, token_key

MAX_AGE = timedelta(days=2)
"""How long after a clip was served its events are taken: an outbox may wait for the next connection."""
MAX_LOOPS = 1000
KEPT_MARKS = 1000
MARKS = {
    EventKind.LIKE: "liked",
    EventKind.SAVE: "saved",
    EventKind.NOT_INTERESTED: "hidden",
    EventKind.FOLLOW: "followed",
}


@dataclass(frozen=True)
class Report:
    """One line of a batch, as the player sends it. `product` is a slug or empty."""

    token: str
    kind: EventKind
    value: int = 1
    loops: int = 0
    product: str = ""


def record(reports: Iterable[Report], *, now: datetime) -> int:
    """Store a batch in one statement and return how many lines were credible.

    A line counts when its token is ours and at most two days old. Watched time is cut to the time that passed since
    the clip was served. The same thing told twice changes nothing; a longer watch replaces a shorter one.
    """
    rows: dict[tuple[uuid.UUID, datetime, int, EventKind, str], tuple[Serving, Report, int]] = {}
    for report in reports:
        serving = read_token(report.token, key=token_key())
        if serving is None or not now - MAX_AGE <= serving.served_at <= now:
            continue
        value = _credible(report, serving, now)
        name = (serving.viewer, serving.served_at, serving.clip_id, report.kind, report.product)
        if name not in rows or report.kind != EventKind.WATCH or rows[name][2] < value:
            rows[name] = (serving, report, value)
    if rows:
        _insert(list(rows.values()), now)
    return len(rows)


def note_mark(
    *, viewer: uuid.UUID, kind: EventKind, clip_id: int, subject_id: int = 0, is_on: bool, now: datetime
) -> None:
    """Keep a like, save, follow or "not interested", or that it was taken back: on the viewer and as an event.

    Of each kind the last 1,000 stay on the viewer; the events keep all.
    """
    if kind not in MARKS:
        _insert_mark(viewer, kind, clip_id, subject_id, is_on=is_on, now=now)
        return
    column = MARKS[kind]
    marked = subject_id if kind == EventKind.FOLLOW else clip_id
    added = f"array_append(trimmed, {int(marked)})" if is_on else "trimmed"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO feed_viewer (key, created_at, {column}) VALUES (%(viewer)s, %(now)s, %(fresh)s)
            ON CONFLICT (key) DO UPDATE SET {column} = (
                SELECT {added} FROM (SELECT (array_remove(feed_viewer.{column}, %(marked)s))[
                    greatest(1, cardinality(feed_viewer.{column}) - {KEPT_MARKS - 2}):] AS trimmed) AS kept
            )
            """,  # noqa: S608  # column names are ours, the number is an int
            {"viewer": viewer, "now": now, "marked": marked, "fresh": [marked] if is_on else []},
        )
    _insert_mark(viewer, kind, clip_id, subject_id, is_on=is_on, now=now)


def keep_viewer(*, key: uuid.UUID, user_id: int | None, now: datetime) -> Viewer:
    """Return the viewer's row, made now if it is the first thing worth keeping."""
    return Viewer.objects.get_or_create(key=key, defaults={"user_id": user_id, "created_at": now})[0]


def _insert_mark(
    viewer: uuid.UUID, kind: EventKind, clip_id: int, subject_id: int, *, is_on: bool, now: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH touched AS (
                INSERT INTO feed_viewer (key, created_at) VALUES (%s, %s)
                ON CONFLICT (key) DO UPDATE SET created_at = feed_viewer.created_at)
            INSERT INTO feed_event (served_at, viewer, clip_id, kind, subject_id, value, loops, position, reasons, at)
            VALUES (%s, %s, %s, %s, %s, %s, 0, -1, '', %s)
            ON CONFLICT (viewer, served_at, clip_id, kind, subject_id) DO UPDATE SET value = excluded.value
            """,
            [viewer, now, now, viewer, clip_id, kind, subject_id, int(is_on), now],
        )


def _credible(report: Report, serving: Serving, now: datetime) -> int:
    if report.kind != EventKind.WATCH:
        return 1
    passed_ms = (now - serving.served_at) // timedelta(milliseconds=1)
    return max(0, min(report.value, passed_ms))


def _insert(rows: list[tuple[Serving, Report, int]], now: datetime) -> None:
    """Insert with products by slug; events of a viewer that has become part of another go to that one.

    The viewers' rows are written anew, which tells every process that there is more to know; always in the same
    order, so that two batches do not wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH told AS (
                SELECT told.served_at, coalesce(viewer.merged_into_id, told.viewer) AS viewer, told.clip_id, told.kind,
                       coalesce(product.id, 0) AS subject_id, told.value, told.loops, told.position, told.reasons
                FROM unnest(%s::timestamptz[], %s::uuid[], %s::bigint[], %s::smallint[], %s::text[], %s::int[],
                            %s::smallint[], %s::smallint[], %s::text[])
                     AS told (served_at, viewer, clip_id, kind, product, value, loops, position, reasons)
                LEFT JOIN feed_viewer viewer ON viewer.key = told.viewer
                LEFT JOIN catalog_product product ON product.slug = told.product AND told.product <> ''
            ), touched AS (
                INSERT INTO feed_viewer (key, created_at)
                SELECT viewer, %s FROM (SELECT DISTINCT viewer FROM told ORDER BY viewer) AS each
                ON CONFLICT (key) DO UPDATE SET created_at = feed_viewer.created_at
            )
            INSERT INTO feed_event (served_at, viewer, clip_id, kind, subject_id, value, loops, position, reasons, at)
            SELECT DISTINCT ON (1, 2, 3, 4, 5)
                   served_at, viewer, clip_id, kind, subject_id, value, loops, position, reasons, %s
            FROM told ORDER BY 1, 2, 3, 4, 5, value DESC
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
                now,
            ],
        )
