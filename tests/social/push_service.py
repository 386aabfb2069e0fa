"""A push service of this machine: it keeps what it gets, and opens it as a browser would."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from catalog.public_web.client import Endpoint, PublicWeb, dial

PUBLIC = "93.184.215.14"
SECRET = b"sixteen bytes ok"


def encode(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class PushService:
    """Answers with `status`. Names resolve to `address`; a public one leads here."""

    port: int
    status: int = 201
    address: str = PUBLIC
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def browser(self) -> dict[str, str]:
        """Return what a browser sends when it subscribes."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": "https://push.example.net/send/1",
            "public_key": encode(point),
            "auth_secret": encode(SECRET),
        }

    def web(self) -> PublicWeb:
        return PublicWeb(resolve=self._resolve, dial=self._dial, encrypt=lambda connected, _host: connected)

    def read(self) -> list[dict[str, Any]]:
        """Return the payloads that came, decrypted."""
        return [json.loads(self._decrypt(body)) for _path, _headers, body in self.requests]

    def _decrypt(self, body: bytes) -> bytes:
        content: bytes = http_ece.decrypt(body, private_key=self.key, auth_secret=SECRET, version="aes128gcm")
        return content

    def _resolve(self, _host: str, port: int) -> list[Endpoint]:
        return [(self.address, port)]

    def _dial(self, endpoint: Endpoint, timeout_s: float) -> Any:
        return dial(("127.0.0.1", self.port) if endpoint[0] == PUBLIC else endpoint, timeout_s)


class _Handler(BaseHTTPRequestHandler):
    service: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.service.requests.append((self.path, headers, body))
        self.send_response(self.service.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Keep quiet."""


@contextmanager
def run_push_service() -> Iterator[PushService]:
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        service = PushService(server.server_port)
        handler.service = service  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
