"""An application and clients for the tests of what stands between granian and Django."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from feedsite.serving.application import BodyPolicy, SlowClientGuard
from feedsite.serving.bodies import Pace

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


def exchange(application: SlowClientGuard, request: dict[str, Any], *messages: Any) -> Client:
    client = Client(*messages)
    asyncio.run(application(request, client.receive, client.send))
    return client
