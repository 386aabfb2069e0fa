"""Swipe 500 times and measure what it costs: `make bench-swipe`.

Runs the browser tests of swiping against a whole site on this machine, on a phone of 390 x 844 px, with clips in three
sizes of 0.7, 1.4 and 2.4 Mbit/s. A swipe takes from the key or touch that begins it to the first new picture of the
clip that it leads to (`requestVideoFrameCallback`). A finger pushes the clip past the middle of the screen, so that
its own way, which is printed, is part of the time. Pictures are drawn by the processor where there is no graphics card.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, at_least, at_most, info, report

SWIPES = 500
FAST_MS, SLOW_MS = 100, 400
FLAT = 1.1


def main() -> None:
    """Measure, print a table and write the results. Figures of a test that failed are missing, and it says why."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-q", "--timeout=900", "tests/browser/test_swipes.py"]
        environment = os.environ | {"SWIPES": str(SWIPES), "SWIPE_FIGURES": folder}
        subprocess.run(command, env=environment, check=False)
        found = {path.stem: json.loads(path.read_text()) for path in Path(folder).iterdir()}
    print(f"{os.cpu_count()} processors ({platform.machine()}), headless Chromium, drawn by the processor")
    for name, one in found.items():
        print(f"{name}: {one['swipes']} swipes, the hand's own way {one['hand_ms']:.0f} ms, files {one['files']}")
    report(figures_of(found["swipes"], found["keys"], found["slow"]), "swipe")


def figures_of(touch: dict[str, Any], keys: dict[str, Any], slow: dict[str, Any]) -> list[Figure]:
    before, after = touch["before"], touch["after"]
    heap = after["JSHeapUsedSize"] / before["JSHeapUsedSize"]
    nodes = (after["Nodes"] - touch["swipes"]) / (before["Nodes"] - touch["early"])
    return [
        at_most("key to first picture, median", keys["median_ms"], FAST_MS, unit="ms"),
        at_most("key to first picture, 95th percentile", keys["p95_ms"], FAST_MS, unit="ms"),
        at_most("finger up to first picture, median", touch["lifted_median_ms"], FAST_MS, unit="ms"),
        at_most("finger up to first picture, 95th percentile", touch["lifted_p95_ms"], FAST_MS, unit="ms"),
        info("finger down to first picture, median", touch["median_ms"], unit="ms"),
        info("of it the finger's own way, median", touch["hand_ms"], unit="ms"),
        at_most("3 Mbit/s, 150 ms: key to first picture, median", slow["median_ms"], SLOW_MS, unit="ms"),
        at_most("3 Mbit/s, 150 ms: 95th percentile", slow["p95_ms"], SLOW_MS, unit="ms"),
        at_least("next clip's first picture there as a swipe begins", touch["ready_share"], 0.95, unit="share"),
        at_most(f"live videos over {touch['swipes']} swipes", touch["most_videos"], 3, unit="videos"),
        at_most(f"heap after {touch['swipes']} swipes ÷ after {touch['early']}", heap, FLAT),
        at_most("nodes of the page likewise, but for a <li> a clip", nodes, FLAT),
        at_most("cumulative layout shift", touch["shift"], 0, unit="score"),
        at_least(
            "frames a second while one swipes, median", statistics.median(touch["frames_per_second"]), 59, unit="fps"
        ),
        at_least("frames a second, slowest twentieth", low(touch["frames_per_second"]), 50, unit="fps"),
    ]


def low(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[0]


if __name__ == "__main__":
    main()
