"""Measure how fast the feed finds a new viewer's tastes in a large shop, in memory: `python -m benchmarks.tastes`.

35,000 clips in 40 categories, two of them to a viewer's taste, and a log that was drawn regardless of tastes, so that
it teaches that they hardly matter. Pages are ranked by the site's own code; no database, no server.
"""

import argparse
import os
import secrets
import tempfile

from benchmarks.figures import Figure, at_least, info, report

PAGES = 6
MIN_LIFT = 5.0
"""Share of the last page to a viewer's taste, over the share by chance."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=35_000)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--viewers", type=int, default=100, help="new viewers of each kind")
    options = parser.parse_args()
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
    """Return the share of each page to a viewer's taste, for viewers who skip the welcome page and for those who choose."""
    from tests.feed.tastes import CATEGORIES, TASTES, make_ranker, measure_tastes

    ranker = make_ranker(clips, events=events, viewers=max(1, events // 60))
    by_chance = TASTES / CATEGORIES
    figures = []
    for name, chooses in (("skipped the welcome", False), ("chose interests", True)):
        shares = measure_tastes(ranker, viewers=viewers, pages=PAGES, chooses=chooses)
        figures += [info(f"{name}, page {page}", 100 * share, unit="%") for page, share in enumerate(shares, start=1)]
        figures.append(at_least(f"{name}, page {PAGES} ÷ chance", float(shares[-1]) / by_chance, MIN_LIFT))
    return figures


if __name__ == "__main__":
    main()
