"""Sandbox for commands that open untrusted files. Each command is confined as tightly as the system allows."""

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

from accounts import confine

TAIL_BYTES = 8192
STDOUT_BYTES = 4 << 20
TICK_S = 1.0
MEMORY_CHECK_S = 0.1
KILL_S = 5.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
# Request huge pages for allocations, if the kernel allows it. Encodes then take 3 to 7 % less CPU time.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
# glibc reads the last path to find out whether huge pages can be requested.
SYSTEM_PATHS = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/sys/kernel/mm/transparent_hugepage")


class Level(IntEnum):
    """Levels of confinement, from loosest to tightest. Production needs LANDLOCK or tighter."""

    LIMITS = 0  # rlimits, process group, deadline: for development on macOS
    LANDLOCK = 1  # also access to named paths only, no sockets, no new privileges
    BUBBLEWRAP = 2  # also its own namespaces: mounts, processes, network, users


@dataclass(frozen=True)
class Limits:
    """Resource limits of a command. Wall-clock and CPU time are in seconds, the others in bytes or counts.

    `memory_bytes` limits what all its processes occupy, not what they reserve, which grows with the number of cores.
    """

    wall_s: float
    cpu_s: int
    memory_bytes: int
    file_bytes: int
    open_files: int = 128


@dataclass(frozen=True)
class View:
    """The paths that a command can access. It can read `programs` and `inputs`, and write to the folder `output`."""

    programs: tuple[Path, ...]
    inputs: tuple[Path, ...]
    output: Path | None = None


@dataclass(frozen=True)
class Finished:
    """The result of a command. A negative return code is a signal number. `log_tail` is the end of stderr."""

    returncode: int
    stdout: str
    log_tail: str
    deadline_passed: bool
    memory_exceeded: bool = False


_highest = ContextVar("_highest", default=Level.BUBBLEWRAP)


def level() -> Level:
    """Return the level of confinement in use: the tightest available one, unless `at_most` sets a looser one."""
    return min(_best(), _highest.get())


@contextlib.contextmanager
def at_most(highest: Level) -> Iterator[None]:
    """Confine commands no more tightly than `highest` inside the `with` block.

    Benchmarks need this to measure CPU time. If a command has its own namespace, its CPU time is not charged to its
    parent process.
    """
    before = _highest.set(highest)
    try:
        yield
    finally:
        _highest.reset(before)


@functools.cache
def _best() -> Level:
    """Return the tightest level that works on this system. The result is cached."""
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
    """Run a command in the sandbox until it ends or its deadline passes, and return its result.

    Processes that the command leaves behind are killed. `on_line` receives each line of stdout as it arrives. `on_tick`
    is called about once a second, so that the caller can renew a lease. If either raises an exception, the command is
    killed and the exception propagates. `at` overrides the level of confinement.
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
        return _follow(process, limits, on_line=on_line, on_tick=on_tick)
    finally:
        _kill_group(process)


def confined_command(command: Sequence[str], *, view: View, limits: Limits, chosen: Level) -> list[str]:
    """Return a command line that confines its own process to the level `chosen` and then executes `command`.

    The process must lead a process group, because with bubblewrap it kills this group when its parent ends.
    """
    rlimits = {
        "RLIMIT_CPU": limits.cpu_s,
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
        ("watched", "yes" if chosen is Level.BUBBLEWRAP else "no"),
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
    limits: Limits,
    *,
    on_line: Callable[[str], None] | None,
    on_tick: Callable[[], None] | None,
) -> Finished:
    assert process.stdout
    assert process.stderr
    collected, pending, tail, next_tick, is_too_large = bytearray(), b"", b"", 0.0, False
    deadline = time.monotonic() + limits.wall_s
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        while selector.get_map():
            remaining_s = deadline - time.monotonic()
            is_too_large = occupied_bytes(process.pid) > limits.memory_bytes
            if remaining_s <= 0 or is_too_large:
                break
            if on_tick and time.monotonic() >= next_tick:
                next_tick = time.monotonic() + TICK_S
                on_tick()
            for key, _ in selector.select(min(remaining_s, MEMORY_CHECK_S)):
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
    if is_too_large:
        _kill_group(process)
    try:
        returncode = process.wait(max(0.1 if is_too_large else 0.0, deadline - time.monotonic()))
        passed = False
    except subprocess.TimeoutExpired:
        _kill_group(process)
        returncode, passed = process.wait(), True
    return Finished(returncode, collected.decode(errors="replace"), tail.decode(errors="replace"), passed, is_too_large)


def occupied_bytes(pid: int) -> int:
    """Return the resident memory of a process and its descendants, without pages of files, or 0 if it has ended.

    Return 0 on systems without /proc.
    """
    with contextlib.suppress(OSError, IndexError):  # the process ended, perhaps between two reads
        _size, resident, shared, *_ = (int(value) for value in Path(f"/proc/{pid}/statm").read_text().split())
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return (resident - shared) * PAGE_BYTES + sum(occupied_bytes(int(child)) for child in children)
    return 0


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill all remaining processes of the command's process group, and wait until they have ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    pipes = [pipe for pipe in (process.stdout, process.stderr) if pipe and not pipe.closed]
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        # A pipe reaches its end when the last process that could write to it has ended, killed ones a moment later.
        deadline = time.monotonic() + KILL_S
        while selector.get_map() and (remaining_s := deadline - time.monotonic()) > 0:
            for key, _ in selector.select(remaining_s):
                if not os.read(key.fd, 65536):
                    selector.unregister(key.fileobj)
    for pipe in pipes:
        pipe.close()
