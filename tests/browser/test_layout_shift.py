"""What is on the screen does not move while the feed's page loads, however slowly its parts arrive."""

import re
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE
from tests.browser.films import film_clip
from tests.browser.test_feed import open_feed

SHIFTS = """() => new Promise(done => { let sum = 0; const moved = []
    new PerformanceObserver(list => { for (const { value, sources } of list.getEntries()) {
        sum += value
        for (const { node, previousRect: from, currentRect: to } of sources)
            moved.push([node?.className ?? node?.nodeName, from.toJSON(), to.toJSON()])
    } }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => done([sum, moved]), 1500) })"""


@pytest.fixture
def clips(transactional_db: None) -> list[Any]:
    return [film_clip(number) for number in range(6)]


@pytest.fixture
def slow_address(site: str) -> Iterator[str]:
    """Serve the site through a proxy that pauses before each list item, paragraph and button of a page."""

    class InParts(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name: value for name, value in self.headers.items() if name.lower() in ("cookie", "user-agent")}
            request = urllib.request.Request(site + self.path, headers=headers)  # noqa: S310  # our own address
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                body = answer.read()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                        self.send_header(name, value)
            self.end_headers()
            parts = (
                re.split(rb"(?=<li|<p |<button|</article)", body)
                if "text/html" in answer.headers["content-type"]
                else [body]
            )
            for part in [*parts[:60], b"".join(parts[60:])]:
                self.wfile.write(part)
                self.wfile.flush()
                time.sleep(0.05 if len(parts) > 1 else 0)

        def log_message(self, *_arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), InParts) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def assert_nothing_moved(page: Page) -> None:
    shift, moved = page.evaluate(SHIFTS)
    assert shift < 0.01, moved


def test_nothing_moves_while_the_page_loads(phone: Page, clips: list[Any]) -> None:
    open_feed(phone, clips)
    assert_nothing_moved(phone)


def test_nothing_moves_while_the_page_arrives_in_parts(
    chromium: Browser, phone: Page, clips: list[Any], slow_address: str
) -> None:
    open_feed(phone, clips)
    with chromium.new_context(base_url=slow_address, **PHONE) as context:
        page = context.new_page()
        page.goto("/")
        assert page.locator(".slide[data-code]").count() >= len(clips)
        assert_nothing_moved(page)
