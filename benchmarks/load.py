"""Measure the site under slow clients: `python -m benchmarks.load [--viewers 300 --seconds 60 --slow 300 --uploads 20]`.

Viewers look at the feed on keep-alive connections, with pauses of 4 s: first undisturbed, then while other clients hold
connections without finishing a request, creators upload at 100 kB/s, and people ask for emails that a silent mail server
does not take. The site runs by the commands of docker-compose.yml: alone, and behind nginx with docs/deploy/nginx.conf.
Everything is on this machine. Takes five minutes. Writes benchmarks/results/load.json.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.figures import Figure, at_most, info, report
from benchmarks.load_clients import (
    HALF_BODIED,
    HALF_HEADED,
    IDLE,
    MAX_PACE_BYTES,
    Connection,
    Outcome,
    addresses,
    dawdle,
    run_with_connections,
    upload_slowly,
    watch,
)
from benchmarks.load_site import LoadSite, SlowUpload, filled_shop, load_site

PAUSE_SECONDS = 4.0
P99_RATIO = 3
MEMORY_RATIO = 1.1
HEALTH_SECONDS = 1
CSRF = "a" * 32


@dataclass(frozen=True)
class Load:
    """How many clients of each kind, and for how long."""

    viewers: int
    slow: int
    uploads: int
    seconds: float


@dataclass
class Phase:
    """What the viewers got, how long health checks took, and the answers to uploads and to people who want emails.

    `memory_bytes` is what the web processes use in the middle and at the end.
    """

    viewers: Outcome = field(default_factory=Outcome)
    health: Outcome = field(default_factory=Outcome)
    emails: Outcome = field(default_factory=Outcome)
    uploads: list[int] = field(default_factory=list)
    memory_bytes: list[int] = field(default_factory=list)


async def run_phase(site: LoadSite, load: Load, uploads: list[SlowUpload]) -> Phase:
    """Let viewers watch for a while and, if there are uploads, disturb them."""
    until = time.monotonic() + load.seconds
    phase = Phase()
    background: list[asyncio.Task[object]] = []
    sending: list[asyncio.Task[int]] = []
    if uploads:
        for number, address in enumerate(addresses(load.slow, net=9)):
            kind = (IDLE, HALF_HEADED, HALF_BODIED)[number % 3]
            background.append(asyncio.create_task(dawdle(site.target, kind, address)))
        size = int(load.seconds * MAX_PACE_BYTES * 0.8)
        for upload, address in zip(uploads, addresses(len(uploads), net=10), strict=True):
            sending.append(asyncio.create_task(upload_slowly(site.target, upload.path, upload.headers, size, address)))
        background.append(asyncio.create_task(ask_for_emails(site, phase.emails, until=until)))
    watching = [
        asyncio.create_task(
            watch(site.target, cookie, address, phase.viewers, pause_seconds=PAUSE_SECONDS, until=until)
        )
        for cookie, address in zip(site.cookies(load.viewers), addresses(load.viewers, net=8), strict=True)
    ]
    await check_health(site, phase.health, until=until - load.seconds / 2)
    phase.memory_bytes.append(site.memory_bytes())
    await check_health(site, phase.health, until=until)
    phase.memory_bytes.append(site.memory_bytes())
    await asyncio.gather(*watching)
    phase.uploads = await asyncio.gather(*sending)
    for task in background:
        task.cancel()
    await asyncio.gather(*background, return_exceptions=True)
    return phase


async def check_health(site: LoadSite, outcome: Outcome, *, until: float) -> None:
    """Ask for the health of the site again and again, on a new connection each time."""
    while time.monotonic() < until:
        for path in ("/healthz/", "/readyz/web/"):
            await _ask(Connection(site.target), outcome, "GET", path, 200)
            await asyncio.sleep(0.5)


async def ask_for_emails(site: LoadSite, outcome: Outcome, *, until: float) -> None:
    """Reset passwords, each from another address, so that no limit is reached."""
    headers = {"Cookie": f"csrftoken={CSRF}", "Content-Type": "application/x-www-form-urlencoded"}
    for number, address in enumerate(addresses(int(until - time.monotonic()), net=11)):
        body = f"email=creator{1 + number % 20}%40example.com&csrfmiddlewaretoken={CSRF}".encode()
        await _ask(Connection(site.target, address), outcome, "POST", "/accounts/password/reset/", 302, headers, body)
        await asyncio.sleep(0.8)


async def _ask(
    connection: Connection,
    outcome: Outcome,
    method: str,
    path: str,
    expected: int,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> None:
    started_at = time.monotonic()
    try:
        status, _content = await connection.request(method, path, headers or {}, body)
        if status != expected:
            outcome.errors[f"{path}: {status}"] += 1
    except (OSError, EOFError) as error:
        outcome.errors[f"{path}: {type(error).__name__}"] += 1
    finally:
        connection.close()
    outcome.seconds.append(time.monotonic() - started_at)


def measure(site: LoadSite, load: Load) -> Iterator[Figure]:
    """Run both phases, each after a short one that warms up, and compare them."""
    warm_up = Load(load.viewers, 0, 0, min(15.0, load.seconds))
    run_with_connections(lambda: run_phase(site, warm_up, []))
    quiet = run_with_connections(lambda: run_phase(site, load, []))
    loud = run_with_connections(lambda: run_phase(site, load, site.make_uploads(load.uploads)))
    for phase in (quiet, loud):
        print({**phase.viewers.errors, **phase.health.errors, **phase.emails.errors}, phase.uploads)
    name = site.name
    errors = sum((quiet.viewers.errors + loud.viewers.errors + loud.emails.errors).values())
    unfinished = sum(status != 204 for status in loud.uploads)
    yield at_most(f"{name}: errors of viewers and of people who want emails", errors, 0, unit="errors")
    yield info(f"{name}: answers to viewers while disturbed", len(loud.viewers.seconds), unit="answers")
    yield at_most(
        f"{name}: p99 while disturbed, against undisturbed",
        loud.viewers.percentile(0.99) / quiet.viewers.percentile(0.99),
        P99_RATIO,
    )
    yield info(f"{name}: p99 undisturbed", quiet.viewers.percentile(0.99) * 1000, unit="ms")
    yield at_most(f"{name}: slow uploads that did not arrive", unfinished, 0, unit="uploads")
    yield at_most(f"{name}: health checks that failed", sum(loud.health.errors.values()), 0, unit="checks")
    yield at_most(f"{name}: slowest health check", max(loud.health.seconds), HEALTH_SECONDS, unit="s")
    yield at_most(
        f"{name}: slowest answer to a wish for an email, against viewers'",
        max(loud.emails.seconds) / max(loud.viewers.seconds),
        P99_RATIO,
    )
    yield at_most(
        f"{name}: memory at the end, against the middle", loud.memory_bytes[-1] / loud.memory_bytes[0], MEMORY_RATIO
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=300)
    parser.add_argument("--slow", type=int, default=300)
    parser.add_argument("--uploads", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only", choices=["alone", "behind nginx"])
    options = parser.parse_args()
    load = Load(options.viewers, options.slow, options.uploads, options.seconds)
    figures: list[Figure] = []
    with filled_shop(load.viewers):
        for is_behind_nginx in (False, True):
            if options.only in (None, "behind nginx" if is_behind_nginx else "alone"):
                with load_site(is_behind_nginx=is_behind_nginx) as site:
                    figures += measure(site, load)
    report(figures, "load")


if __name__ == "__main__":
    main()
