"""How long a swipe takes, and what 500 of them cost: `make bench-swipe`.

Runs the browser tests of swiping against a complete site on this machine, on a phone of 390 x 844 px, with clips in three
sizes of 0.7, 1.4 and 2.4 Mbit/s. A swipe lasts from its key press or touch to the first frame of the next clip
(`requestVideoFrameCallback`). The movement of the finger, which pushes the clip past the middle of the screen, is part
of that time and printed separately. Without a graphics card, frames are drawn by the CPU.
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
    """Measure, print a table and write the results. If a test failed, its figures are missing and its output says why."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-q", "--timeout=900", "tests/browser/test_swipes.py"]
        environment = os.environ | {"SWIPES": str(SWIPES), "SWIPE_FIGURES": folder}
        subprocess.run(command, env=environment, check=False)
        results = {path.stem: json.loads(path.read_text()) for path in Path(folder).iterdir()}
    print(f"{os.cpu_count()} processors ({platform.machine()}), headless Chromium, rendering by the CPU")
    for name, result in results.items():
        print(f"{name}: {result['swipes']} swipes, finger moving {result['hand_ms']:.0f} ms, files {result['files']}")
    report(figures_of(results["swipes"], results["keys"], results["slow"]), "swipe")


def figures_of(touch: dict[str, Any], keys: dict[str, Any], slow: dict[str, Any]) -> list[Figure]:
    before, after = touch["before"], touch["after"]
    heap = after["JSHeapUsedSize"] / before["JSHeapUsedSize"]
    nodes = (after["Nodes"] - touch["swipes"]) / (before["Nodes"] - touch["early"])
    return [
        at_most("key to first frame, median", keys["median_ms"], FAST_MS, unit="ms"),
        at_most("key to first frame, 95th percentile", keys["p95_ms"], FAST_MS, unit="ms"),
        at_most("finger up to first frame, median", touch["lifted_median_ms"], FAST_MS, unit="ms"),
        at_most("finger up to first frame, 95th percentile", touch["lifted_p95_ms"], FAST_MS, unit="ms"),
        info("finger down to first frame, median", touch["median_ms"], unit="ms"),
        info("of this, the finger moving, median", touch["hand_ms"], unit="ms"),
        at_most("3 Mbit/s, 150 ms: key to first frame, median", slow["median_ms"], SLOW_MS, unit="ms"),
        at_most("3 Mbit/s, 150 ms: 95th percentile", slow["p95_ms"], SLOW_MS, unit="ms"),
        at_least("next clip's first frame decoded as a swipe begins", touch["ready_share"], 0.95, unit="share"),
        at_most(f"live videos over {touch['swipes']} swipes", touch["most_videos"], 3, unit="videos"),
        at_most(f"heap after {touch['swipes']} swipes ÷ after {touch['early']}", heap, FLAT),
        at_most("DOM nodes likewise, without one <li> per clip", nodes, FLAT),
        at_most("cumulative layout shift", touch["shift"], 0, unit="score"),
        at_least(
            "frames a second while swiping, median", statistics.median(touch["frames_per_second"]), 59, unit="fps"
        ),
        at_least("frames a second, 5th percentile", fifth_percentile(touch["frames_per_second"]), 50, unit="fps"),
    ]


def fifth_percentile(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[0]


if __name__ == "__main__":
    main()
