"""How long a moderator waits from a decision to the next clip that plays: `make bench-desk`.

Runs the browser test that decides on 20 clips with the keyboard, against a whole site on this machine, and reads what it
measured. The test decides as soon as a clip plays, so that nothing has more time to load than in the worst case.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "desk.json"
BAR_MS = 300
TEST = "tests/browser/test_desk.py::test_twenty_clips_in_a_row_are_decided_with_the_keyboard_alone"


def main() -> None:
    """Measure, print a table and write the results."""
    with tempfile.TemporaryDirectory() as folder:
        times_file = Path(folder) / "times.json"
        command = [sys.executable, "-m", "pytest", "-q", TEST]
        subprocess.run(command, env=os.environ | {"DESK_TIMES": str(times_file)}, check=True)
        times_ms: list[float] = json.loads(times_file.read_text())
    middle, slow = statistics.median(times_ms), statistics.quantiles(times_ms, n=20)[-1]
    shares = {"median": middle / BAR_MS, "95th percentile": slow / BAR_MS}
    rows = [
        {
            "name": f"decision to next clip playing ÷ {BAR_MS} ms, {name}",
            "value": round(share, 2),
            "unit": "ratio",
            "bar": 1,
            "holds": share < 1,
        }
        for name, share in shares.items()
    ]
    for row in rows:
        print(f"{row['name']:<60} {row['value']:>8} {row['bar']:>4}  {'' if row['holds'] else 'missed'}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
