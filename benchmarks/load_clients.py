"""Clients for load: viewers on keep-alive connections, and those who send slowly or nothing. All on this machine."""

import asyncio
import json
import random
import resource
import ssl
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

IDLE, HALF_HEADED, HALF_BODIED = "idle", "half-headed", "half-bodied"
HALF_HEAD = b"POST /api/v1/events/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Ty"
HALF_BODY = (
    b"POST /api/v1/events/ HTTP/1.1\r\nHost: %(host)s\r\nContent-Type: application/json\r\n"
    b"Content-Length: 5000\r\n\r\n" + b"{" * 200
)
MAX_PACE_BYTES = 100_000
ANSWER_SECONDS = 60


@dataclass(frozen=True)
class Target:
    """Where the site is: its port on this machine and, if it speaks TLS, the name in its certificate."""

    port: int
    tls_host: str = ""

    @cached_property
    def _context(self) -> ssl.SSLContext | None:
        if not self.tls_host:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # its own certificate
        return context

    @property
    def host(self) -> str:
        return self.tls_host or f"127.0.0.1:{self.port}"

    async def connect(
        self, source: str = "127.0.0.1", *, greets: bool = True
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection. One that does not greet says nothing, not even what TLS begins with."""
        context = self._context if greets else None
        name = self.tls_host if context else None
        return await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=context, server_hostname=name, local_addr=(source, 0)
        )


@dataclass
class Outcome:
    """What the viewers got: seconds of each answer, and what went wrong, by its description."""

    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Connection:
    """A keep-alive connection. It is opened again if the server has closed it between two requests."""

    def __init__(self, target: Target, source: str = "127.0.0.1") -> None:
        self.target, self.source = target, source
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, bytes]:
        """Return the status and the body. Raises OSError, EOFError or TimeoutError, and the connection is closed then."""
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await self.target.connect(self.source)
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.target.host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await read_answer(reader)
        except BaseException:  # also when it is cancelled: the rest of the answer may still come
            writer.transport.abort()
            self._streams = None
            raise

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    if "chunked" in headers.get("transfer-encoding", ""):
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return int(status.split()[1]), body
    return int(status.split()[1]), await reader.readexactly(int(headers.get("content-length", "0")))


async def watch(
    target: Target, cookie: str, source: str, outcome: Outcome, *, pause_seconds: float, until: float
) -> None:
    """Look at pages of the feed and report what was seen, in turns, with a pause after each."""
    connection, tokens = Connection(target, source), list[str]()
    await asyncio.sleep(random.random() * pause_seconds)  # noqa: S311  # no secret
    while time.monotonic() < until:
        started_at = time.monotonic()
        try:
            if tokens:
                events = [{"token": token, "kind": "watch", "value": 4000} for token in tokens]
                headers = {"Cookie": cookie, "Content-Type": "application/json", "User-Agent": "Mozilla/5.0"}
                document = json.dumps({"events": events}).encode()
                status, _content = await connection.request("POST", "/api/v1/events/", headers, document)
                tokens = []
            else:
                status, content = await connection.request("GET", "/api/v1/feed/", {"Cookie": cookie})
                tokens = [clip["token"] for clip in json.loads(content)["clips"]] if status == 200 else []
            if status not in (200, 202):
                outcome.errors[f"status {status}"] += 1
        except (OSError, EOFError) as error:  # TimeoutError is an OSError
            outcome.errors[type(error).__name__] += 1
            connection.close()
        outcome.seconds.append(time.monotonic() - started_at)
        await asyncio.sleep(pause_seconds)
    connection.close()


async def dawdle(target: Target, kind: str, source: str = "127.0.0.1") -> None:
    """Hold a connection open without finishing a request, and open another one when it is closed. Never ends."""
    while True:
        with suppress(OSError):
            reader, writer = await target.connect(source, greets=kind != IDLE)
            try:
                if kind == HALF_HEADED:
                    writer.write(HALF_HEAD)
                elif kind == HALF_BODIED:
                    writer.write(HALF_BODY % {b"host": target.host.encode()})
                await reader.read()
            finally:
                writer.close()
        await asyncio.sleep(0.2)


async def upload_slowly(target: Target, path: str, headers: dict[str, str], size: int, source: str) -> int:
    """Send one body of a resumable upload at 100 kB a second, and return the status of the answer."""
    reader, writer = await target.connect(source)
    lines = ["PATCH " + path + " HTTP/1.1", f"Host: {target.host}", f"Content-Length: {size}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
    sent = 0
    try:
        while sent < size:
            piece = min(MAX_PACE_BYTES // 5, size - sent)
            writer.write(b"\0" * piece)
            await writer.drain()
            sent += piece
            await asyncio.sleep(0.2)
        return (await read_answer(reader))[0]
    finally:
        writer.close()


def addresses(count: int, *, net: int) -> list[str]:
    """Return addresses of this machine, one for each client, as if they were many people."""
    return [f"127.{net}.{number // 250}.{1 + number % 250}" for number in range(count)]


def run_with_connections[T](main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `main` in an event loop, with as many open files as the machine allows."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return asyncio.run(main())
