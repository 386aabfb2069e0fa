"""The measurements of the money benchmark, one function for each part."""

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Collection
from functools import partial
from multiprocessing.synchronize import Barrier

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings, setup_test_environment
from django.utils import timezone

from benchmarks.figures import Figure, at_most, info
from benchmarks.money_flows import measure_confirming, measure_exports, measure_planning, measure_webhooks
from benchmarks.money_rows import Size, execute, fill_shop, seconds
from creators.models import Campaign, Creator, Enrolment
from creators.slots import earn_slot, hold_slot
from payouts.models import Entry, Posting
from payouts.tally import tally
from payouts.verification import find_discrepancies
from tests.concurrency.crowd import percentile, run_at_once
from tests.factories import NOW, make_campaign, make_creator, make_enrolment

READS_NO_LEDGER = {"contention", "confirming", "planning", "webhooks"}
PEOPLE = 64
ROUNDS = 15
TURNS = 3
PAGES = 21
EARNINGS_PAGES = (
    ("statement page", "/studio/earnings/", 3),
    ("first page of the API", "/api/v1/earnings/", 3),
    ("what earned most", "/studio/earnings/best/", None),
)
"""Pages of earnings (name, URL, bar): how much slower than an empty one each may be. Best earners have no bar."""

type HoldAndEarn = Callable[[Enrolment, str], tuple[float, float]]
"""Holds and earns a slot; returns the seconds that holding and approving took."""


def measure(size: Size, parts: Collection[str]) -> list[Figure]:
    """Measure the named parts. Those that read the ledger fill the shop and tally it first."""
    setup_test_environment()
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    figures: list[Figure] = []
    with override_settings(STORAGES=settings.STORAGES | plain):
        if not set(parts) <= READS_NO_LEDGER:
            fill_shop(size)
            figures += measure_tally(size)
        if "page" in parts:
            figures += measure_page()
        if "contention" in parts:
            figures += measure_contention()
        if "exports" in parts:
            figures += measure_exports()
        if "verifying" in parts:
            figures += measure_verifying(size)
        if "confirming" in parts:
            figures += measure_confirming()
        if "planning" in parts:
            figures += measure_planning()
        if "webhooks" in parts:
            figures += measure_webhooks()
    return figures


def measure_tally(size: Size) -> list[Figure]:
    """Book all slots and order lines, then write the same rows with one bare statement."""
    tallied = seconds(lambda: tally(now=timezone.now()))
    booked = Posting.objects.count()
    assert booked == size.slots + size.lines, booked
    execute("CREATE TABLE kept_posting AS TABLE payouts_posting")
    execute("CREATE TABLE kept_entry AS TABLE payouts_entry")
    execute("TRUNCATE payouts_posting, payouts_entry")
    bare = seconds(
        lambda: execute("""
            WITH postings AS (INSERT INTO payouts_posting SELECT * FROM kept_posting RETURNING id)
            INSERT INTO payouts_entry SELECT * FROM kept_entry
        """)
    )
    execute("VACUUM ANALYZE")  # as autovacuum does in a shop, not while a page is measured
    print(f"tally of {booked:,} rows: {tallied:.1f} s; bare INSERT of the same rows: {bare:.1f} s")
    return [at_most("tally ÷ bare INSERT", tallied / bare, 3)]


def measure_contention() -> list[Figure]:
    """Hold and earn slots of one campaign, 64 creators at once, and compare with bare conditional UPDATEs.

    Each creator runs two transactions: hold (slot, both counters, both caps) and approve. The bare side runs two as
    well: one conditional UPDATE of the campaign's row each. Both commit durably.
    """
    campaign = make_campaign(clips_cap=35_000)
    enrolments = [make_enrolment(make_creator(), campaign) for _index in range(PEOPLE)]
    ready = list(
        Enrolment.objects.select_related("campaign", "terms").filter(pk__in=[enrolment.pk for enrolment in enrolments])
    )
    ways: dict[str, HoldAndEarn] = {"bare": partial(_update_barely, campaign.pk), "rules": _hold_and_earn}
    took: dict[str, list[tuple[float, float]]] = {"rules": [], "bare": []}
    for _turn in range(TURNS):
        for name, work in ways.items():
            execute(
                "DELETE FROM creators_slot WHERE enrolment_id = ANY(%(ids)s)", ids=[enrolment.pk for enrolment in ready]
            )
            Enrolment.objects.filter(campaign=campaign).update(held_count=0, earned_count=0)
            Campaign.objects.filter(pk=campaign.pk).update(taken_count=0)
            barrier = multiprocessing.get_context("fork").Barrier(PEOPLE)
            outcomes = run_at_once([partial(_hold_and_earn_slots, work, enrolment, barrier) for enrolment in ready])
            assert not any(outcome.error for outcome in outcomes), [
                outcome.trace for outcome in outcomes if outcome.error
            ][:1]
            took[name] += [pair for outcome in outcomes for pair in outcome.result]
    both_ms = {name: [sum(pair) * 1000 for pair in pairs] for name, pairs in took.items()}
    approvals_ms = [approving * 1000 for _holding, approving in took["rules"]]
    for name, values in (*both_ms.items(), ("approval alone", approvals_ms)):
        print(f"{name}, 64 at once: median {statistics.median(values):.1f} ms, p95 {percentile(values, 0.95):.0f} ms")
    rules_ms = statistics.median(both_ms["rules"])
    single_ms = statistics.median(duration * 1000 for pair in took["bare"] for duration in pair)
    return [
        at_most("hold + approve ÷ two bare conditional UPDATEs", rules_ms / statistics.median(both_ms["bare"]), 2),
        info("hold + approve ÷ one bare conditional UPDATE", rules_ms / single_ms, unit="ratio"),
        at_most("p95 of hold + approve, 64 at once", percentile(both_ms["rules"], 0.95), 500, unit="ms"),
    ]


def _hold_and_earn_slots(
    hold_and_earn: HoldAndEarn, enrolment: Enrolment, barrier: Barrier
) -> list[tuple[float, float]]:
    """Hold and earn one slot after the other, each time at the same moment as all other creators."""
    durations = []
    for number in range(ROUNDS):
        barrier.wait()
        durations.append(hold_and_earn(enrolment, f"b{enrolment.pk}-{number}"))
    return durations


def _hold_and_earn(enrolment: Enrolment, clip_code: str) -> tuple[float, float]:
    started = time.perf_counter()
    slot_id = hold_slot(enrolment=enrolment, clip_code=clip_code, now=NOW)
    held = time.perf_counter()
    assert earn_slot(slot_id=slot_id, now=NOW)
    return held - started, time.perf_counter() - held


def _update_barely(campaign_id: int, _enrolment: Enrolment, _clip_code: str) -> tuple[float, float]:
    sql = "UPDATE creators_campaign SET taken_count = taken_count + 1 WHERE id = %(id)s AND taken_count < clips_cap"
    first, second = (seconds(partial(execute, sql, id=campaign_id)) for _number in range(2))
    return first, second


def measure_page() -> list[Figure]:
    """Open the earnings of a creator with 500 clips and 20,000 lines, alternating with those of a creator without any."""
    make_creator("empty")
    clients = {}
    for handle in ("empty", "busy"):
        clients[handle] = Client()
        clients[handle].force_login(Creator.objects.get(handle=handle).user)
    figures = []
    for name, address, bar in EARNINGS_PAGES:
        took: dict[str, list[float]] = {"empty": [], "busy": []}
        for turn in range(PAGES + 1):
            for handle, client in clients.items():
                spent = seconds(partial(client.get, address))
                took[handle] += [spent] if turn else []
        busy_ms, empty_ms = (statistics.median(took[handle]) * 1000 for handle in ("busy", "empty"))
        print(f"{name}: {busy_ms:.0f} ms with 20,000 lines, {empty_ms:.0f} ms empty")
        if bar is not None:
            figures.append(at_most(f"{name} of 20,000 lines ÷ an empty one", busy_ms / empty_ms, bar))
    with CaptureQueriesContext(connection) as captured:
        assert clients["busy"].get("/studio/earnings/").status_code == 200
    return [*figures, at_most("queries of the statement page", len(captured), 6, unit="queries")]


def measure_verifying(size: Size) -> list[Figure]:
    """Verify the ledger after copying most postings twice; with --full it then has more than a million entries."""
    for copy in ("a", "b"):
        execute(
            """INSERT INTO payouts_posting (key, kind, creator_id, occurred_at, booked_at, currency, gross_minor,
                agency_minor, slot_id, order_line_id, reason)
            SELECT key || %(copy)s, kind, creator_id, occurred_at, booked_at, currency, gross_minor, agency_minor,
                slot_id, order_line_id, reason FROM kept_posting WHERE kind = 'fee' OR order_line_id %% 2 = 0""",
            copy=copy,
        )
        execute(
            """INSERT INTO payouts_entry (posting_id, account_id, amount_minor)
            SELECT fresh.id, kept_entry.account_id, kept_entry.amount_minor FROM kept_entry
            JOIN kept_posting ON kept_posting.id = kept_entry.posting_id
            JOIN payouts_posting fresh ON fresh.key = kept_posting.key || %(copy)s""",
            copy=copy,
        )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    discrepancies: list[str] = []
    took = seconds(lambda: discrepancies.extend(str(item) for item in find_discrepancies(includes_statements=False)))
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    entries = Entry.objects.count()
    unexpected = [text for text in discrepancies if "counter" not in text]
    print(f"verify_ledger over {entries:,} entries: {took:.1f} s, {grown_mb:.0f} MB more memory")
    assert entries >= size.entries, entries
    assert not unexpected, unexpected[:3]
    return [
        at_most("verify_ledger, per million entries", took / entries * 1_000_000, 60, unit="s"),
        at_most("verify_ledger, memory grown", grown_mb, 50, unit="MB"),
    ]
