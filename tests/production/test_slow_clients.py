"""Clients that send slowly or nothing: health checks are answered within a second and viewers are served beside them."""

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from benchmarks.load_clients import (
    HALF_BODIED,
    HALF_HEADED,
    IDLE,
    Connection,
    Outcome,
    Target,
    addresses,
    dawdle,
    run_with_connections,
)
from tests.feedsite.live_process import ROOT, free_port
from tests.production.deployment import Deployment, ask_health, wait_until

EACH = 300
VIEWERS = 300
SECONDS = 12
FROM_THE_PROXIES = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7, 127.0.0.1"}

pytestmark = pytest.mark.timeout(600)


async def view(target: Target, source: str, outcome: Outcome, *, until: float) -> None:
    """Read pages on one keep-alive connection, with pauses of 4 s."""
    connection = Connection(target, source)
    while time.monotonic() < until:
        try:
            status, _content = await connection.request("GET", "/api/v1/categories/", FROM_THE_PROXIES)
            if status != 200:
                outcome.errors[str(status)] += 1
        except (OSError, EOFError) as error:
            outcome.errors[repr(error)] += 1
        outcome.seconds.append(0)
        await asyncio.sleep(4)
    connection.close()


async def disturb(target: Target, *, each: int, viewers: int, seconds: float) -> tuple[Outcome, Outcome]:
    """Hold connections of all kinds, and return what viewers and health checks got meanwhile."""
    slow = []
    for address in addresses(each, net=9):
        slow += [asyncio.create_task(dawdle(target, kind, address)) for kind in (IDLE, HALF_HEADED, HALF_BODIED)]
        await asyncio.sleep(0.01)
    await asyncio.sleep(2)
    until, seen, health = time.monotonic() + seconds, Outcome(), Outcome()
    watching = [asyncio.create_task(view(target, address, seen, until=until)) for address in addresses(viewers, net=8)]
    await asyncio.sleep(1.5)  # so many connections at once keep a proxy with TLS busy for a moment
    while time.monotonic() < until:
        for path in ("/healthz/", "/readyz/web/"):
            connection, started_at = Connection(target), time.monotonic()
            status, _content = await connection.request("GET", path, FROM_THE_PROXIES)
            health.seconds.append(time.monotonic() - started_at)
            if status != 200:
                health.errors[str(status)] += 1
            connection.close()
            await asyncio.sleep(0.3)
    await asyncio.gather(*watching)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    return seen, health


@pytest.mark.parametrize("is_behind_nginx", [True, False])
def test_health_checks_and_viewers_are_served_beside_slow_clients(
    deployment: Deployment, is_behind_nginx: bool
) -> None:
    shop = deployment.shop
    target = Target(shop.port, shop.host) if is_behind_nginx else Target(deployment.web_ports["web"])
    seen, health = run_with_connections(lambda: disturb(target, each=EACH, viewers=VIEWERS, seconds=SECONDS))
    assert (seen.errors, health.errors) == (Counter(), Counter())
    assert len(seen.seconds) >= VIEWERS * 2
    assert max(health.seconds) < 1


def test_with_the_guard_off_forty_half_sent_bodies_stop_the_site(tmp_path: Path) -> None:
    """Django's own application under granian, which gives a request a thread before its body has come."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "8"]
    environment = os.environ | {
        "DATA_DIR": str(tmp_path),
        "DEMO": "true",
        "DJANGO_SETTINGS_MODULE": "feedsite.settings",
    }
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            [*command, "feedsite.wsgi:application"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        wait_until(lambda: is_healthy(port))
        with pytest.raises(TimeoutError):
            run_with_connections(lambda: check_beside_half_bodies(Target(port)))
    finally:
        process.terminate()
        process.wait(20)


async def check_beside_half_bodies(target: Target) -> None:
    slow = [asyncio.create_task(dawdle(target, HALF_BODIED)) for _number in range(40)]
    await asyncio.sleep(1)
    async with asyncio.timeout(3):
        await Connection(target).request("GET", "/healthz/", {})
    for task in slow:
        task.cancel()


def is_healthy(port: int) -> bool:
    try:
        return ask_health(port)
    except OSError:
        return False


def test_web_worker_that_is_killed_is_started_again(deployment: Deployment) -> None:
    server = deployment.processes["web"]
    killed = psutil.Process(server.pid).children()
    assert killed
    for worker in killed:
        worker.kill()
    psutil.wait_procs(killed, timeout=20)
    deployment.wait_until_healthy("web")
    assert server.poll() is None
    assert {worker.pid for worker in psutil.Process(server.pid).children()} - {worker.pid for worker in killed}
