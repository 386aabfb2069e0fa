"""A web for tests: names and public addresses that lead to one server of this machine. All other addresses are dialled as they are."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from catalog.imports.pictures.fetcher import PictureFetcher
from catalog.imports.schedule.fetcher import SourceFetcher
from catalog.public_web.client import Endpoint, PublicWeb, dial

PUBLIC = "93.184.215.14"


@dataclass
class Page:
    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class PretendWeb:
    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    """By host and path. A page with an ETag answers 304 to whoever knows it."""
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    """What a name resolves to at each question; the last answer stays. Other names are public."""
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    """Of each request, with names in lower case."""
    dialled: list[Endpoint] = field(default_factory=list)

    def fetcher(self, **options: Any) -> PictureFetcher:
        return PictureFetcher(PublicWeb(resolve=self.resolve, dial=self.dial), **options)

    def source_fetcher(self, **options: Any) -> SourceFetcher:
        """Return a fetcher of sources, to which addresses with https lead without TLS."""
        web = PublicWeb(resolve=self.resolve, dial=self.dial, encrypt=lambda connected, _host: connected)
        return SourceFetcher(web, **options)

    def resolve(self, host: str, port: int) -> list[Endpoint]:
        answers = self.names.get(host, [[host if host[0].isdecimal() else PUBLIC]])
        return [(ip, port) for ip in (answers.pop(0) if len(answers) > 1 else answers[0])]

    def dial(self, endpoint: Endpoint, timeout_s: float) -> socket.socket:
        self.dialled.append(endpoint)
        return dial(("127.0.0.1", self.port) if endpoint[0] == PUBLIC else endpoint, timeout_s)


class _Handler(BaseHTTPRequestHandler):
    web: PretendWeb

    def do_GET(self) -> None:
        address = f"{self.headers['Host']}{self.path}"
        self.web.asked.append(address)
        self.web.headers.append({name.lower(): value for name, value in self.headers.items()})
        page = self.web.pages.get(address, Page(status=404))
        etag = page.headers.get("ETag")
        if etag and self.headers["If-None-Match"] == etag:
            page = Page(status=304, headers=page.headers)
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for part in [page.body] if isinstance(page.body, bytes) else page.body:
                self.wfile.write(part)
                self.wfile.flush()
        except OSError:
            pass

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def open_web() -> Iterator[PretendWeb]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    web = PretendWeb(server.server_port)
    server.RequestHandlerClass = type("_Bound", (_Handler,), {"web": web})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
