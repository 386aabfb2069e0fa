"""What a sponsorship brought, by day: views, spend, product opens and orders. Nothing below five viewers is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection

from catalog.csv_files import iterate_csv
from catalog.prices import plain_decimal
from feed.models import EventKind, SponsoredDay
from feed.sponsored.models import MILLI
from social.models import Sponsorship

FEWEST = 5
"""Figures about fewer people than this are not told."""
COLUMNS = ("day", "views", "charged_views", "spent", "currency", "people_who_opened_a_product", "people_who_ordered")

_ACTORS = """
    SELECT shown.day, count(DISTINCT event.viewer) FILTER (WHERE event.kind = %(opened)s),
           count(DISTINCT event.viewer) FILTER (WHERE event.kind = %(ordered)s)
    FROM feed_sponsoredview shown
    JOIN feed_event event ON event.viewer = shown.viewer AND event.clip_id = %(clip)s AND event.value > 0
         AND event.kind IN (%(opened)s, %(ordered)s) AND event.at >= shown.at - interval '1 hour'
         AND event.at < shown.at + interval '1 day'
    WHERE shown.place_id = %(place)s GROUP BY shown.day
"""


@dataclass(frozen=True)
class StatementDay:
    """One day in the shop's time zone. A figure is None if it is about fewer than FEWEST people.

    `opened` and `ordered` count people who opened, or ordered, a product of the post within a day of seeing it.
    """

    day: date
    views: int | None
    charged: int | None
    spent_minor: int | None
    opened: int | None
    ordered: int | None


@dataclass(frozen=True)
class Statement:
    days: list[StatementDay]
    views: int | None
    reached: int | None

    @property
    def most_views(self) -> int:
        """Return the views of the best day, for the scale of the chart."""
        return max((day.views or 0 for day in self.days), default=0) or 1

    @property
    def most_spent_minor(self) -> int:
        return max((day.spent_minor or 0 for day in self.days), default=0) or 1


def read_statement(sponsorship: Sponsorship) -> Statement:
    """Return the figures of a sponsorship, oldest day first."""
    if sponsorship.place is None:
        return Statement([], None, None)
    rows = SponsoredDay.objects.filter(place=sponsorship.place).order_by("day")
    actors = _count_actors(sponsorship)
    days = [_describe(row, *actors.get(row.day, (0, 0))) for row in rows]
    views = sum(row.view_count for row in rows)
    reached = sponsorship.place.reached_count
    is_told = reached >= FEWEST and all(day.views is not None for day in days)
    return Statement(days, views if is_told else None, reached if is_told else None)


def iterate_statement_csv(sponsorship: Sponsorship) -> Iterator[str]:
    """Yield the rows of the statement as CSV. A figure that is not told is empty."""
    return iterate_csv(COLUMNS, (_write_row(day, sponsorship.currency) for day in read_statement(sponsorship).days))


def _describe(row: SponsoredDay, opened: int, ordered: int) -> StatementDay:
    """Each view of a day is by another viewer, so the views are people."""
    if row.view_count < FEWEST:
        return StatementDay(row.day, None, None, None, None, None)
    return StatementDay(
        row.day,
        row.view_count,
        row.charged_count if _hides_nobody(row.charged_count, row.view_count) else None,
        row.spent_milli // MILLI if _hides_nobody(row.charged_count, row.view_count) else None,
        opened if opened >= FEWEST else None,
        ordered if ordered >= FEWEST else None,
    )


def _hides_nobody(part: int, whole: int) -> bool:
    """Return whether neither a part nor the rest is about so few people that it would tell something about them."""
    return (part == 0 or part >= FEWEST) and (whole == part or whole - part >= FEWEST)


def _count_actors(sponsorship: Sponsorship) -> dict[date, tuple[int, int]]:
    values = {"opened": int(EventKind.PRODUCT_OPEN), "ordered": int(EventKind.PURCHASE)}
    with connection.cursor() as cursor:
        cursor.execute(_ACTORS, {**values, "place": sponsorship.place_id, "clip": sponsorship.clip_id})
        return {day: (opened, ordered) for day, opened, ordered in cursor.fetchall()}


def _write_row(day: StatementDay, currency: str) -> list[object]:
    spent = "" if day.spent_minor is None else plain_decimal(day.spent_minor, currency)
    figures = ("" if figure is None else figure for figure in (day.opened, day.ordered))
    views, charged = ("" if figure is None else figure for figure in (day.views, day.charged))
    return [day.day.isoformat(), views, charged, spent, currency, *figures]
