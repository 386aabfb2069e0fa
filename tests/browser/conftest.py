"""A running site in its own processes (web, workers, beat) on the test's database, and a real Chromium to use it with."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings, settings
from django.db import connection, connections
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]
# A headless browser says so in its user agent, and the site would take its events for those of a bot.
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
# Viewers who were asked for interests before. Others meet a sheet over the feed.
WELCOMED: dict[str, Any] = {
    "cookies": [{"name": "welcomed", "value": "yes", "domain": "127.0.0.1", "path": "/"}],
    "origins": [],
}
PHONE: dict[str, Any] = {
    "storage_state": WELCOMED,
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "user_agent": USER_AGENT,
}
DESKTOP: dict[str, Any] = {
    "storage_state": WELCOMED,
    "viewport": {"width": 1280, "height": 800},
    "user_agent": USER_AGENT,
}
# Playwright runs an event loop in the test's thread; the ORM is used between its calls, never inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
TIMEOUT_MS = 20_000
"""How long a page may take to do what a test waits for. A busy machine needs more than Playwright's own 5 s."""
expect.set_options(timeout=TIMEOUT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" not in item.path.as_posix():
            continue
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="NOT RUN: no Chromium. Install it (apt-get install chromium)."))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the site's processes logged last to the report of a failed test."""
    report = yield
    running = item.funcargs.get("servers") if isinstance(item, pytest.Function) else None
    if report.failed and isinstance(running, Servers):
        for log in sorted(running.folder.glob("*.log")):
            report.sections.append((log.name, log.read_text(errors="replace")[-6000:]))
    return report


@pytest.fixture(autouse=True)
def strong_hashes() -> Iterator[None]:
    """Hash passwords as the site's own processes do, or signing in would fail."""
    with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):
        yield


@pytest.fixture(autouse=True)
def patient_end(transactional_db: None) -> None:
    """Let the end of a test wait for the site's transactions, which find a deadlock after 50 ms and give way."""
    with connection.cursor() as cursor:
        cursor.execute("SET deadlock_timeout = '1min'")


@dataclass
class Servers:
    """The site's own processes by name. `folder` contains their logs."""

    address: str
    environment: dict[str, str]
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        self.processes[name] = _start(name, self.environment, self.folder)

    def wait_for_web(self) -> None:
        _wait_until_ready(self.address, self.folder / "web.log")

    def kill(self, name: str) -> None:
        """Kill a process and its children, as a power cut does."""
        process = self.processes[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="package")
def servers(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers]:
    """Start the site's own processes, and stop them before the race tests begin."""
    port = find_free_port()
    folder = tmp_path_factory.mktemp("site")
    address = f"http://127.0.0.1:{port}"
    database = connection.settings_dict
    environment = os.environ | {
        # When the end of a test, which empties the tables, deadlocks with the site, the site's transaction is cancelled.
        "DATABASE_URL": f"postgresql://{database['USER']}:{database['PASSWORD']}@127.0.0.1:{database['PORT']}/{database['NAME']}"
        "?options=-c%20deadlock_timeout%3D50ms",
        "DATA_DIR": str(settings.DATA_DIR),
        "DEMO": "true",
        "SITE_URL": address,
        "WEB_PORT": str(port),
        "WEB_WORKERS": "1",
        "EMAIL_URL": f"file://{folder / 'mail'}",
    }
    subprocess.run([sys.executable, "-m", "feedsite.processes", "collectstatic"], cwd=ROOT, env=environment, check=True)
    running = Servers(address, environment, folder)
    for name in ("web", "worker", "transcoder", "beat"):
        running.start(name)
    try:
        running.wait_for_web()
        yield running
    finally:
        for process in running.processes.values():
            process.terminate()
        for process in running.processes.values():
            _end(process)


@pytest.fixture(scope="package")
def site(servers: Servers) -> str:
    """Return the address of the running site."""
    return servers.address


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Start a browser for these tests alone.

    While Playwright's event loop runs in this thread, Django uses other connections than before and after it. They are
    closed on both sides: a forked child would inherit an open one, and the database could not be dropped.
    """
    connections.close_all()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, headless=True)
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def phone(chromium: Browser, site: str, transactional_db: None) -> Iterator[Page]:
    """Return a page of 390 by 844 px with a touch screen."""
    yield from _open_page(chromium.new_context(base_url=site, **PHONE))


@pytest.fixture
def desktop(chromium: Browser, site: str, transactional_db: None) -> Iterator[Page]:
    """Return a page of 1280 by 800 px."""
    yield from _open_page(chromium.new_context(base_url=site, **DESKTOP))


def _open_page(context: BrowserContext) -> Iterator[Page]:
    """Open a page whose test fails if a script of the site throws or violates the content security policy."""
    errors: list[str] = []
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert errors == []


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in through the page."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def _start(name: str, environment: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    with open(folder / f"{name}.log", "ab") as log:  # a restarted process adds to its log
        return subprocess.Popen(
            [sys.executable, "-m", "feedsite.processes", name],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_ready(address: str, log: Path) -> None:
    deadline = time.monotonic() + 120
    last = "no answer"
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/readyz/web/", timeout=10) as answer:  # noqa: S310  # our own address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            last = str(error)
            time.sleep(0.2)
    raise TimeoutError(f"The site did not start ({last}):\n{log.read_text()[-4000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
