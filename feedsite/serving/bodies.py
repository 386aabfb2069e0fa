"""Bodies of requests, which arrive as slowly as their clients send. Reading one takes no thread, and little memory."""

import asyncio
import errno
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

type Message = Mapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]

CHECK_BYTES = 4 << 20
MEMORY_BYTES = 64 << 10
"""A longer body goes to a file, which has no name and so is gone with the process."""


@dataclass(frozen=True)
class Pace:
    """How slow a client may be: the seconds without any byte, and on average after the first `grace_seconds`."""

    idle_seconds: float
    grace_seconds: float
    bytes_per_second: float

    def allows(self, received: int, seconds: float) -> bool:
        return seconds <= self.grace_seconds + received / self.bytes_per_second


class OverlongBody(Exception):
    """The body is longer than this address takes."""


class BodyTooSlow(Exception):
    """The client has stopped sending, or hardly sends."""


class ConnectionEnded(Exception):
    """The client hung up before the end of the body."""


class RequestBody:
    """A body that has been read as far as it came. Reading beyond that raises ConnectionError if the rest is missing."""

    def __init__(self, folder: Path) -> None:
        self.length = 0
        self.is_cut_off = False
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES, dir=str(folder))  # noqa: SIM115

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self.length += len(chunk)

    def rewind(self) -> None:
        self._file.seek(0)

    def read(self, size: int = -1, /) -> bytes:
        return self._require(self._file.read(size), size)

    def readline(self, size: int = -1, /) -> bytes:
        return self._require(self._file.readline(size), size)

    def close(self) -> None:
        self._file.close()

    def _require(self, data: bytes, size: int) -> bytes:
        if self.is_cut_off and not data and size != 0:
            raise ConnectionError("The client hung up before the end of the body.")
        return data


async def receive_body(
    body: RequestBody,
    receive: Receive,
    *,
    max_bytes: int,
    pace: Pace,
    has_room: Callable[[int], bool] = lambda _bytes: True,
) -> None:
    """Read a request's body to its end. `has_room` is asked every few megabytes for as many more.

    Raises OverlongBody, BodyTooSlow, ConnectionEnded, and OSError if the disk is full. `body` then has what had come.
    """
    started_at, checked = time.monotonic(), 0
    while True:
        try:
            async with asyncio.timeout(pace.idle_seconds):
                message = await receive()
        except TimeoutError as error:
            raise BodyTooSlow from error
        if message["type"] == "http.disconnect":
            raise ConnectionEnded
        chunk = message.get("body", b"")
        if body.length + len(chunk) > max_bytes:
            raise OverlongBody
        if body.length - checked >= CHECK_BYTES:
            checked = body.length
            if not has_room(CHECK_BYTES):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        body.write(chunk)
        if not message.get("more_body"):
            return
        if not pace.allows(body.length, time.monotonic() - started_at):
            raise BodyTooSlow


def free_bytes(folder: Path) -> int:
    """Return the space on the folder's disk that this user may still use."""
    usage = os.statvfs(folder)
    return usage.f_bavail * usage.f_frsize
