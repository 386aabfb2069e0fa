"""How long a moderator waits from a decision until the next clip plays: `make bench-desk`.

Runs the browser test that decides on 20 clips with the keyboard, against a whole site on this machine, and reads its
measurements: once with each clip watched for a second, the least that a moderator needs, and once with each clip decided
as soon as it plays, which is the worst case for preloading.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "desk.json"
BAR_MS = 300
TEST = "tests/browser/test_desk.py::test_twenty_clips_in_a_row_are_decided_with_the_keyboard_alone"
WATCHED_MS = {"watched for a second": 1000, "decided at once": 0}


def main() -> None:
    """Measure, print a table and write the results."""
    rows = [row for pace, watched_ms in WATCHED_MS.items() for row in rows_of(pace, measure(watched_ms))]
    for row in rows:
        print(f"{row['name']:<80} {row['value']:>8} {row['bar']:>4}  {'' if row['holds'] else 'missed'}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=2))


def measure(watched_ms: int) -> list[float]:
    """Return the milliseconds from each decision until the next clip plays."""
    with tempfile.TemporaryDirectory() as folder:
        times_file = Path(folder) / "times.json"
        options = {"DESK_TIMES": str(times_file), "DESK_LOOK_MS": str(watched_ms)}
        subprocess.run([sys.executable, "-m", "pytest", "-q", TEST], env=os.environ | options, check=True)
        times_ms: list[float] = json.loads(times_file.read_text())
    return times_ms


def rows_of(pace: str, times_ms: Sequence[float]) -> list[dict[str, Any]]:
    median, slow = statistics.median(times_ms), statistics.quantiles(times_ms, n=20)[-1]
    return [
        {
            "name": f"decision to next clip playing ÷ {BAR_MS} ms, {pace}, {name}",
            "value": round(value / BAR_MS, 2),
            "unit": "ratio",
            "bar": 1,
            "holds": value < BAR_MS,
        }
        for name, value in (("median", median), ("95th percentile", slow))
    ]


if __name__ == "__main__":
    main()
