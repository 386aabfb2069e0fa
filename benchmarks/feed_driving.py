"""A web server for benchmarks.feed, and clients that request pages as fast as it responds."""

import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

CLIENTS = 4
PATH = "/api/v1/feed/"


@dataclass(frozen=True)
class Pace:
    """Responses per second, and response times in milliseconds."""

    per_second: float
    median_ms: float
    p99_ms: float


class KeepAliveConnection:
    """A keep-alive connection with just enough HTTP, because the client's own work is measured as well."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, cookie: str) -> bytes:
        """Return the body of a page for the viewer of this cookie. Raises RuntimeError unless the status is 200."""
        cookie_header = f"Cookie: viewer={cookie}\r\n" if cookie else ""
        self._socket.sendall(f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie_header}\r\n".encode())
        head, _blank, body = self._read().partition(b"\r\n\r\n")
        status, *lines = head.lower().split(b"\r\n")
        length = next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:"))
        parts, left = [body], length - len(body)
        while left > 0:
            parts.append(self._read())
            left -= len(parts[-1])
        if not status.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{status!r}: {b''.join(parts)[:500]!r}")
        return b"".join(parts)

    def _read(self) -> bytes:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("The server closed the connection.")
        return chunk

    def close(self) -> None:
        self._socket.close()


@contextmanager
def serving(application: str) -> Iterator[int]:
    """Run one worker of the site's web server and yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asginl",
        "--no-ws",
        "--http",
        "1",
        "--host",
        "127.0.0.1",
    ]
    command += ["--port", str(port), "--workers", "1", application]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_server(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_for_server(port: int) -> None:
    """Wait until the server responds. Raises TimeoutError after 90 seconds."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            connection = KeepAliveConnection(port)
        except OSError:
            time.sleep(0.2)
            continue
        connection.get("")
        connection.close()
        return
    raise TimeoutError("The server did not start.")


def drive(port: int, cookies: Sequence[str], seconds: float) -> Pace:
    """Request pages from four connections at once, each time as another viewer."""
    times: list[float] = []
    until = time.perf_counter() + seconds

    def run(offset: int) -> None:
        connection = KeepAliveConnection(port)
        index = offset
        while time.perf_counter() < until:
            started = time.perf_counter()
            connection.get(cookies[index % len(cookies)])
            times.append((time.perf_counter() - started) * 1000)
            index += CLIENTS
        connection.close()

    _in_threads(run)
    times.sort()
    return Pace(len(times) / seconds, statistics.median(times), times[int(len(times) * 0.99)])


def request_all(port: int, cookies: Sequence[str]) -> None:
    """Request one page as each viewer, from four connections, so that the server has cached them all."""

    def run(offset: int) -> None:
        connection = KeepAliveConnection(port)
        for cookie in cookies[offset::CLIENTS]:
            connection.get(cookie)
        connection.close()

    _in_threads(run)


def _in_threads(run: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=run, args=(offset,)) for offset in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def page_bytes(port: int, cookie: str) -> int:
    """Return the size of a page in bytes."""
    connection = KeepAliveConnection(port)
    size = len(connection.get(cookie))
    connection.close()
    return size
