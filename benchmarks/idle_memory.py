"""Memory of the idle site: starts the processes of docker-compose.yml and prints what each needs.

    python -m benchmarks.idle_memory

PSS counts a page that n processes share as 1/n for each, so the sum is what the machine needs; RSS counts it each time.
Valkey and PostgreSQL are the embedded ones. nginx is not measured: it needs about 10 MiB.
"""

import os
import socket
import sys
import time
from collections.abc import Iterable

from benchmarks.figures import Figure, at_most, info, report
from benchmarks.soak_site import Site, fresh_site

ROLES = ("web", "worker", "transcoder", "beat")
IDLE_SECONDS = 20
MAX_TOTAL_MIB = 1500
START_SECONDS = 300


def memory_mib(pids: Iterable[int]) -> tuple[float, float]:
    """Return PSS and RSS in MiB of processes with all that they have started."""
    import psutil

    pss = rss = 0
    for pid in pids:
        process = psutil.Process(pid)
        for member in (process, *process.children(recursive=True)):
            memory = member.memory_full_info()
            pss, rss = pss + memory.pss, rss + memory.rss
    return pss / 2**20, rss / 2**20


def wait_until_ready() -> None:
    """Wait until every process works. Exits with a sentence if one does not."""
    from feedsite.monitoring.process_check import CHECKED, find_fault

    deadline = time.monotonic() + START_SECONDS
    while faults := [fault for process in CHECKED if (fault := find_fault(process))]:
        if time.monotonic() > deadline:
            sys.exit("\n".join(faults))
        time.sleep(0.5)


def server_pids() -> dict[str, list[int]]:
    """Return the embedded servers' main processes by name."""
    import psutil

    servers: dict[str, list[int]] = {"postgres": [], "valkey": []}
    for process in psutil.process_iter(["name", "cmdline"]):
        command = " ".join(process.info["cmdline"] or [])
        if process.info["name"] == "postgres" and os.environ["DATA_DIR"] in command:
            servers["postgres"].append(process.pid)
        # Valkey's command line no longer tells its folder.
        if process.info["name"] == "valkey-server" and process.cwd().startswith(os.environ["DATA_DIR"]):
            servers["valkey"].append(process.pid)
    return servers


def measure(site: Site) -> list[Figure]:
    """Start all roles, wait, and return a figure for each and for all together."""
    for role in ROLES:
        site.start(role)
    wait_until_ready()
    time.sleep(IDLE_SECONDS)
    pids = {role: [process.pid] for (role, _number), process in site.processes.items()} | server_pids()
    figures, total = [], 0.0
    for name, members in pids.items():
        pss, rss = memory_mib(members)
        figures += [info(f"{name}, PSS", pss, unit="MiB"), info(f"{name}, RSS", rss, unit="MiB")]
        total += pss
    return [*figures, at_most("all together, PSS", total, MAX_TOTAL_MIB, unit="MiB")]


def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        os.environ["WEB_PORT"] = str(probe.getsockname()[1])
    with fresh_site() as site:
        sys.exit(0 if report(measure(site), "idle_memory") else 1)


if __name__ == "__main__":
    main()
