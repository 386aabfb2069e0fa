"""Responses: Django's, of which a thread takes one batch after the other, and short ones for requests that never reach it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any

type Send = Callable[[Mapping[str, Any]], Awaitable[None]]
type Headers = list[tuple[bytes, bytes]]

BATCH_BYTES = 256 << 10
"""What a thread takes of a response at once. Most responses are shorter, and so need one thread once."""

READ_SECONDS = 30
"""How long a client may take to read a batch."""


class ThreadedResponse:
    """What the WSGI application answers. All methods but `send` run in a thread."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: Headers = []
        self.batch, self.is_complete = b"", False
        self._result: Iterable[bytes] = ()
        self._chunks: Iterator[bytes] = iter(())

    def start(self, status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def begin(self, result: Iterable[bytes]) -> None:
        """Take the first batch of the application's result."""
        self._result, self._chunks = result, iter(result)
        self.take_batch()

    def take_batch(self) -> None:
        """Take the next batch, and close the result after the last one or after an error."""
        pieces, size, is_over = [], 0, True
        try:
            for chunk in self._chunks:
                pieces.append(chunk)
                size += len(chunk)
                if size >= BATCH_BYTES:
                    is_over = False
                    break
        finally:
            if is_over:
                self.close()
        self.batch = b"".join(pieces)

    def close(self) -> None:
        if not self.is_complete:
            self.is_complete = True
            close = getattr(self._result, "close", None)
            if close is not None:
                close()


async def send_batch(send: Send, batch: bytes, *, is_last: bool) -> None:
    """Send a piece of a body. Raises TimeoutError if the client does not read."""
    async with asyncio.timeout(READ_SECONDS):
        await send({"type": "http.response.body", "body": batch, "more_body": not is_last})


async def send_start(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def send_refusal(send: Send, path: str, status: int, sentence: str, *, retry_seconds: int | None = None) -> None:
    """Answer a request that never reaches Django, in the format of its address, and close the connection."""
    is_api = path.startswith("/api/")
    body = json.dumps({"detail": sentence}).encode() if is_api else f"{sentence}\n".encode()
    headers = [
        (b"content-type", b"application/json" if is_api else b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if retry_seconds is not None:
        headers.append((b"retry-after", str(retry_seconds).encode()))
    await send_start(send, status, headers)
    await send_batch(send, body, is_last=True)
