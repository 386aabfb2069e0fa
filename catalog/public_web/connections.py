"""Connections that end at a deadline, however slowly the other side sends."""

import io
import socket
import time
from collections.abc import Buffer
from http.client import HTTPConnection


class TimedSocket:
    """What `http.client` uses of a socket, with one deadline for everything instead of a timeout for each read."""

    def __init__(self, connected: socket.socket, ends_at: float) -> None:
        self._socket, self._ends_at = connected, ends_at

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(remaining_s(self._ends_at))
        self._socket.sendall(data)

    def receive_into(self, buffer: Buffer) -> int:
        self._socket.settimeout(remaining_s(self._ends_at))
        return self._socket.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Do nothing: `http.client` closes before it has read the answer. Whoever dialled closes."""


class _Reader(io.RawIOBase):
    def __init__(self, timed: TimedSocket) -> None:
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        return self._timed.receive_into(buffer)


def remaining_s(ends_at: float) -> float:
    """Return the seconds until a time of `time.monotonic`. Raises TimeoutError if it has passed."""
    remaining = ends_at - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining


def open_http(connected: socket.socket, *, host: str, ends_at: float) -> HTTPConnection:
    """Return an HTTP connection over a socket that is connected already. It never dials by itself."""
    connection = HTTPConnection(host)
    connection.auto_open = 0
    connection.sock = TimedSocket(connected, ends_at)
    return connection
