"""Measure the money paths: `python -m benchmarks.money`, or `make bench-money`; with --full at full size.

Runs in a database of its own on the embedded PostgreSQL. Every figure is a ratio of two things done in the same run,
or a bound: the tally against one bare INSERT of the rows that it writes, holding and approving against one bare
conditional UPDATE, the statement page of a busy creator against an empty one.
"""

import json
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import tests.servers  # noqa: F401  # starts the servers before Django reads its settings

import django  # isort: skip

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings, setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.money_rows import ENTRIES_AT_LEAST, LINES, SLOTS, fill_shop  # noqa: E402
from creators.models import Campaign, Creator, Enrolment  # noqa: E402
from creators.slots import earn_slot, hold_slot  # noqa: E402
from payouts.models import Entry, Posting  # noqa: E402
from payouts.tally import tally  # noqa: E402
from payouts.verifying import find_differences  # noqa: E402
from tests.concurrency.crowd import at_once, percentile  # noqa: E402
from tests.factories import NOW, make_campaign, make_creator, make_enrolment  # noqa: E402

PEOPLE = 64
ROUNDS = 15


@dataclass(frozen=True)
class Figure:
    """`bar` is the most that the value may be."""

    name: str
    value: float
    unit: str
    bar: float

    @property
    def holds(self) -> bool:
        return self.value <= self.bar


def execute(sql: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure_tally() -> list[Figure]:
    """Book every slot and line, then write the very same rows with one bare statement."""
    tallied = seconds(lambda: tally(now=timezone.now()))
    booked = Posting.objects.count()
    assert booked == SLOTS + LINES, booked
    execute("CREATE TABLE kept_posting AS TABLE payouts_posting")
    execute("CREATE TABLE kept_entry AS TABLE payouts_entry")
    execute("TRUNCATE payouts_posting, payouts_entry")
    bare = seconds(
        lambda: execute("""
            WITH postings AS (INSERT INTO payouts_posting SELECT * FROM kept_posting RETURNING id)
            INSERT INTO payouts_entry SELECT * FROM kept_entry
        """)
    )
    execute("ANALYZE")
    print(f"tally of {booked:,} rows: {tallied:.1f} s; bare INSERT of the same rows: {bare:.1f} s")
    return [Figure("tally ÷ bare INSERT", tallied / bare, "ratio", 3)]


def measure_contention() -> list[Figure]:
    """Take places in one campaign, 64 people at once, by the rules and by one bare conditional UPDATE."""
    campaign = make_campaign(clips_cap=35_000)
    enrolments = [make_enrolment(make_creator(), campaign) for _index in range(PEOPLE)]
    ready = list(Enrolment.objects.select_related("campaign", "terms").filter(pk__in=[one.pk for one in enrolments]))

    def by_the_rules(one: Enrolment) -> list[float]:
        return [seconds(partial(_hold_and_earn, one, f"b{one.pk}-{number}")) for number in range(ROUNDS)]

    def bare(_one: Enrolment) -> list[float]:
        sql = """UPDATE creators_campaign SET held_count = held_count + 1
            WHERE id = %(id)s AND held_count + earned_count < clips_cap"""
        return [seconds(partial(execute, sql, id=campaign.pk)) for _number in range(ROUNDS)]

    took: dict[str, list[float]] = {"rules": [], "bare": []}
    for _turn in range(3):
        for name, work in (("bare", bare), ("rules", by_the_rules)):
            execute("DELETE FROM creators_slot WHERE enrolment_id = ANY(%(ids)s)", ids=[one.pk for one in ready])
            Enrolment.objects.filter(campaign=campaign).update(held_count=0, earned_count=0)
            Campaign.objects.filter(pk=campaign.pk).update(held_count=0, earned_count=0)
            happened = at_once([partial(work, one) for one in ready])
            assert not any(one.error for one in happened), [one.trace for one in happened if one.error][:1]
            took[name] += [value for one in happened for value in one.result]
    rules_ms, bare_ms = (statistics.median(took[name]) * 1000 for name in ("rules", "bare"))
    p95_ms = percentile(took["rules"], 0.95) * 1000
    print(f"hold + approve, 64 at once: median {rules_ms:.1f} ms, p95 {p95_ms:.0f} ms; bare UPDATE {bare_ms:.1f} ms")
    return [
        Figure("hold + approve ÷ bare conditional UPDATE", rules_ms / bare_ms, "ratio", 2),
        Figure("p95 of hold + approve, 64 at once", p95_ms, "ms", 500),
    ]


def _hold_and_earn(one: Enrolment, clip_code: str) -> None:
    earn_slot(slot_id=hold_slot(enrolment=one, clip_code=clip_code, now=NOW), now=NOW)


def measure_page() -> list[Figure]:
    """Open the statement of a creator with 500 clips and 20,000 lines, and that of one with nothing."""
    busy, empty = Creator.objects.get(handle="busy"), make_creator("empty")
    took: dict[str, float] = {}
    queries = 0
    for creator in (empty, busy):
        client = Client()
        client.force_login(creator.user)
        client.get("/studio/earnings/")
        took[creator.handle] = statistics.median(
            seconds(partial(client.get, "/studio/earnings/")) for _index in range(9)
        )
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/studio/earnings/").status_code == 200
        queries = len(captured)
    print(f"statement page: {took['busy'] * 1000:.0f} ms with 20,000 lines, {took['empty'] * 1000:.0f} ms empty")
    return [
        Figure("statement page of 20,000 lines ÷ an empty one", took["busy"] / took["empty"], "ratio", 3),
        Figure("queries of the statement page", queries, "queries", 6),
    ]


def measure_verifying() -> list[Figure]:
    """Check the books of twice as many lines again: with --full more than a million entries."""
    for copy in ("a", "b"):
        execute(
            """INSERT INTO payouts_posting (key, kind, creator_id, occurred_at, booked_at, currency, gross_minor,
                agency_minor, slot_id, order_line_id, words)
            SELECT key || %(copy)s, kind, creator_id, occurred_at, booked_at, currency, gross_minor, agency_minor,
                slot_id, order_line_id, words FROM kept_posting WHERE kind = 'fee' OR order_line_id %% 2 = 0""",
            copy=copy,
        )
        execute(
            """INSERT INTO payouts_entry (posting_id, account_id, amount_minor)
            SELECT fresh.id, kept_entry.account_id, kept_entry.amount_minor FROM kept_entry
            JOIN kept_posting ON kept_posting.id = kept_entry.posting_id
            JOIN payouts_posting fresh ON fresh.key = kept_posting.key || %(copy)s""",
            copy=copy,
        )
    Campaign.objects.update(held_count=0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found: list[str] = []
    took = seconds(lambda: found.extend(str(one) for one in find_differences(is_reading_statements=False)))
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    entries = Entry.objects.count()
    unexpected = [one for one in found if "counters" not in one]
    print(f"verify_ledger over {entries:,} entries: {took:.1f} s, {grown_mb:.0f} MB more memory")
    assert entries >= ENTRIES_AT_LEAST, entries
    assert not unexpected, unexpected[:3]
    return [
        Figure("verify_ledger, per million entries", took / entries * 1_000_000, "s", 60),
        Figure("verify_ledger, memory grown", grown_mb, "MB", 50),
    ]


def main() -> None:
    settings.DATABASES["default"]["TEST"] = {**connection.settings_dict.get("TEST", {}), "NAME": "bench_money"}
    connection.settings_dict["TEST"]["NAME"] = "bench_money"
    setup_test_environment()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    try:
        fill_shop()
        with override_settings(STORAGES=settings.STORAGES | plain):
            figures = [*measure_tally(), *measure_page(), *measure_contention(), *measure_verifying()]
    finally:
        connections.close_all()
        connection.creation.destroy_test_db(name, verbosity=0)
    for figure in figures:
        verdict = "holds" if figure.holds else "MISSED"
        print(f"{figure.name:<52}{figure.value:>10.2f} {figure.unit:<8} at most {figure.bar:g}: {verdict}")
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    rows = [asdict(figure) | {"holds": figure.holds} for figure in figures]
    (results / "money.json").write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
