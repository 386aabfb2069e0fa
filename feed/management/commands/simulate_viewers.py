"""Drive the running site with made-up viewers of known tastes, and print how fast the feed finds them."""

import http.cookiejar
import json
import random
import urllib.parse
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from catalog.models import Category
from feed.models import Dial
from feed.page.snapshot import Shelf, read_shelf
from feed.preferences import LEAST_INTERESTS
from videos.models import Clip

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
FORM = "application/x-www-form-urlencoded"
LIKES = 0.7
SLIPS = 0.05


class Command(BaseCommand):
    help = (
        f"Each viewer has a few categories to its taste: it likes {LIKES:.0%} of the clips from them and {SLIPS:.0%} of the "
        "rest, over several pages. Prints, page by page, how much of it was to their taste: for viewers who skip the "
        f"welcome, and for viewers who choose their tastes there, and others up to {LEAST_INTERESTS}. Events stay in the "
        "database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", default="http://127.0.0.1:8000")
        parser.add_argument("--viewers", type=int, default=20, help="of either kind")
        parser.add_argument("--pages", type=int, default=6)
        parser.add_argument("--tastes", type=int, default=2, help="how many categories are to a viewer's taste")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: Any, **options: Any) -> None:
        shelf, _goals = read_shelf()
        if not len(shelf):
            raise CommandError("No clip is published.")
        chance = random.Random(options["seed"])  # noqa: S311  # no secret
        kinds = sorted({one for some in shelf.categories for one in some})
        codes = dict(Clip.objects.published().values_list("code", "pk"))
        viewers, pages = options["viewers"], options["pages"]
        found: dict[bool, list[list[bool]]] = {is_told: [[] for _page in range(pages)] for is_told in (False, True)}
        expected = 0.0
        for _viewer in range(viewers):
            tastes = frozenset(chance.sample(kinds, min(options["tastes"], len(kinds))))
            expected += sum(bool(tastes & set(some)) for some in shelf.categories) / len(shelf) / viewers
            others = chance.sample(kinds, min(LEAST_INTERESTS, len(kinds)))
            chosen = [*tastes, *(one for one in others if one not in tastes)][: max(LEAST_INTERESTS, len(tastes))]
            for is_told, all_found in found.items():
                visitor = Visitor(options["site"], tastes, codes, shelf, chance)
                if is_told:
                    visitor.choose(chosen)
                for fits, page in zip(visitor.watch(pages), all_found, strict=False):
                    page.extend(fits)
        self.stdout.write(f"{viewers} viewers, {len(shelf)} clips, {Category.objects.count()} categories")
        self.stdout.write(f"by chance   {expected:6.1%} of the clips are to a viewer's taste")
        self.stdout.write("            skipped the welcome   chose there")
        for number, (skipped, told) in enumerate(zip(found[False], found[True], strict=True), start=1):
            self.stdout.write(f"page {number:<6} {share(skipped):<21} {share(told)}")


def share(fits: list[bool]) -> str:
    return f"{sum(fits) / len(fits):6.1%} of {len(fits)}" if fits else "no clips"


class Visitor:
    """One new viewer with a cookie jar of its own."""

    def __init__(
        self, site: str, tastes: frozenset[int], codes: dict[str, int], shelf: Shelf, chance: random.Random
    ) -> None:
        self.site, self.tastes, self.codes, self.shelf, self.chance = site, tastes, codes, shelf, chance
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def choose(self, interests: list[int]) -> None:
        """Fill in the welcome page's form."""
        address = f"{self.site}{reverse('welcome')}"
        self.opener.open(_request(address), timeout=30).close()
        token = next(cookie.value or "" for cookie in self.jar if cookie.name == settings.CSRF_COOKIE_NAME)
        fields = [
            ("csrfmiddlewaretoken", token),
            ("dial", str(Dial.ALL.value)),
            *(("interests", str(one)) for one in interests),
        ]
        body = urllib.parse.urlencode(fields).encode()
        with self.opener.open(_request(address, body, FORM), timeout=30) as answer:
            if answer.url == address:
                raise CommandError(f"The site does not take the interests {interests}.")

    def watch(self, pages: int) -> Iterator[list[bool]]:
        """Watch some pages; yield for each clip shown whether it was to the viewer's taste."""
        cursor = ""
        for _page in range(pages):
            with self.opener.open(_request(f"{self.site}/api/v1/feed/?cursor={cursor}"), timeout=30) as answer:
                page = json.load(answer)
            fits, told = [], []
            for clip in page["clips"]:
                rows = self.shelf.rows_of([self.codes.get(clip["code"], 0)])
                fits.append(bool(len(rows)) and bool(self.tastes & set(self.shelf.categories[rows[0]])))
                told.append({"token": clip["token"], "kind": "impression"})
                if self.chance.random() < (LIKES if fits[-1] else SLIPS):
                    told.append({"token": clip["token"], "kind": "like"})
            yield fits
            body = json.dumps({"events": told}).encode()
            self.opener.open(_request(f"{self.site}/api/v1/events/", body), timeout=30).close()
            cursor = page["cursor"]
            if not cursor:
                break


def _request(url: str, body: bytes | None = None, kind: str = "application/json") -> urllib.request.Request:
    headers = {"User-Agent": BROWSER, "Content-Type": kind, "Referer": url}
    return urllib.request.Request(url, body, headers)  # noqa: S310
