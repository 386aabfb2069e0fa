"""The test suite in shards, two at once, each with its own servers and data folder: `python -m tests.shards`.

The production tests follow by themselves, because they start the whole shop. Arguments are passed on to each run of
pytest. Each line of output is printed with the name of its shard, and logged without it in
`.data/test-<shard>/pytest.log`. The last lines give the result of each shard, name the tests that failed, and say which
did not run because a program is not installed. The exit status is 1 unless all passed.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = ROOT / ".data"
AT_ONCE = 2
"""How many shards run at the same time. Most of the time each keeps one core busy."""
TOGETHER = ("tests/browser", "tests/concurrency", "tests/demo", "tests/upgrade")
APART = {"feedsite": "tests/feedsite", "videos": "tests/videos"}
AFTERWARDS = ("tests/production",)
SHARDS = {
    "main": [f"--ignore={folder}" for folder in (*TOGETHER, *APART.values(), *AFTERWARDS)],
    "browser": list(TOGETHER),
    **{name: [folder] for name, folder in APART.items()},
}
"""The arguments of pytest in each shard, the longest first. A new folder belongs to the first, so that none is left out."""
LAST_SHARDS = {"production": list(AFTERWARDS)}
NAME_WIDTH = max(len(name) for name in (*SHARDS, *LAST_SHARDS))
FAILURE_WIDTH = 160
"""How many characters of a failed test's line are repeated at the end."""


@dataclass(frozen=True)
class Result:
    """The result of one shard."""

    name: str
    status: int
    seconds: float
    summary: str
    not_run: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """pytest's line for each test that failed: its name and the first line of the reason."""

    @property
    def line(self) -> str:
        verdict = "passed" if self.status == 0 else f"FAILED (exit status {self.status})"
        lines = [f"{verdict} in {self.seconds:.0f} s: {self.summary}", *self.not_run, *self.failed]
        return "\n".join(f"{self.name:<{NAME_WIDTH}}| {line}" for line in lines)


def run(shards: Mapping[str, Sequence[str]], *, data_dir: Path = DATA_DIR, cwd: Path = ROOT) -> list[Result]:
    """Run each shard in a separate process, AT_ONCE of them at a time. Return the results, in the order of `shards`."""
    processes: list[subprocess.Popen[str]] = []

    def run_one(name: str, arguments: Sequence[str]) -> Result:
        folder = data_dir / f"test-{name}"
        process = _start(arguments, folder, cwd)
        processes.append(process)
        return _watch(name, process, folder / "pytest.log")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        waiting = [threads.submit(run_one, name, arguments) for name, arguments in shards.items()]
        try:
            return [future.result() for future in waiting]
        finally:
            for future in waiting:
                future.cancel()
            for process in processes:
                if process.poll() is None:
                    process.send_signal(
                        signal.SIGINT
                    )  # pytest then stops its servers, which SIGTERM would leave running


def _start(arguments: Sequence[str], folder: Path, cwd: Path) -> subprocess.Popen[str]:
    folder.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "pytest", "-o", f"cache_dir={folder / 'cache'}", *arguments],
        cwd=cwd,
        env=environment | {"DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # Ctrl-C reaches this process alone, which passes it on once
    )


def _watch(name: str, process: subprocess.Popen[str], log: Path) -> Result:
    """Print and log the output of a shard until it ends."""
    assert process.stdout
    started_at, summary = time.monotonic(), "no output"
    not_run, failed = [], []
    with log.open("w") as record, process.stdout as lines:
        for line in lines:
            print(f"{name:<{NAME_WIDTH}}| {line}", end="", flush=True)
            record.write(line)
            summary = line.strip("= \n") or summary
            if line.startswith("SKIPPED") and "NOT RUN" in line:
                not_run.append(line[line.index("NOT RUN") :].strip())
            if re.match(r"(FAILED|ERROR) \S+\.py", line):
                failed.append(line[:FAILURE_WIDTH].strip())
    return Result(name, process.wait(), time.monotonic() - started_at, summary, sorted(set(not_run)), failed)


def total_line(results: Sequence[Result]) -> str:
    """Return how many tests of all shards passed and failed, in the form that CI systems read; errors count as failed."""
    counts = {"passed": 0, "failed": 0, "error": 0, "errors": 0}
    for result in results:
        for number, outcome in re.findall(r"(\d+) (passed|failed|errors?)\b", result.summary):
            counts[outcome] += int(number)
    return f"{counts['passed']} passed, {counts['failed'] + counts['error'] + counts['errors']} failed"


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    signal.signal(signal.SIGTERM, interrupt)
    results = []
    for shards in (SHARDS, LAST_SHARDS):
        results += run({name: [*arguments, *sys.argv[1:]] for name, arguments in shards.items()})
    print("", *(result.line for result in results), total_line(results), sep="\n")
    sys.exit(0 if all(result.status == 0 for result in results) else 1)


if __name__ == "__main__":
    main()
