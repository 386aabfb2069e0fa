"""Measure the personal feed on a large shop: `python -m benchmarks.feed [--clips 35000 --viewers 50000 --events 5000000]`.

Starts servers of its own in a temporary folder. Pages go through the API on the site's own web server with a pool of
database connections, as in docker-compose.yml, alternating with a bare Django view that returns JSON of the same size
on the same server with the same middleware. Ratios are within one run. It takes ten minutes; `--keep FOLDER` keeps the
shop, so that the next run need not fill it.

With `--larger 350000` a second shop of that size is measured as well: how the cost of a page grows with the number of
clips (its exponent), and what a shop ten times larger still would cost by it.
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

from benchmarks.feed_driving import CLIENTS, drive, page_bytes, request_all, serving
from benchmarks.figures import RESULTS, Figure, at_least, at_most, info, report

SECONDS = 6.0
ROUNDS = 3
GROWTH = 1.3
WARM, AFTER = "cost of a page in memory", "page after an event"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=35_000)
    parser.add_argument("--viewers", type=int, default=50_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--larger", type=int, help="also measure a shop with this many clips, and how the cost grows")
    parser.add_argument("--keep", type=Path, help="a folder for the shop, used again by the next run")
    parser.add_argument("--into", type=Path, default=RESULTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
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
    shops = []
    for clips in (options.clips, options.larger):
        print(f"--- {clips:,} clips", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            keep = ["--keep", str(options.keep / str(clips))] if options.keep else []
            command = [
                sys.executable,
                "-m",
                "benchmarks.feed",
                "--clips",
                str(clips),
                "--viewers",
                str(options.viewers),
            ]
            subprocess.run([*command, *keep, "--events", str(options.events), "--into", folder], check=True)
            shops.append([Figure(**figure) for figure in json.loads((Path(folder) / "feed.json").read_text())])
    return [*shops[0], *_growth(shops[0], shops[1], options.larger / options.clips)]


def _growth(small: list[Figure], large: list[Figure], times: float) -> Iterator[Figure]:
    of_small, of_large = ({figure.name: figure.value for figure in figures} for figures in (small, large))
    for name in (WARM, AFTER):
        ratio = of_large[name] / of_small[name]
        exponent = math.log(ratio) / math.log(times)
        extrapolated = of_large[name] * times ** max(exponent, 0.0)
        yield at_most(f"{name}, {times:g} times the clips", ratio, GROWTH, unit="times")
        yield info(f"{name}, exponent", exponent, unit="")
        yield info(f"{name}, {times * times:g} times, extrapolated", extrapolated, unit="ms")


def measure(clips: int, viewers: int, events: int) -> list[Figure]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from benchmarks.feed_shop import ShopSize, fill_shop
    from feed.events.partitions import create_partitions
    from feed.models import Event
    from feed.training import count_clips, train_model

    call_command("migrate", verbosity=0)
    create_partitions(now=timezone.now())
    if not Event.objects.exists():
        _timed("filling the shop", lambda: fill_shop(ShopSize(clips, viewers, events)))
    counted_s = _timed("counting", lambda: count_clips(now=timezone.now()))
    trained_s = _timed("training the model", lambda: train_model(now=timezone.now()))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    call_command("collectstatic", interactive=False, verbosity=0)
    return [
        at_most("training of the model", trained_s, 600, unit="s"),
        at_most("counting clips", counted_s, 120, unit="s"),
        at_most("memory of the training", peak_mb, 2048, unit="MB"),
        *_queries(),
        _after_events(viewers),
        *_pages(viewers),
        *_events(),
    ]


def _queries() -> list[Figure]:
    """Count the queries of a warm page, in this process."""
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
    """Time pages after an event of their viewer, in this process: read the viewer's state, rank, lay out, explain."""
    from django.utils import timezone

    from feed.events.identity import Identity
    from feed.events.recording import EventReport, record_events
    from feed.models import EventKind
    from feed.page.page import build_page

    times = []
    for index in range(200):
        identity = Identity(uuid.UUID(int=1 + index * 7 % viewers))
        page = json.loads(build_page(identity=identity, now=timezone.now()).as_json())
        record_events([EventReport(page["clips"][0]["token"], EventKind.LIKE)], now=timezone.now())
        started = time.perf_counter()
        build_page(identity=identity, now=timezone.now())
        times.append((time.perf_counter() - started) * 1000)
    return info(AFTER, statistics.median(times), unit="ms")


def _pages(viewers: int) -> list[Figure]:
    with serving("feedsite.asgi:application") as feed_port:
        cookies = [_cookie(random.randint(1, viewers)) for _index in range(2000)]  # noqa: S311  # no secret
        size = page_bytes(feed_port, cookies[0])
        os.environ["BARE_BYTES"] = str(size)
        with serving("benchmarks.feed_bare:application") as bare_port:
            request_all(feed_port, cookies)
            drive(feed_port, cookies, SECONDS)
            drive(bare_port, cookies, SECONDS)
            feeds, bares = [], []
            for _round in range(ROUNDS):
                bares.append(drive(bare_port, cookies, SECONDS))
                feeds.append(drive(feed_port, cookies, SECONDS))
    per_second = statistics.median(pace.per_second for pace in feeds) / statistics.median(
        pace.per_second for pace in bares
    )
    tail = statistics.median(pace.p99_ms for pace in feeds) / statistics.median(pace.p99_ms for pace in bares)
    return [
        info("bytes of a page", size, unit="B"),
        info("pages a second", statistics.median(pace.per_second for pace in feeds), unit="1/s"),
        info("bare responses a second", statistics.median(pace.per_second for pace in bares), unit="1/s"),
        info(WARM, 1000 / statistics.median(pace.per_second for pace in feeds), unit="ms"),
        info("page, median", statistics.median(pace.median_ms for pace in feeds), unit="ms"),
        at_least("throughput against the bare view", per_second, 0.5),
        at_most("p99 against the bare view", tail, 3),
    ]


def _events() -> list[Figure]:
    """Record batches of 50 on one core, each committed."""
    from datetime import timedelta

    from django.utils import timezone

    from feed.events.recording import EventReport, record_events
    from feed.models import EventKind
    from videos.playback.impressions import Serving, issue_token

    now = timezone.now()
    batches = []
    for _batch in range(200):
        viewer = uuid.uuid4()
        servings = [Serving(viewer, 1 + index, now - timedelta(seconds=60), index, "popular") for index in range(25)]
        kinds = (EventKind.IMPRESSION, EventKind.WATCH)
        batches.append([EventReport(issue_token(serving), kind, 9000) for serving in servings for kind in kinds])
    started = time.perf_counter()
    stored = sum(record_events(batch, now=now) for batch in batches)
    pace = stored / (time.perf_counter() - started)
    return [at_least("events stored a second", pace, 2000, unit="1/s")]


def _cookie(number: int) -> str:
    from feed.events.identity import Identity

    return Identity(uuid.UUID(int=number)).as_cookie()


def _timed(what: str, act: Callable[[], object]) -> float:
    """Call `act`, print how long it took, and return the seconds."""
    started = time.perf_counter()
    act()
    seconds = time.perf_counter() - started
    print(f"{what}: {seconds:.1f} s", flush=True)
    return seconds


if __name__ == "__main__":
    main()
