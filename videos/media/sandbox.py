"""Run one command that reads a file nobody trusts, and let it do as little harm as the system allows."""

import contextlib
import functools
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from videos.media import confine

TAIL_BYTES = 8192
STDOUT_BYTES = 4 << 20
TICK_S = 1.0
# Large pages for what is allocated, where the kernel gives them on request: an encode takes 3 to 7 % less processor time.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
# The last is where glibc looks whether there are large pages to ask for.
SYSTEM_PATHS = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/sys/kernel/mm/transparent_hugepage")


class Level(IntEnum):
    """How well a command can be confined here. Production needs LANDLOCK or better."""

    LIMITS = 0  # rlimits, process group, deadline: for development on macOS
    LANDLOCK = 1  # and a view of named paths only, no sockets, no new privileges
    BUBBLEWRAP = 2  # and namespaces of its own: mounts, processes, network, users


@dataclass(frozen=True)
class Limits:
    """What a command may use. Wall and CPU in seconds, the rest in bytes or counts."""

    wall_s: float
    cpu_s: int
    memory_bytes: int
    file_bytes: int
    open_files: int = 128


@dataclass(frozen=True)
class View:
    """What a command may see: programs and inputs to read, one folder to write into."""

    programs: tuple[Path, ...]
    inputs: tuple[Path, ...]
    output: Path | None = None


@dataclass(frozen=True)
class Finished:
    """How a command ended. A negative return code is a signal; `log_tail` is the end of its stderr."""

    returncode: int
    stdout: str
    log_tail: str
    deadline_passed: bool


_highest = ContextVar("_highest", default=Level.BUBBLEWRAP)


def level() -> Level:
    """Return how commands are confined here: as well as works, unless `at_most` says less."""
    return min(_best(), _highest.get())


@contextlib.contextmanager
def at_most(highest: Level) -> Iterator[None]:
    """Confine no better than this within the block.

    For measuring: what a command in a namespace of its own uses is not counted for the process that started it.
    """
    before = _highest.set(highest)
    try:
        yield
    finally:
        _highest.reset(before)


@functools.cache
def _best() -> Level:
    """Find the best confinement that works here by trying, once a process."""
    bubblewrap = shutil.which("bwrap")
    if bubblewrap:
        trial = [bubblewrap, *_bubblewrap_arguments(View(programs=(), inputs=())), "--", "/bin/true"]
        if subprocess.run(trial, capture_output=True, check=False, timeout=10).returncode == 0:
            return Level.BUBBLEWRAP
    return Level.LANDLOCK if confine.landlock_abi() >= 1 else Level.LIMITS


def run(
    command: Sequence[str],
    *,
    view: View,
    limits: Limits,
    on_line: Callable[[str], None] | None = None,
    on_tick: Callable[[], None] | None = None,
    at: Level | None = None,
) -> Finished:
    """Run the command to its end or to its deadline and return how it ended; nothing of it stays alive.

    `on_line` gets each line of stdout as it comes, and `on_tick` is called about once a second, so that a caller can say
    that it is alive; what they raise kills the command and is raised again.
    `at` asks for a weaker level than the best.
    """
    chosen = level() if at is None else at
    process = subprocess.Popen(
        confined_command(command, view=view, limits=limits, chosen=chosen),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        cwd=view.output or "/",
        start_new_session=True,
    )
    try:
        return _follow(process, deadline=time.monotonic() + limits.wall_s, on_line=on_line, on_tick=on_tick)
    finally:
        _kill_group(process)


def confined_command(command: Sequence[str], *, view: View, limits: Limits, chosen: Level) -> list[str]:
    rlimits = {
        "RLIMIT_CPU": limits.cpu_s,
        "RLIMIT_AS": limits.memory_bytes,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_CORE": 0,
    }
    pairs = [
        ("parent", os.getpid()),
        *(("limit", f"{name}={value}") for name, value in rlimits.items()),
        *(("read", path) for path in (*SYSTEM_PATHS, "/dev/urandom", *view.programs, *view.inputs)),
        *(("write", path) for path in ("/dev/null", *([view.output] if view.output else []))),
        ("landlock", "yes" if chosen is Level.LANDLOCK else "no"),
    ]
    options = [str(part) for pair in pairs for part in pair]
    inner = list(command)
    if chosen is Level.BUBBLEWRAP:
        bubblewrap = shutil.which("bwrap") or "bwrap"
        inner = [bubblewrap, *_bubblewrap_arguments(view), "--", *inner]
    return [sys.executable, "-I", "-S", confine.__file__, *options, "--", *inner]


def _bubblewrap_arguments(view: View) -> list[str]:
    arguments = ["--unshare-all", "--die-with-parent", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"]
    for path in SYSTEM_PATHS:
        arguments += ["--ro-bind-try", path, path]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for readable in (*view.programs, *view.inputs):
        arguments += ["--ro-bind", str(readable), str(readable)]
    if view.output:
        arguments += ["--bind", str(view.output), str(view.output), "--chdir", str(view.output)]
    return [*arguments, "--remount-ro", "/"]


def _follow(
    process: subprocess.Popen[bytes],
    *,
    deadline: float,
    on_line: Callable[[str], None] | None,
    on_tick: Callable[[], None] | None,
) -> Finished:
    assert process.stdout
    assert process.stderr
    collected, pending, tail, next_tick = bytearray(), b"", b"", 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                break
            if on_tick and time.monotonic() >= next_tick:
                next_tick = time.monotonic() + TICK_S
                on_tick()
            for key, _ in selector.select(min(left, TICK_S)):
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    tail = (tail + chunk)[-TAIL_BYTES:]
                else:
                    collected += chunk[: STDOUT_BYTES - len(collected)]
                    *lines, pending = (pending + chunk).split(b"\n")
                    if on_line:
                        for line in lines:
                            on_line(line.decode(errors="replace"))
    try:
        returncode = process.wait(max(0.0, deadline - time.monotonic()))
        passed = False
    except subprocess.TimeoutExpired:
        _kill_group(process)
        returncode, passed = process.wait(), True
    return Finished(returncode, collected.decode(errors="replace"), tail.decode(errors="replace"), passed)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of the command's process group, and reap its head."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
