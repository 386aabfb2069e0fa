"""Drive the running site with made-up viewers of known tastes, and print how fast the feed finds them."""

import http.cookiejar
import json
import random
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Category
from feed.shelf import Shelf, read_shelf
from videos.models import Clip

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
TASTES = 2
LIKES = 0.7
SLIPS = 0.05


class Command(BaseCommand):
    help = (
        f"Each viewer likes {TASTES} categories: it likes {LIKES:.0%} of the clips from them and {SLIPS:.0%} of the rest, "
        "over several pages. Prints, page by page, how much of it was to their taste. Events stay in the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", default="http://127.0.0.1:8000")
        parser.add_argument("--viewers", type=int, default=20)
        parser.add_argument("--pages", type=int, default=6)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: Any, **options: Any) -> None:
        shelf, _goals = read_shelf()
        if not len(shelf):
            raise CommandError("No clip is published.")
        chance = random.Random(options["seed"])  # noqa: S311  # no secret
        kinds = sorted({one for some in shelf.categories for one in some})
        codes = dict(Clip.objects.published().values_list("code", "pk"))
        hits, shown = [0] * options["pages"], [0] * options["pages"]
        expected = 0.0
        for _viewer in range(options["viewers"]):
            tastes = frozenset(chance.sample(kinds, min(TASTES, len(kinds))))
            expected += sum(bool(tastes & set(some)) for some in shelf.categories) / len(shelf) / options["viewers"]
            for page, found in enumerate(watch(options["site"], options["pages"], tastes, codes, shelf, chance)):
                hits[page] += sum(found)
                shown[page] += len(found)
        names = Category.objects.count()
        self.stdout.write(f"{options['viewers']} viewers, {len(shelf)} clips, {names} categories")
        self.stdout.write(f"by chance   {expected:6.1%} of the clips are to a viewer's taste")
        for page, (hit, all_) in enumerate(zip(hits, shown, strict=True), start=1):
            if all_:
                self.stdout.write(f"page {page:<6} {hit / all_:6.1%} of {all_}")


def watch(
    site: str, pages: int, tastes: frozenset[int], codes: dict[str, int], shelf: Shelf, chance: random.Random
) -> list[list[bool]]:
    """Watch some pages as one new viewer; return for each clip shown whether it was to the viewer's taste."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    found: list[list[bool]] = []
    cursor = ""
    for _page in range(pages):
        with opener.open(_request(f"{site}/api/v1/feed/?cursor={cursor}"), timeout=30) as answer:
            page = json.load(answer)
        fits, told = [], []
        for clip in page["clips"]:
            rows = shelf.rows_of([codes.get(clip["code"], 0)])
            fits.append(bool(len(rows)) and bool(tastes & set(shelf.categories[rows[0]])))
            told.append({"token": clip["token"], "kind": "impression"})
            if chance.random() < (LIKES if fits[-1] else SLIPS):
                told.append({"token": clip["token"], "kind": "like"})
        found.append(fits)
        body = json.dumps({"events": told}).encode()
        opener.open(_request(f"{site}/api/v1/events/", body), timeout=30).close()
        cursor = page["cursor"]
        if not cursor:
            break
    return found


def _request(url: str, body: bytes | None = None) -> urllib.request.Request:
    return urllib.request.Request(url, body, {"User-Agent": BROWSER, "Content-Type": "application/json"})  # noqa: S310
