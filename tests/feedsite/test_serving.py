"""What stands between granian and Django: bodies are read without a thread, within limits of size, pace and disk."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accounts import pictures
from feedsite.serving.application import BUSY, NO_SPACE, TOO_LARGE, TOO_SLOW, BodyPolicy, SlowClientGuard
from feedsite.serving.bodies import Pace, free_bytes
from feedsite.serving.body_policies import PAGES, RESUMABLE, UPLOADS, choose_policy
from tests.production.web_servers import DEPLOY

POLICY = BodyPolicy(1000, Pace(0.1, 0.2, 1_000_000), spare_bytes=0, max_at_once=2)
HANGS_UP = {"type": "http.disconnect"}


class Site:
    """A WSGI application that keeps what it was called with, and answers with the length of the body."""

    def __init__(self, status: str = "200 OK") -> None:
        self.status = status
        self.environs: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.errors: list[str] = []
        self.work: Callable[[], None] = lambda: None

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.environs.append(environ)
        self.work()
        body = b""
        try:
            while piece := environ["wsgi.input"].read(100):
                body += piece
        except ConnectionError as error:
            self.errors.append(str(error))
        self.bodies.append(body)
        start(self.status, [("Content-Type", "text/plain"), ("X-Length", str(len(body)))])
        return [b"ok"]


class Client:
    """One ASGI client. `messages` are what it sends; a number is a pause in seconds."""

    def __init__(self, *messages: Any) -> None:
        self.messages = list(messages)
        self.sent: list[Any] = []

    async def receive(self) -> Any:
        while self.messages:
            message = self.messages.pop(0)
            if not isinstance(message, float):
                return message
            await asyncio.sleep(message)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])


def piece(body: bytes, *, is_last: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": not is_last}


def scope(path: str = "/", method: str = "POST", **headers: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"q=%D7%90",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("203.0.113.7", 4711),
        "headers": [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()],
    }


@pytest.fixture
def guard(tmp_path: Path) -> Callable[..., SlowClientGuard]:
    def build(site: Callable[..., Any], policy: BodyPolicy = POLICY, **options: Any) -> SlowClientGuard:
        settings = {"choose_policy": lambda _path: policy, "folder": tmp_path, "threads": 2} | options
        return SlowClientGuard(site, **settings)

    return build


def exchange(application: SlowClientGuard, request: dict[str, Any], *messages: Any) -> Client:
    client = Client(*messages)
    asyncio.run(application(request, client.receive, client.send))
    return client


def test_the_environment_is_that_of_pep_3333(guard: Callable[..., SlowClientGuard]) -> None:
    site = Site()
    request = scope(
        "/p/%FFm%C3%BCg/", content_length="3", content_type="text/plain", cookie="a=1", x_forwarded_for="\xff"
    )
    request["headers"] += [(b"cookie", b"b=2"), (b"accept", b"a"), (b"accept", b"b"), (b"x_forwarded_for", b"1.2.3.4")]
    client = exchange(guard(site), request, piece(b"abc", is_last=True))
    assert (client.status, client.body, client.headers[b"x-length"]) == (200, b"ok", b"3")
    environ = site.environs[0]
    expected = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/p/\xffm\xc3\xbcg/",
        "QUERY_STRING": "q=%D7%90",
        "CONTENT_LENGTH": "3",
        "CONTENT_TYPE": "text/plain",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_ACCEPT": "a,b",
        "HTTP_X_FORWARDED_FOR": "\xff",
        "REMOTE_ADDR": "203.0.113.7",
        "SERVER_PORT": "8000",
    }
    assert {name: environ[name] for name in expected} == expected


@pytest.mark.parametrize("announces", [True, False])
def test_body_arrives_whole_however_it_was_cut(guard: Callable[..., SlowClientGuard], announces: bool) -> None:
    site = Site()
    headers = {"content_length": "900"} if announces else {"transfer_encoding": "chunked"}
    pieces = [piece(b"x" * 300), 0.05, piece(b"y" * 300), 0.05, piece(b"z" * 300, is_last=True)]
    assert exchange(guard(site), scope(**headers), *pieces).status == 200
    assert (site.bodies, site.environs[0]["CONTENT_LENGTH"]) == ([b"x" * 300 + b"y" * 300 + b"z" * 300], "900")


@pytest.mark.parametrize(
    ("messages", "headers", "status", "sentence"),
    [
        ([], {"content_length": "1001"}, 413, TOO_LARGE),
        ([piece(b"x" * 600), piece(b"x" * 600)], {"transfer_encoding": "chunked"}, 413, TOO_LARGE),
        ([piece(b"x")], {"content_length": "1000"}, 408, TOO_SLOW),
        ([step for _ in range(9) for step in (piece(b"x"), 0.05)], {"content_length": "1000"}, 408, TOO_SLOW),
    ],
)
def test_body_that_is_refused_never_reaches_the_site(
    guard: Callable[..., SlowClientGuard], messages: list[Any], headers: dict[str, str], status: int, sentence: str
) -> None:
    site = Site()
    answer = exchange(guard(site), scope("/api/v1/x/", **headers), *messages)
    assert (answer.status, json.loads(answer.body)) == (status, {"detail": sentence})
    assert answer.headers[b"connection"] == b"close"
    page = exchange(guard(site), scope("/x/", **headers), *messages)
    assert (page.status, page.body.decode()) == (status, f"{sentence}\n")
    assert site.environs == []


def test_client_that_hangs_up_is_forgotten_or_its_part_is_kept(guard: Callable[..., SlowClientGuard]) -> None:
    site = Site()
    request = scope(content_length="500")
    assert exchange(guard(site), request, piece(b"x" * 50), HANGS_UP).sent == []
    assert site.environs == []
    exchange(guard(site, replace(POLICY, keeps_partial_bodies=True)), request, piece(b"x" * 50), HANGS_UP)
    assert (site.bodies, site.errors) == ([b"x" * 50], ["The client hung up before the end of the body."])


def test_full_disk_is_said_before_a_long_body_is_read(guard: Callable[..., SlowClientGuard]) -> None:
    site, full = Site(), replace(POLICY, max_bytes=1 << 30, spare_bytes=1 << 60)
    answer = exchange(guard(site, full), scope("/api/v1/x/", content_length=str(1 << 20)))
    assert (answer.status, json.loads(answer.body)) == (507, {"detail": NO_SPACE})
    # A short body needs no disk: people can buy while it is full.
    assert exchange(guard(site, full), scope(content_length="3"), piece(b"abc", is_last=True)).status == 200


def test_body_that_announces_no_length_ends_when_the_disk_is_full(guard: Callable[..., SlowClientGuard]) -> None:
    site, full = Site(), replace(POLICY, max_bytes=1 << 30, spare_bytes=1 << 60)
    pieces = [piece(b"x" * (1 << 20)) for _number in range(6)]
    answer = exchange(guard(site, full), scope("/x/", transfer_encoding="chunked"), *pieces, piece(b"", is_last=True))
    assert (answer.status, site.environs) == (507, [])


def test_disk_has_room_for_what_is_still_to_come_of_other_bodies(
    guard: Callable[..., SlowClientGuard], tmp_path: Path
) -> None:
    free = free_bytes(tmp_path)
    policy = replace(POLICY, max_bytes=2 * free, max_at_once=9)
    long = scope("/x/", content_length=str(free * 6 // 10))
    first, second = Client(piece(b"x"), 0.09, HANGS_UP), Client(piece(b"y", is_last=True))

    async def send_both() -> None:
        shop = guard(Site(), policy)
        await asyncio.gather(shop(long, first.receive, first.send), _later(shop, long, second))

    asyncio.run(send_both())
    assert second.status == 507
    assert exchange(guard(Site(), policy), long, piece(b"z", is_last=True)).status == 200


async def _later(shop: SlowClientGuard, request: dict[str, Any], client: Client) -> None:
    await asyncio.sleep(0.03)
    await shop(request, client.receive, client.send)


def test_only_so_many_bodies_arrive_at_once(guard: Callable[..., SlowClientGuard]) -> None:
    site = Site()
    application = guard(site, replace(POLICY, pace=Pace(5, 5, 1)))

    async def crowd() -> list[Client]:
        clients = [Client(piece(b"x"), 0.2, piece(b"y", is_last=True)) for _number in range(3)]
        await asyncio.gather(*(application(scope(content_length="2"), c.receive, c.send) for c in clients))
        return clients

    assert sorted(client.status for client in asyncio.run(crowd())) == [200, 200, 503]
    assert site.bodies == [b"xy", b"xy"]


def test_strangers_are_answered_before_their_long_body_is_read(guard: Callable[..., SlowClientGuard]) -> None:
    policy = replace(POLICY, asks_first_bytes=10)
    refusing = Site("403 Forbidden")
    assert exchange(guard(refusing, policy), scope(content_length="500")).status == 403
    assert [environ["REQUEST_METHOD"] for environ in refusing.environs] == ["HEAD", "HEAD"]
    short = exchange(guard(refusing, policy), scope(content_length="5"), piece(b"abcde", is_last=True))
    assert (short.status, refusing.environs[-1]["REQUEST_METHOD"]) == (403, "POST")
    narrow = replace(policy, for_strangers=replace(POLICY, max_bytes=100))
    assert exchange(guard(refusing, narrow), scope(content_length="500")).status == 413
    admitting = Site("405 Method Not Allowed")
    exchange(guard(admitting, policy), scope(content_length="11"), piece(b"x" * 11, is_last=True))
    assert admitting.bodies == [b"", b"x" * 11]


def test_bodies_need_no_thread_while_they_arrive(guard: Callable[..., SlowClientGuard]) -> None:
    """40 clients send slowly; a request in between is answered at once, by one thread."""
    site = Site()
    application = guard(site, replace(POLICY, pace=Pace(5, 5, 1), max_at_once=100), threads=1)

    async def crowd() -> float:
        slow = [Client(piece(b"x"), 1.0, piece(b"y", is_last=True)) for _number in range(40)]
        waiting = [asyncio.ensure_future(application(scope(content_length="2"), c.receive, c.send)) for c in slow]
        await asyncio.sleep(0.1)
        started_at, quick = time.monotonic(), Client()
        await application(scope("/", "GET"), quick.receive, quick.send)
        seconds = time.monotonic() - started_at
        await asyncio.gather(*waiting)
        assert {client.status for client in slow} == {200}
        return seconds

    assert asyncio.run(crowd()) < 0.5


def test_requests_wait_for_a_thread_but_not_for_ever(guard: Callable[..., SlowClientGuard]) -> None:
    site, gate = Site(), threading.Event()
    site.work = lambda: require_opened(gate)
    application = guard(site, threads=1, max_waiting=1, wait_seconds=0.2)

    async def crowd() -> list[Client]:
        clients = [Client() for _number in range(3)]
        requests = [asyncio.ensure_future(application(scope("/", "GET"), c.receive, c.send)) for c in clients]
        await asyncio.sleep(0.5)  # the second has waited for too long, and the third did not even wait
        health = Client()
        site.work = lambda: None
        await application(scope("/healthz/", "GET"), health.receive, health.send)
        assert health.status == 200
        gate.set()
        await asyncio.gather(*requests)
        return clients

    served, *refused = asyncio.run(crowd())
    assert served.status == 200
    for client in refused:
        assert (client.status, client.body.decode(), client.headers[b"retry-after"]) == (503, f"{BUSY}\n", b"5")


def require_opened(gate: threading.Event) -> None:
    assert gate.wait(10)


class LongResponse:
    """A body of many pieces that knows whether it was closed."""

    def __init__(self) -> None:
        self.taken, self.is_closed = 0, False

    def __iter__(self) -> Iterator[bytes]:
        for _number in range(100):
            self.taken += 1
            yield b"x" * 65536

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("hangs_up", [False, True])
def test_long_response_is_sent_in_batches_until_its_client_hangs_up(
    guard: Callable[..., SlowClientGuard], hangs_up: bool
) -> None:
    response = LongResponse()

    def site(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return response

    client = exchange(guard(site), scope("/", "GET"), piece(b"", is_last=True), *([HANGS_UP] if hangs_up else []))
    assert response.is_closed
    assert max(len(message["body"]) for message in client.sent[1:]) <= 5 * 65536
    if hangs_up:
        assert response.taken < 20
    else:
        assert (len(client.body), client.sent[-1]["more_body"]) == (100 * 65536, False)


def test_error_in_a_response_closes_it(guard: Callable[..., SlowClientGuard]) -> None:
    response = LongResponse()

    def site(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return Failing(response)

    with pytest.raises(RuntimeError):
        exchange(guard(site), scope("/", "GET"))
    assert response.is_closed


class Failing:
    """A body that fails in its middle, and closes another one with itself."""

    def __init__(self, inner: LongResponse) -> None:
        self.inner = inner

    def __iter__(self) -> Iterator[bytes]:
        yield b"x"
        raise RuntimeError

    def close(self) -> None:
        self.inner.close()


def test_paths_that_take_videos_are_those_of_nginx() -> None:
    for path in ("/api/v1/uploads/", "/api/v1/uploads/abc/"):
        assert choose_policy(path) == RESUMABLE
    for path in ("/api/v1/clips/abc/file/", "/studio/upload/", "/studio/clips/abc/edit/"):
        assert choose_policy(path) == UPLOADS
    for path in (
        "/",
        "/api/v1/clips/abc/",
        "/studio/",
        "/studio/clips/abc/withdraw/",
        "/studio/clips/abc/",
        "/checkout/",
        "/api/v1/events/",
    ):
        assert choose_policy(path) == PAGES
    location = "location ~ ^/(api/v1/uploads/|api/v1/clips/[^/]+/file/|studio/upload/|studio/clips/[^/]+/edit/) {"
    for name in ("nginx.conf", "tls.conf"):
        text = (DEPLOY / name).read_text()
        assert location in text
        assert PAGES.max_bytes > pictures.MAX_BYTES + (1 << 20)
        assert f"client_max_body_size {PAGES.max_bytes >> 20}m;" in text
        assert UPLOADS.max_bytes <= 600 << 20
