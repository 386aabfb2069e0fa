"""What may change at any moment, read in one statement for every page.

That is whether each clip is still published, price and stock of its products, and whether the viewer has done anything
since. A page that is in memory needs nothing else, so the statement goes the shortest way that there is.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from weakref import WeakSet

from django.db import connection
from psycopg.pq import ExecStatus

from feed.page.faces import Offer, Version
from feed.page.finishing import Page

type _Row = tuple[str | None, str, str | None, str | None]

_NAME = b"feed_live"
_SELECT = "SELECT version, stamp, shown, offers FROM feed_live({}::uuid, {}::bigint[], {}::boolean, {}::bigint[], {})"
_DJANGO = _SELECT.format(*["%s"] * 5)
_PREPARED = _SELECT.format("$1", "$2", "$3", "$4", "$5").encode()
_prepared: WeakSet[Any] = WeakSet()


@dataclass(frozen=True)
class Asked:
    """Clips to be shown, each with the ids of its products; `clips` and `offers` name them all as PostgreSQL reads it.

    `pages` are the pages finished of them, by language.
    """

    products: Mapping[int, Sequence[int]]
    clips: str
    offers: str
    pages: dict[str, Page] = field(default_factory=dict)

    @classmethod
    def of(cls, products: Mapping[int, Sequence[int]]) -> Self:
        offers = {one for some in products.values() for one in some}
        return cls(products, f"{{{','.join(map(str, products))}}}", f"{{{','.join(map(str, offers))}}}")


@dataclass(frozen=True)
class Live:
    """What is true now. `clips` are the published ones, with when each was changed.

    `stamp` changes with any of the rows read: as long as it is the same, so is everything else here.
    """

    viewer_version: str | None
    stamp: str
    clips: Mapping[int, float]
    offers: Mapping[int, Offer]
    changed: Mapping[int, float]

    def version_of(self, clip_id: int, product_ids: Iterable[int]) -> Version:
        return (self.clips[clip_id], *(self.changed.get(one, 0.0) for one in product_ids))


def read_live(*, viewer: uuid.UUID, asked: Asked, is_adult: bool, known: str = "") -> Live | None:
    """Read what may have changed, by the function `feed_live` of the first migration.

    None when all is as it was at the stamp `known`.
    """
    asked_of = (str(viewer), asked.clips, "t" if is_adult else "f", asked.offers, known)
    version, stamp, clips, offers = _ask_pool(asked_of) or _ask(asked_of)
    if stamp == known:
        return None
    rows = json.loads(offers) if offers else []
    return Live(
        version,
        stamp,
        dict(json.loads(clips)) if clips else {},
        {one[0]: (one[1], one[2], one[3], one[4]) for one in rows},
        {one[0]: one[5] for one in rows},
    )


def _ask(values: tuple[str, ...]) -> _Row:
    with connection.cursor() as cursor:
        cursor.execute(_DJANGO, values)
        row: _Row = cursor.fetchone()
    return row


def _ask_pool(values: tuple[str, ...]) -> _Row | None:
    """Ask a pooled connection by a statement that it has prepared: half the cost of a cursor (docs/ranking.md).

    None when there is no pool, Django holds a connection already, or the answer is an error: then a cursor tells.
    """
    pool = connection.pool  # type: ignore[attr-defined]  # of the PostgreSQL backend
    if pool is None or connection.connection is not None:
        return None
    if pool.closed:
        pool.open()
    pooled = pool.getconn()
    try:
        if pooled not in _prepared:
            if pooled.pgconn.prepare(_NAME, _PREPARED).status != ExecStatus.COMMAND_OK:
                return None
            _prepared.add(pooled)
        answer = pooled.pgconn.exec_prepared(_NAME, [value.encode() for value in values])
        if answer.status != ExecStatus.TUPLES_OK:
            return None
        version, stamp, shown, offers = (_text(answer.get_value(0, column)) for column in range(4))
        return version, stamp or "", shown, offers
    finally:
        pool.putconn(pooled)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
