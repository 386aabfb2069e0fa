"""Benchmark of the money paths: `python -m benchmarks.money`, or `make bench-money`; with --full at full size.

It runs on temporary servers that commit durably, as the shop's do. Each figure is a ratio of two measurements of the
same run, or a bound: the tally against one bare INSERT of the rows that it writes, holding and approving against bare conditional
UPDATEs, the statement page of a busy creator against an empty one. For confirming, planning, exports and webhooks it
counts queries, and compares the cost of a row at two sizes. `--only page` measures one part. Exits with 1 if a bar is
not held.
"""

import argparse
import sys

from benchmarks.figures import report
from benchmarks.throwaway import throwaway_site

PARTS = ("tally", "page", "contention", "exports", "verifying", "confirming", "planning", "webhooks")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="35,000 slots and 200,000 order lines instead of a fifth")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this part")
    options = parser.parse_args()
    with throwaway_site():
        from benchmarks.money_paths import measure
        from benchmarks.money_rows import A_FIFTH, FULL

        figures = measure(FULL if options.full else A_FIFTH, options.only or PARTS)
    sys.exit(not report(figures, "money"))


if __name__ == "__main__":
    main()
