"""Endpoints for tests, and the receiver of the case files, to which public names lead."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from catalog.models import Merchant
from catalog.public_web.client import Endpoint, PublicWeb, dial
from programme.models import WebhookEndpoint
from programme.webhooks.event_types import FOR_MERCHANTS
from tests.programme.cases import webhook_receiver

PUBLIC = "93.184.215.14"


@dataclass
class HookReceiver:
    """Leads public addresses of every name to the receiver. `resolved` is what names lead to."""

    port: int
    log: Path
    resolved: tuple[str, ...] = (PUBLIC,)
    dialled: list[str] = field(default_factory=list)

    def web(self) -> PublicWeb:
        return PublicWeb(resolve=self._resolve, dial=self._dial, encrypt=lambda connected, _host: connected)

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def _resolve(self, _host: str, port: int) -> list[Endpoint]:
        return [(address, port) for address in self.resolved]

    def _dial(self, endpoint: Endpoint, timeout_s: float) -> Any:
        self.dialled.append(endpoint[0])
        return dial(("127.0.0.1", self.port), timeout_s)


@contextmanager
def run_receiver(folder: Path) -> Iterator[HookReceiver]:
    log = folder / "received.jsonl"
    handler = type("LoggedReceiver", (webhook_receiver.Receiver,), {"log": log})
    webhook_receiver.COUNTS.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield HookReceiver(server.server_address[1], log)
        finally:
            server.shutdown()


def make_endpoint(role: str = "ok", *, merchant: Merchant | None = None, **fields: Any) -> WebhookEndpoint:
    """Return an endpoint of the merchant, or of the house, at the receiver's path for a role."""
    if merchant is not None:
        fields["merchant"] = merchant
    values: dict[str, Any] = {"address": f"https://hooks.example.com/{role}", "subjects": list(FOR_MERCHANTS)}
    return WebhookEndpoint.objects.create(**values | fields)
