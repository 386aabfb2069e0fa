"""Command that sends simulated viewers to the running site and prints how quickly the feed learns their tastes."""

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
from feed.page.snapshot import CatalogueSnapshot, read_snapshot
from feed.preferences import MIN_INTERESTS
from videos.models import Clip

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
FORM = "application/x-www-form-urlencoded"
LIKE_PROBABILITY = 0.7
SLIP_PROBABILITY = 0.05


class Command(BaseCommand):
    help = (
        "Over several pages, each viewer likes "
        f"{LIKE_PROBABILITY:.0%} of the clips from a few favourite categories and {SLIP_PROBABILITY:.0%} of the others. "
        "Prints the share of clips on each page that were to the viewers' taste. Half of the viewers skip the welcome "
        f"page. The others choose their favourites there, and add categories until they have {MIN_INTERESTS}. "
        "The events stay in the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", default="http://127.0.0.1:8000")
        parser.add_argument("--viewers", type=int, default=20, help="viewers of each kind")
        parser.add_argument("--pages", type=int, default=6)
        parser.add_argument("--tastes", type=int, default=2, help="favourite categories of a viewer")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: Any, **options: Any) -> None:
        snapshot, _goals = read_snapshot()
        if not len(snapshot):
            raise CommandError("No clip is published.")
        generator = random.Random(options["seed"])  # noqa: S311  # no secret
        category_ids = sorted({category for categories in snapshot.categories for category in categories})
        codes = dict(Clip.objects.published().values_list("code", "pk"))
        viewers, pages = options["viewers"], options["pages"]
        matches: dict[bool, list[list[bool]]] = {chooses: [[] for _page in range(pages)] for chooses in (False, True)}
        expected = 0.0
        for _viewer in range(viewers):
            tastes = frozenset(generator.sample(category_ids, min(options["tastes"], len(category_ids))))
            expected += sum(bool(tastes & set(own)) for own in snapshot.categories) / len(snapshot) / viewers
            others = generator.sample(category_ids, min(MIN_INTERESTS, len(category_ids)))
            interests = [*tastes, *(other for other in others if other not in tastes)]
            for chooses, matches_by_page in matches.items():
                viewer = SimulatedViewer(options["site"], tastes, codes, snapshot, generator)
                if chooses:
                    viewer.choose(interests[: max(MIN_INTERESTS, len(tastes))])
                for of_viewer, of_page in zip(viewer.watch(pages), matches_by_page, strict=False):
                    of_page.extend(of_viewer)
        self.stdout.write(f"{viewers} viewers, {len(snapshot)} clips, {Category.objects.count()} categories")
        self.stdout.write(f"by chance   {expected:6.1%} of the clips are to a viewer's taste")
        self.stdout.write("            skipped the welcome   chose interests")
        for number, (skipped, chose) in enumerate(zip(matches[False], matches[True], strict=True), start=1):
            self.stdout.write(f"page {number:<6} {format_share(skipped):<21} {format_share(chose)}")


def format_share(matches: list[bool]) -> str:
    """Return the share and the number of matches, as text for the table."""
    return f"{sum(matches) / len(matches):6.1%} of {len(matches)}" if matches else "no clips"


class SimulatedViewer:
    """A new viewer with a cookie jar, as a browser would have."""

    def __init__(
        self,
        site: str,
        tastes: frozenset[int],
        codes: dict[str, int],
        snapshot: CatalogueSnapshot,
        generator: random.Random,
    ) -> None:
        self.site, self.tastes, self.codes, self.snapshot, self.generator = site, tastes, codes, snapshot, generator
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def choose(self, interests: list[int]) -> None:
        """Submit the form on the welcome page. Raises CommandError if the site rejects it."""
        url = f"{self.site}{reverse('welcome')}"
        self.opener.open(_request(url), timeout=30).close()
        token = next(cookie.value or "" for cookie in self.jar if cookie.name == settings.CSRF_COOKIE_NAME)
        fields = [
            ("csrfmiddlewaretoken", token),
            ("dial", str(Dial.ALL.value)),
            *(("interests", str(category)) for category in interests),
        ]
        body = urllib.parse.urlencode(fields).encode()
        with self.opener.open(_request(url, body, FORM), timeout=30) as response:
            if response.url == url:
                raise CommandError(f"The site rejected the interests {interests}.")

    def watch(self, pages: int) -> Iterator[list[bool]]:
        """Watch `pages` feed pages. Yield a list for each page that says which clips were to the viewer's taste."""
        cursor = ""
        for _page in range(pages):
            with self.opener.open(_request(f"{self.site}/api/v1/feed/?cursor={cursor}"), timeout=30) as response:
                page = json.load(response)
            matches, events = [], []
            for clip in page["clips"]:
                rows = self.snapshot.rows_of([self.codes.get(clip["code"], 0)])
                matches.append(bool(len(rows)) and bool(self.tastes & set(self.snapshot.categories[rows[0]])))
                events.append({"token": clip["token"], "kind": "impression"})
                if self.generator.random() < (LIKE_PROBABILITY if matches[-1] else SLIP_PROBABILITY):
                    events.append({"token": clip["token"], "kind": "like"})
            yield matches
            body = json.dumps({"events": events}).encode()
            self.opener.open(_request(f"{self.site}/api/v1/events/", body), timeout=30).close()
            cursor = page["cursor"]
            if not cursor:
                break


def _request(url: str, body: bytes | None = None, content_type: str = "application/json") -> urllib.request.Request:
    headers = {"User-Agent": BROWSER, "Content-Type": content_type, "Referer": url}
    return urllib.request.Request(url, body, headers)  # noqa: S310
