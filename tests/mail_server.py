"""A real SMTP server for tests, and settings with which the site's outbox uses it."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from pytest_django import Settings

from feedsite.environment import parse_mailer

# ruff: noqa: N802  # aiosmtpd names its hooks after the commands of SMTP

HANGS_UP = "hangs.up"
"""The server closes the connection in the middle of an email to an address that begins with this."""


class MailServer:
    """A real SMTP server that keeps what it accepts. Recipients that begin with a reply code are answered with it.

    `rcpt_text` is what follows the code. `accepts_after_s` is how long it takes for each email.
    """

    def __init__(self) -> None:
        self.accepted: list[tuple[str, str]] = []
        self.sender_reply = "250 OK"
        self.data_reply = "250 OK"
        self.rcpt_text = "no"
        self.accepts_after_s = 0.0
        self.hangs_up_after_data = False

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        envelope.mail_from = address
        return self.sender_reply

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        if address[:3].isdecimal():
            return f"{address[:3]} {self.rcpt_text}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        if envelope.rcpt_tos[0].startswith(HANGS_UP):
            server.transport.abort()
            return "250 OK"
        if self.data_reply.startswith("250"):
            time.sleep(self.accepts_after_s)
            self.accepted.append((envelope.rcpt_tos[0], content.decode()))
        return self.data_reply

    async def handle_QUIT(self, server: Any, _session: Any, _envelope: Envelope) -> str:
        if self.hangs_up_after_data:
            server.transport.abort()
        return "221 Bye"


class ClosingSMTP(SMTP):
    """Closes the connection of a client that leaves without QUIT. aiosmtpd leaves it to be found as garbage."""

    def eof_received(self) -> bool:
        super().eof_received()
        return False


class ClosingController(Controller):
    """Runs a mail server that closes the connections of its clients when they leave, and when it stops."""

    def factory(self) -> SMTP:
        return ClosingSMTP(self.handler, **self.SMTP_kwargs)

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._close_all(), self.loop).result(10)
        super().stop(no_assert)

    async def _close_all(self) -> None:
        assert self.server is not None
        self.server.close()  # first, or a client that connects now stays
        await asyncio.sleep(0.01)  # until connections that were accepted a moment ago belong to the server
        self.server.abort_clients()
        await self.server.wait_closed()


@contextmanager
def run_mail_server(settings: Settings) -> Iterator[MailServer]:
    """Run a mail server to which the site delivers its emails."""
    server = MailServer()
    controller = ClosingController(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    use_mail_server(settings, controller.port)
    try:
        yield server
    finally:
        controller.stop()


@contextmanager
def run_silent_server(settings: Settings) -> Iterator[list[socket.socket]]:
    """Run a server that accepts connections and says nothing, not even a greeting. It yields the connections."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        use_mail_server(settings, listener.getsockname()[1], timeout_s=1)

        def accept() -> None:
            while True:
                try:
                    connections.append(listener.accept()[0])
                except OSError:  # the test is over
                    return

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield connections
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for connection in connections:
                connection.close()


def use_mail_server(settings: Settings, port: int, *, timeout_s: int = 10) -> None:
    delivery = parse_mailer(f"smtp://127.0.0.1:{port}")
    delivery["OPTIONS"]["timeout"] = timeout_s
    settings.MAILERS = {"default": {"BACKEND": "accounts.mail_backend.OutboxBackend"}, "delivery": delivery}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
