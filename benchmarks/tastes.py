"""Measure how fast the feed finds a new viewer's tastes on a large shop, in memory: `python -m benchmarks.tastes`.

35,000 clips in 40 categories, two of them to a viewer's taste, and a log that was drawn without regard to tastes, so
that it teaches that they hardly matter. Pages are lined up by the site's own code; no database, no server.
"""

import argparse
import os
import secrets
import tempfile

from benchmarks.figures import Figure, at_least, info, report

PAGES = 6
LEAST = 5.0
"""Times as much to a viewer's taste as by chance, on the last page."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--clips", type=int, default=35_000)
    asked.add_argument("--events", type=int, default=300_000)
    asked.add_argument("--viewers", type=int, default=100, help="new ones, of either kind")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "feedsite.settings",
            "SECRET_KEY": secrets.token_hex(32),
        }
        import django

        django.setup()
        report(measure(options.clips, options.events, options.viewers), "tastes")


def measure(clips: int, events: int, viewers: int) -> list[Figure]:
    """Return the share of each page that is to a viewer's taste, for those who skip the welcome and those who choose."""
    from tests.feed.tastes import CATEGORIES, TASTES, find_tastes, make_engine

    engine = make_engine(clips, events=events, viewers=max(1, events // 60))
    by_chance = TASTES / CATEGORIES
    figures = []
    for name, tells in (("skipped the welcome", False), ("chose there", True)):
        shares = find_tastes(engine, viewers=viewers, pages=PAGES, tells=tells)
        figures += [info(f"{name}, page {page}", 100 * share, unit="%") for page, share in enumerate(shares, start=1)]
        figures.append(at_least(f"{name}, page {PAGES} ÷ chance", float(shares[-1]) / by_chance, LEAST))
    return figures


if __name__ == "__main__":
    main()
