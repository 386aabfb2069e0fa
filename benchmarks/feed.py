"""Measure the personal feed on a large shop: `python -m benchmarks.feed [--clips 35000 --viewers 50000 --events 5000000]`.

A server of its own in a throwaway folder; pages through the API on the site's own web server with a pool of database
connections, as docker-compose.yml has it, in turns with a bare Django view that answers JSON of the same size on the
same server with the same middleware. Ratios are of one run. It takes ten minutes; `--keep FOLDER` keeps the shop for
the next run, and leaves out its filling then.

With `--larger 350000` a second shop of that size is measured, too, and what a page costs there is set against the first:
the exponent of the cost in the number of clips, and by it what a shop ten times larger still would pay.
"""

import argparse
import json
import math
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.feed_driving import CLIENTS, ask_all, drive, page_bytes, serving
from benchmarks.figures import RESULTS, Figure, at_least, at_most, info, report

SECONDS = 6.0
ROUNDS = 3
GROWTH = 1.3
WARM, AFTER = "cost of a page in memory", "page after an event"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--clips", type=int, default=35_000)
    asked.add_argument("--viewers", type=int, default=50_000)
    asked.add_argument("--events", type=int, default=5_000_000)
    asked.add_argument("--larger", type=int, help="measure a second shop of so many clips, and how the cost grows")
    asked.add_argument("--keep", type=Path, help="a folder in which the shop is filled, or is from the last time")
    asked.add_argument("--into", type=Path, default=RESULTS, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.larger:
        report(compare(options), "feed")
        return
    folder = options.keep or Path(tempfile.mkdtemp(prefix="bench-feed-"))
    os.environ |= {"DATA_DIR": str(folder), "DEMO": "true", "DJANGO_SETTINGS_MODULE": "feedsite.settings"}
    os.environ["DATABASE_POOL_SIZE"] = str(CLIENTS * 2)
    os.environ.pop("DATABASE_URL", None)
    from feedsite.embedded import start_missing_servers

    start_missing_servers(folder)
    try:
        figures = measure(options.clips, options.viewers, options.events)
    finally:
        from django.db import connection

        connection.close()
        import atexit

        atexit._run_exitfuncs()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    report(figures, "feed", folder=options.into)


def compare(options: argparse.Namespace) -> list[Figure]:
    """Measure both shops, each in a process of its own, and how the cost of a page grows with the clips."""
    found = []
    for clips in (options.clips, options.larger):
        print(f"--- {clips:,} clips", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            kept = ["--keep", str(options.keep / str(clips))] if options.keep else []
            command = [
                sys.executable,
                "-m",
                "benchmarks.feed",
                "--clips",
                str(clips),
                "--viewers",
                str(options.viewers),
            ]
            subprocess.run([*command, *kept, "--events", str(options.events), "--into", folder], check=True)
            found.append([Figure(**one) for one in json.loads((Path(folder) / "feed.json").read_text())])
    return [*found[0], *_growth(found[0], found[1], options.larger / options.clips)]


def _growth(small: list[Figure], large: list[Figure], times: float) -> Iterator[Figure]:
    of_small, of_large = ({one.name: one.value for one in figures} for figures in (small, large))
    for name in (WARM, AFTER):
        ratio = of_large[name] / of_small[name]
        exponent = math.log(ratio) / math.log(times)
        further = of_large[name] * times ** max(exponent, 0.0)
        yield at_most(f"{name}, {times:g} times the clips", ratio, GROWTH, unit="times")
        yield info(f"{name}, exponent", exponent, unit="")
        yield info(f"{name}, {times * times:g} times by it", further, unit="ms")


def measure(clips: int, viewers: int, events: int) -> list[Figure]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from benchmarks.feed_shop import Size, fill_shop
    from feed.events.partitions import make_partitions
    from feed.models import Event
    from feed.training import count_clips, rebuild

    call_command("migrate", verbosity=0)
    make_partitions(now=timezone.now())
    if not Event.objects.exists():
        _told("filling the shop", lambda: fill_shop(Size(clips, viewers, events)))
    counted_s = _told("counting", lambda: count_clips(now=timezone.now()))
    rebuilt_s = _told("rebuilding neighbours", lambda: rebuild(now=timezone.now()))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    call_command("collectstatic", interactive=False, verbosity=0)
    return [
        at_most("rebuild of neighbours", rebuilt_s, 600, unit="s"),
        at_most("counting clips", counted_s, 120, unit="s"),
        at_most("memory of the rebuild", peak_mb, 2048, unit="MB"),
        *_queries(),
        _after_events(viewers),
        *_pages(viewers),
        *_events(),
    ]


def _queries() -> list[Figure]:
    """Count the statements of a warm page, in this process, where all of them go through Django."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"Host": "127.0.0.1"})
    client.cookies["viewer"] = _cookie(7)
    most = 0
    for index in range(12):
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/api/v1/feed/").status_code == 200
        most = max(most, len(captured)) if index else most
    return [at_most("queries of a warm page", most, 3, unit="queries")]


def _after_events(viewers: int) -> Figure:
    """Time pages that follow an event of their viewer, in this process: read the viewer, rank anew, lay out."""
    from django.utils import timezone

    from feed.events.identity import Identity
    from feed.events.recording import Report, record
    from feed.models import EventKind
    from feed.page.page import build_page

    times = []
    for index in range(200):
        identity = Identity(uuid.UUID(int=1 + index * 7 % viewers))
        page = json.loads(build_page(identity=identity, now=timezone.now()).as_json())
        record([Report(page["clips"][0]["token"], EventKind.LIKE)], now=timezone.now())
        started = time.perf_counter()
        build_page(identity=identity, now=timezone.now())
        times.append((time.perf_counter() - started) * 1000)
    return info(AFTER, statistics.median(times), unit="ms")


def _pages(viewers: int) -> list[Figure]:
    with serving("feedsite.wsgi:application") as feed_port:
        cookies = [_cookie(random.randint(1, viewers)) for _index in range(2000)]  # noqa: S311  # no secret
        size = page_bytes(feed_port, cookies[0])
        os.environ["BARE_BYTES"] = str(size)
        with serving("benchmarks.feed_bare:application") as bare_port:
            ask_all(feed_port, cookies)
            drive(feed_port, cookies, SECONDS)
            drive(bare_port, cookies, SECONDS)
            feeds, bares = [], []
            for _round in range(ROUNDS):
                bares.append(drive(bare_port, cookies, SECONDS))
                feeds.append(drive(feed_port, cookies, SECONDS))
    per_second = statistics.median(one.per_second for one in feeds) / statistics.median(one.per_second for one in bares)
    tail = statistics.median(one.p99_ms for one in feeds) / statistics.median(one.p99_ms for one in bares)
    return [
        info("bytes of a page", size, unit="B"),
        info("pages a second", statistics.median(one.per_second for one in feeds), unit="1/s"),
        info("bare answers a second", statistics.median(one.per_second for one in bares), unit="1/s"),
        info(WARM, 1000 / statistics.median(one.per_second for one in feeds), unit="ms"),
        info("page, median", statistics.median(one.median_ms for one in feeds), unit="ms"),
        at_least("throughput against the bare view", per_second, 0.5),
        at_most("p99 against the bare view", tail, 3),
    ]


def _events() -> list[Figure]:
    """Record batches of 50 on one core, each committed."""
    from datetime import timedelta

    from django.utils import timezone

    from feed.events.recording import Report, record
    from feed.models import EventKind
    from videos.playback.impressions import Serving, issue_token

    now = timezone.now()
    batches = []
    for _batch in range(200):
        viewer = uuid.uuid4()
        servings = [Serving(viewer, 1 + index, now - timedelta(seconds=60), index, "popular") for index in range(25)]
        kinds = (EventKind.IMPRESSION, EventKind.WATCH)
        batches.append([Report(issue_token(one), kind, 9000) for one in servings for kind in kinds])
    started = time.perf_counter()
    taken = sum(record(batch, now=now) for batch in batches)
    pace = taken / (time.perf_counter() - started)
    return [at_least("events stored a second", pace, 2000, unit="1/s")]


def _cookie(number: int) -> str:
    from feed.events.identity import Identity

    return Identity(uuid.UUID(int=number)).sealed()


def _told(what: str, act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    spent = time.perf_counter() - started
    print(f"{what}: {spent:.1f} s", flush=True)
    return spent


if __name__ == "__main__":
    main()
