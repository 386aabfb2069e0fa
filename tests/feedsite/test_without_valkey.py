"""Buying, signing in and watching go on while Valkey is stopped, silent or in trouble, and no request waits for long."""

import http.cookiejar
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import Client
from tusclient.client import TusClient

from accounts.models import OutgoingEmail, User
from shop.models import Order
from tests.factories import PASSWORD, make_draft, make_product, make_published_clip, make_user
from tests.feedsite.live_process import ROOT, free_port, live_process
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS
from tests.videos.clips import make_clip
from videos.models import Job, JobState
from videos.states import ClipState

pytestmark = pytest.mark.django_db(transaction=True)

LONGEST_SECONDS = 12
CSRF = "x" * 32
"""An upper limit that a hanging request would exceed. It is generous, because these machines are slow."""


@contextmanager
def broken_valkey(answer: bytes | None) -> Iterator[str]:
    """Yield the address of a server that accepts connections and always gives the same answer, or none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connections: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    connection, _peer = server.accept()
                except OSError:
                    return
                connections.append(connection)
                if answer:
                    threading.Thread(target=respond, args=(connection, answer), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        server.shutdown(socket.SHUT_RDWR)
        for connection in connections:
            connection.close()


def respond(connection: socket.socket, answer: bytes) -> None:
    try:
        while connection.recv(65536):
            connection.sendall(answer)
    except OSError:
        return


class Browser:
    """A client with cookies that fails on any answer of 500 or more, and on one that takes too long."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def send(self, path: str, form: dict[str, str] | None = None, *, document: object = None) -> tuple[int, str]:
        """GET a page, or POST a form or a JSON document. Return the status and the body, after redirects."""
        body, headers = None, {"User-Agent": "Mozilla/5.0 Chrome/140"}
        if document is not None:
            body, headers["Content-Type"] = json.dumps(document).encode(), "application/json"
        elif form is not None:
            token = next((cookie.value or "" for cookie in self.jar if cookie.name == "csrftoken"), "")
            body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token}).encode()
            headers["Referer"] = self.site
        started_at = time.monotonic()
        try:
            request = urllib.request.Request(self.site + path, body, headers)  # noqa: S310  # our own site
            with self.opener.open(request, timeout=60) as response:
                status, text = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        assert status < 500, f"{path}: {status}"
        assert time.monotonic() - started_at < LONGEST_SECONDS, path
        return status, text

    def sign_in(self, user: User) -> None:
        """Take over the session of a user."""
        client = Client()
        client.force_login(user)
        self.opener.addheaders = [
            ("Cookie", f"sessionid={client.cookies['sessionid'].value}; csrftoken={CSRF}"),
            ("X-CSRFToken", CSRF),
        ]

    def upload(self, video: Path) -> None:
        """Upload a file as tus clients do."""
        with video.open("rb") as file:
            client = TusClient(f"{self.site}/api/v1/uploads/", dict(self.opener.addheaders))
            client.uploader(file_stream=file, chunk_size=20_000, metadata={"filename": video.name}).upload()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the web process, with its static files."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "feedsite.processes", "collectstatic"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"DATA_DIR": str(folder), "DEMO": "true"}, check=True)
    return folder


@pytest.fixture(params=["stopped", "silent", "loading"])
def valkey(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "stopped":
        yield f"redis://127.0.0.1:{free_port()}/0"
    else:
        answer = b"-LOADING Valkey is loading the dataset in memory\r\n" if request.param == "loading" else None
        with broken_valkey(answer) as address:
            yield address


def test_the_shop_stays_open(valkey: str, folder: Path, tmp_path: Path) -> None:
    clip = make_published_clip()
    make_product("mug", price_minor=4000, stock=9)
    user, draft = make_user("shopper@example.com"), make_draft()
    video = make_clip(tmp_path / "video.mp4", size="90x160", seconds=0.6, rate=15)
    port = str(free_port())
    variables = {"WEB_PORT": port, "REDIS_URL": valkey, "DATA_DIR": str(folder)}
    with live_process("web", tmp_path / "log", **variables) as web:
        browser = Browser(f"http://127.0.0.1:{port}")
        web.wait_for(lambda: is_open(int(port)))
        for path in ("/", f"/c/{clip.code}/", "/p/mug/", "/search/?q=mug", "/accounts/login/", "/bag/"):
            assert browser.send(path)[0] == 200, path
        for _attempt in range(12):  # more than allauth's limit of failures
            browser.send("/accounts/login/", {"login": user.email, "password": "guessed wrong"})
        page = browser.send("/accounts/login/", {"login": user.email, "password": PASSWORD})[1]
        assert "Sign out" in page or browser.send("/orders/")[0] == 200
        feed = json.loads(browser.send("/api/v1/feed/")[1])["clips"]
        seen = [{"token": card["token"], "kind": "impression"} for card in feed if card["token"]]
        assert browser.send("/api/v1/events/", document={"events": seen})[0] == 202
        readiness = json.loads(browser.send("/readyz/")[1])
        assert (readiness["status"], readiness["valkey"], readiness["worker"]) == ("degraded", False, None)
        browser.send("/bag/", {"product": "mug", "quantity": "1"})
        form = read_form(browser.send("/checkout/")[1], field="key") | ADDRESS | {"email": user.email}
        assert "Thank you" in browser.send("/checkout/", form)[1]
        browser.send("/accounts/logout/", {})
        browser.send("/accounts/password/reset/")
        assert browser.send("/accounts/password/reset/", {"email": user.email})[0] == 200
        creators = Browser(browser.site)
        creators.sign_in(draft.creator.user)
        assert creators.send(f"/api/v1/clips/{draft.code}/submit/", document={})[0] == 200
        assert creators.send(f"/api/v1/clips/{clip.code}/like/", document={})[0] in (200, 201, 204)
        creators.upload(video)
    assert [(order.state, order.total_minor) for order in Order.objects.all()] == [("paid", 4000)]
    assert Job.objects.filter(state=JobState.QUEUED, source__user_file_name="video.mp4").count() == 1
    assert OutgoingEmail.objects.filter(recipients__contains=[user.email]).exists()
    draft.refresh_from_db()
    assert draft.state == ClipState.IN_REVIEW


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
