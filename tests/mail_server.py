"""A real SMTP server for tests, and settings with which the site's outbox uses it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from pytest_django import Settings

from feedsite.environment import parse_mailer

# ruff: noqa: N802  # aiosmtpd names its hooks after the commands of SMTP


class MailServer:
    """A real SMTP server that keeps what it accepts. Recipients that begin with a reply code are answered with it."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, str]] = []
        self.sender_reply = "250 OK"

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        envelope.mail_from = address
        return self.sender_reply

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        if address[:3].isdecimal():
            return f"{address[:3]} no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.accepted.append((envelope.rcpt_tos[0], content.decode()))
        return "250 OK"


@contextmanager
def run_mail_server(settings: Settings) -> Iterator[MailServer]:
    """Run a mail server to which the site delivers its emails."""
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    use_mail_server(settings, controller.port)
    try:
        yield server
    finally:
        controller.stop()


def use_mail_server(settings: Settings, port: int) -> None:
    settings.MAILERS = {
        "default": {"BACKEND": "accounts.mail_backend.OutboxBackend"},
        "delivery": parse_mailer(f"smtp://127.0.0.1:{port}"),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
