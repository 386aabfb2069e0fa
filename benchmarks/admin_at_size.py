"""Every page of admin in a large shop: `python -m benchmarks.admin_at_size`, or `make bench-admin`.

Opens each list with its pages, searches, filters and sort columns, each form, history and delete page, and each extra page, as a
superuser and as each role. Prints queries, KiB, milliseconds and sequential scans, the worst first, and exits 1 if a
page takes more than 12 queries or 200 KiB, fails, or reads a large table from end to end. The HTML is measured as it is before compression.
"""

import argparse
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import resolve

from benchmarks.figures import Figure, at_most, info, report
from benchmarks.throwaway import throwaway_site

MAX_QUERIES = 12
MAX_KIB = 200
REVIEW_QUERIES = 26
"""The page on which a clip is reviewed shows all that is known about it, takes its lock and writes the audit log."""
YEARLY_QUERIES = 16
"""The numbers of a year are counted one after the other, for a file that somebody downloads once a year."""
MANY_ROWS = 10_000
"""Tables with more rows should be read by an index."""
BY_INDEX = ("list", "search")
"""Pages that must read large tables by an index. A sort column, a filter and the last page may read them whole."""
MANY_MATCHES = 1000
"""A search whose longest word fits more rows may read the whole table, which then is the fastest way."""
WORST = 25
SUPERUSER = "Superuser"


@dataclass
class Visit:
    """One answer: to whom, of which page, and what it took."""

    role: str
    kind: str
    address: str
    status: int
    queries: int
    kib: float
    ms: float
    scans: list[str] = field(default_factory=list)
    count_ms: float = 0

    @property
    def is_open(self) -> bool:
        return self.status == 200

    @property
    def faults(self) -> list[str]:
        excess = {
            "queries": self.queries > max_queries(self.address),
            "size": self.kib > MAX_KIB,
            "status": self.status >= 500,
        }
        return [name for name, is_over in excess.items() if is_over] + (["scan"] if self.scans else [])


class Reader:
    """A member of staff who opens pages, and those with many queries again: the first time fills caches."""

    def __init__(self, role: str, client: Any, large_tables: frozenset[str]) -> None:
        self.role, self.client, self.large_tables = role, client, large_tables

    def visit(self, page: Any) -> tuple[Visit, Any]:
        from django.db import connection, reset_queries
        from django.test.utils import CaptureQueriesContext

        for _attempt in range(2):
            reset_queries()  # the log holds 9,000, and would end without a fault
            with CaptureQueriesContext(connection) as captured:
                start = time.perf_counter()
                response = self.client.get(page.address)
                ms = (time.perf_counter() - start) * 1000
            queries = [query for query in captured.captured_queries if is_query(query["sql"])]
            if response.status_code != 200:
                return Visit(self.role, page.kind, page.address, response.status_code, 0, 0, 0), response
            if len(queries) <= max_queries(page.address):
                break
        counts = [query for query in queries if is_count(query["sql"])]
        others = [query["sql"] for query in queries if query not in counts] if page.kind in BY_INDEX else []
        scans = sorted({table for sql in others for table in self._scanned(sql)})
        changes = (getattr(response, "context_data", None) or {}).get("cl")
        is_phrase = "+" in page.address
        if page.kind == "search" and changes is not None and (is_phrase or changes.result_count > MANY_MATCHES):
            scans = []
        visit = Visit(self.role, page.kind, page.address, 200, len(queries), len(response.content) / 1024, ms, scans)
        visit.count_ms = sum(float(query["time"]) * 1000 for query in counts)
        return visit, response

    def _scanned(self, sql: str) -> set[str]:
        """Return the large tables that PostgreSQL reads from end to end for the query."""
        from django.db import connection

        if not sql.startswith(("SELECT", "WITH")):
            return set()
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
            plan = cursor.fetchone()[0]
        plan = plan if isinstance(plan, list) else json.loads(plan)
        return set(scans_of(plan[0]["Plan"])) & self.large_tables


def is_query(sql: str) -> bool:
    """Return whether a statement asks for rows. The beginning and end of a transaction do not.

    The shop's own settings, which any page may read every few seconds, do not count.
    """
    return "catalog_sitesettings" not in sql and not sql.startswith(
        ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")
    )


def max_queries(address: str) -> int:
    """Return how many queries the page may take."""
    name = resolve(address.partition("?")[0]).url_name or ""
    return {"videos_review": REVIEW_QUERIES, "social_transparency": YEARLY_QUERIES}.get(name, MAX_QUERIES)


def is_count(sql: str) -> bool:
    return sql.startswith("SELECT COUNT(")


def scans_of(plan: dict[str, Any], *, limited_cost: float = float("inf")) -> Iterator[str]:
    """Yield the tables that a plan reads from end to end. A LIMIT above that ends the scan early makes it none."""
    if plan["Node Type"] == "Limit":
        limited_cost = min(limited_cost, 10 * plan["Total Cost"])
    if plan["Node Type"] == "Seq Scan" and plan["Total Cost"] < limited_cost:
        yield plan["Relation Name"]
    for child in plan.get("Plans", ()):
        yield from scans_of(child, limited_cost=limited_cost)


def visit_all(reader: Reader) -> Iterator[Visit]:
    """Open every page as one reader."""
    from tests.feedsite import admin_pages as pages

    def each(found: Iterable[Any]) -> Iterator[Visit]:
        yield from (reader.visit(page)[0] for page in found)

    yield from each(pages.index_pages())
    yield from each(pages.extra_pages([]))
    for model in pages.registered_models():
        rows = chosen_rows(model)
        page = pages.list_page(model)
        visit, response = reader.visit(page)
        yield visit
        yield from each([pages.add_page(model)])
        if visit.is_open:
            yield from each(pages.linked_lists(page, response))
            yield from each(pages.filtered_lists(model))
            for row in rows[-1:]:
                yield from each(pages.searches(model, row))
        for row in rows:
            yield from each(pages.row_pages(model, row))
        yield from each(pages.extra_pages(rows) if rows else ())


def chosen_rows(model: Any) -> list[Any]:
    """Return the first and the last row and, for each relation, the row to which the most others belong."""
    keys = {model._default_manager.order_by(order).values_list("pk", flat=True).first() for order in ("pk", "-pk")}
    for relation in model._meta.related_objects:
        name = relation.field.name
        counts = relation.related_model._base_manager.exclude(**{name: None}).values(name).order_by()
        from django.db.models import Count

        most = counts.annotate(most=Count("pk")).order_by("-most").values_list(name, flat=True).first()
        keys.add(most)
    return list(model._default_manager.filter(pk__in=keys - {None}).order_by("pk"))


def measure(roles: Sequence[str]) -> list[Visit]:
    """Open every page as each of these roles or, if there are none, as a superuser and each role."""
    from django.contrib.auth.models import Group
    from django.db import connection

    from accounts.models import User
    from feedsite.roles import ROLES
    from tests.feedsite.admin_pages import sign_in_staff

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [MANY_ROWS])
        large_tables = frozenset(name for (name,) in cursor.fetchall())
    visits: list[Visit] = []
    for role in (SUPERUSER, *ROLES):
        if roles and role not in roles:
            continue
        user = User.objects.create_user(f"{role.lower().replace(' ', '-')}@example.org", is_staff=True)
        user.groups.set(Group.objects.filter(name=role))
        User.objects.filter(pk=user.pk).update(is_superuser=role == SUPERUSER)
        visits += visit_all(Reader(role, sign_in_staff(User.objects.get(pk=user.pk)), large_tables))
    return visits


def print_worst(visits: list[Visit]) -> None:
    """Print the pages that miss a bar, then those with the most queries, KiB and milliseconds."""
    line = "{0.role:<18} {0.kind:<8} {0.queries:>3} queries {0.kib:>7.1f} KiB {0.ms:>6.0f} ms  {0.address} {1}"
    tables = {"miss a bar": [visit for visit in visits if visit.faults]}
    opened = [visit for visit in visits if visit.is_open]
    for name in ("queries", "kib", "ms", "count_ms"):
        tables[f"have the most {name}"] = sorted(opened, key=lambda visit: -getattr(visit, name))[:WORST]
    for title, rows in tables.items():
        print(f"\n{len(rows)} pages that {title}")
        for visit in rows:
            print(line.format(visit, " ".join((*visit.faults, *visit.scans))))
    print()
    for (role, status), count in sorted(Counter((visit.role, visit.status) for visit in visits).items()):
        print(f"{role:<18} {status}: {count} pages")


def figures_of(visits: list[Visit]) -> list[Figure]:
    opened = [visit for visit in visits if visit.is_open]
    return [
        at_most("pages with too many queries", sum("queries" in visit.faults for visit in opened), 0, unit="pages"),
        info("most queries of a page", max(visit.queries for visit in opened), unit="queries"),
        at_most("largest page", max(visit.kib for visit in opened), MAX_KIB, unit="KiB"),
        at_most("pages that fail", sum(visit.status >= 500 for visit in visits), 0, unit="pages"),
        at_most("pages that read a large table whole", sum(bool(visit.scans) for visit in opened), 0, unit="pages"),
        info("slowest page", max(visit.ms for visit in opened), unit="ms"),
        info("longest counts of a page", max(visit.count_ms for visit in opened), unit="ms"),
        info("pages opened", len(opened), unit="pages"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--role", action="append", help="open the pages only as Superuser, or as this role")
    options = parser.parse_args()
    with throwaway_site():
        from django.conf import settings
        from django.core.management import call_command

        from benchmarks.admin_shop import ShopRows, fill_shop

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]

        logging.disable(logging.WARNING)  # the slow ones are in the report
        start = time.monotonic()
        call_command("collectstatic", interactive=False, verbosity=0)
        fill_shop(ShopRows())
        print(f"The shop was filled in {time.monotonic() - start:.0f} s.", flush=True)
        visits = measure(options.role or [])
    print_worst(visits)
    sys.exit(0 if report(figures_of(visits), "admin_at_size") else 1)


if __name__ == "__main__":
    main()
