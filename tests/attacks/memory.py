"""How much memory this process needs for a piece of work."""

import re
from collections.abc import Callable
from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_growth_bytes(work: Callable[[], object]) -> int:
    """Return how much resident memory `work` needed at most, beyond what the process had before. Linux only."""
    CLEAR.write_text("5")  # the peak is now what is resident; source: proc(5)
    before = _read("VmRSS")
    work()
    return max(0, _read("VmHWM") - before)


def _read(name: str) -> int:
    match = re.search(rf"{name}:\s+(\d+) kB", STATUS.read_text())
    assert match
    return int(match[1]) * 1024
