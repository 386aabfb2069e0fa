"""Whatever stops the demo, nothing of it is left behind. With real processes, each ended by its id."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
SLEEP = "import time; time.sleep(600)"
STUBBORN = f"import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); {SLEEP}"
WITH_A_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"
GROUP = """
import sys, time
from pathlib import Path
from demo.process_group import ProcessGroup
from demo.stop_signals import StopSignals

signals = StopSignals()
folder, *codes = sys.argv[1:]
commands = {f"role{number}": [sys.executable, "-c", code] for number, code in enumerate(codes)}
lost = Path(folder) / "lost"
group = ProcessGroup(
    commands, Path(folder), signals, find_failure=lambda: lost.read_text() if lost.exists() else "", stop_timeout_s=2
)
try:
    with group:
        print(*(process.pid for process in group.processes.values()), flush=True)
        time.sleep(600)
except KeyboardInterrupt:
    print(group.failure or "stopped", flush=True)
"""


@dataclass
class Running:
    """A group of processes started by a process of its own."""

    process: subprocess.Popen[str]
    folder: Path
    pids: list[int] = field(default_factory=list)

    def finish(self) -> str:
        """Wait for the end and return the last line that was printed."""
        printed, _errors = self.process.communicate(timeout=60)
        return printed.strip().splitlines()[-1] if printed.strip() else ""


type Start = Callable[..., Running]


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def assert_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(is_alive(pid) for pid in pids):
        time.sleep(0.1)
    assert [pid for pid in pids if is_alive(pid)] == []


def children_of(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children() if child.status() != psutil.STATUS_ZOMBIE]


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def family_of(pid: int) -> list[int]:
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a group with one process for each piece of code, and kill what a failing test leaves."""
    groups: list[Running] = []

    def start_group(*codes: str, prefix: tuple[str, ...] = ()) -> Running:
        command = [*prefix, sys.executable, "-c", GROUP, str(tmp_path), *(codes or (SLEEP, SLEEP))]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        running = Running(process, tmp_path)
        groups.append(running)
        assert process.stdout is not None
        running.pids = [int(pid) for pid in process.stdout.readline().split()]
        return running

    yield start_group
    for group in groups:
        for pid in (group.process.pid, *group.pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        group.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_demo_stops_every_process(start: Start, number: signal.Signals) -> None:
    group = start()
    os.kill(group.process.pid, number)
    assert group.finish() == "stopped"
    assert_gone(group.pids)


def test_several_signals_at_once_stop_every_process(start: Start) -> None:
    group = start()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        os.kill(group.process.pid, number)
    assert group.finish() == "stopped"
    assert_gone(group.pids)


@pytest.mark.parametrize("index", [0, 1])
def test_a_signal_to_one_process_stops_all_and_its_log_is_named(start: Start, index: int) -> None:
    group = start()
    os.kill(group.pids[index], signal.SIGTERM)
    log = group.folder / f"role{index}.log"
    assert group.finish() == f"The role{index} process ended (ended by SIGTERM). Its log: {log}"
    assert log.exists()
    assert_gone(group.pids)


def test_a_process_that_is_killed_starts_again_without_its_children_and_not_for_ever(start: Start) -> None:
    group = start(SLEEP, f"print('up', flush=True); {WITH_A_CHILD}")
    log, killed = group.folder / "role1.log", []
    for times in range(1, 5):
        wait_until(lambda times=times: log.read_text() == "up\n" * times)
        [current] = [pid for pid in children_of(group.process.pid) if pid != group.pids[0]]
        wait_until(lambda current=current: len(family_of(current)) == 2)
        killed += family_of(current)
        os.kill(current, signal.SIGKILL)
    assert group.finish() == f"The role1 process ended (ended by SIGKILL). Its log: {log}"
    assert_gone([*group.pids, *killed[:-1]])


def test_a_process_that_fails_stops_all(start: Start) -> None:
    group = start(SLEEP, "import sys; sys.exit('no space left')")
    log = group.folder / "role1.log"
    assert group.finish() == f"The role1 process ended (exit status 1). Its log: {log}"
    assert log.read_text() == "no space left\n"
    assert_gone(group.pids)


def test_a_server_that_is_lost_stops_all(start: Start) -> None:
    group = start()
    (group.folder / "lost").write_text("PostgreSQL no longer answers.")
    assert group.finish() == "PostgreSQL no longer answers."
    assert_gone(group.pids)


def test_children_end_too_and_what_ignores_sigterm_is_killed(start: Start) -> None:
    group = start(WITH_A_CHILD, STUBBORN)
    log = group.folder / "role1.log"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not (log.read_text() and len(family_of(group.pids[0])) > 1):
        time.sleep(0.05)
    everything = family_of(group.process.pid)
    assert len(everything) == 4
    os.kill(group.process.pid, signal.SIGTERM)
    assert group.finish() == "stopped"
    assert_gone(everything)


def test_nohup_keeps_the_demo_when_the_terminal_closes(start: Start) -> None:
    group = start(prefix=("nohup",))
    os.kill(group.process.pid, signal.SIGHUP)
    time.sleep(1)
    assert all(is_alive(pid) for pid in group.pids)
    os.kill(group.process.pid, signal.SIGTERM)
    assert group.finish() == "stopped"
    assert_gone(group.pids)


@pytest.mark.parametrize(("target", "number"), [("make", signal.SIGTERM), ("demo", signal.SIGHUP)])
def test_make_demo_stops_while_it_sets_up_and_leaves_no_server(
    tmp_path: Path, target: str, number: signal.Signals
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = tmp_path / "data"
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    # The set-up of packages is not what this is about: the tests run in them.
    make = subprocess.Popen(
        [shutil.which("make") or "make", "-o", "setup", "demo"],
        cwd=ROOT,
        env=inherited | {"DATA_DIR": str(data), "WEB_PORT": str(port), "SITE_URL": f"http://127.0.0.1:{port}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert make.stdout is not None
        assert make.stdout.readline() == "Setting up the database and the static files …\n"
        everything = [*family_of(make.pid), int((data / "postgres" / "postmaster.pid").read_text().split()[0])]
        assert len(everything) >= 4  # make, the demo, Valkey, PostgreSQL
        [demo] = psutil.Process(make.pid).children()
        os.kill({"make": make.pid, "demo": demo.pid}[target], number)
        make.communicate(timeout=120)
        assert_gone(everything)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(make.pid, signal.SIGKILL)
