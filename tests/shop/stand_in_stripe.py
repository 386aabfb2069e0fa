"""A local replacement for Stripe's API over real HTTP: sessions, refunds and transfers, once per Idempotency-Key."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit


class StandInStripe(BaseHTTPRequestHandler):
    """Drops the next `lost` responses after doing the work. New refunds have the status `refund_status`."""

    objects: ClassVar[dict[str, dict[str, Any]]] = {}
    lost: ClassVar[int] = 0
    refund_status: ClassVar[str] = "succeeded"

    def do_POST(self) -> None:
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())
        key = self.headers.get("Idempotency-Key", "")
        kind = self.path.rsplit("/", 1)[-1]
        response = self.objects.setdefault(key, self.build_object(kind, body))
        if type(self).lost:
            type(self).lost -= 1
            self.connection.close()
            return
        self.respond(response)

    def do_GET(self) -> None:
        if "/refunds/" in self.path:
            self.respond(next(obj for obj in self.objects.values() if obj["id"] == self.path.rsplit("/", 1)[-1]))
            return
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        transfers = [obj for obj in self.objects.values() if obj.get("transfer_group") == query.get("transfer_group")]
        ids = [obj["id"] for obj in transfers]
        start = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        page = transfers[start : start + int(query.get("limit", 10))]
        has_more = start + len(page) < len(transfers)
        self.respond({"object": "list", "data": page, "has_more": has_more, "url": "/v1/transfers"})

    def build_object(self, kind: str, body: dict[str, list[str]]) -> dict[str, Any]:
        fields: dict[str, Any] = {name: values[0] for name, values in body.items()}
        number = len(self.objects) + 1
        match kind:
            case "sessions":
                return {"id": f"cs_{number}", "object": "checkout.session", "url": f"https://pay.example/{number}"}
            case "refunds":
                status, key = self.refund_status, fields["metadata[key]"]
                return {"id": f"re_{number}", "object": "refund", "status": status, "metadata": {"key": key}}
            case _:
                key = fields.pop("metadata[key]", "")
                fields |= {"amount": int(fields["amount"]), "amount_reversed": 0, "metadata": {"key": key}}
                return {"id": f"tr_{number}", "object": "transfer", **fields}

    def respond(self, content: dict[str, Any]) -> None:
        data = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: Any) -> None:
        return


@contextmanager
def running_stand_in() -> Iterator[str]:
    """Run the server and yield its base URL."""
    StandInStripe.objects.clear()
    StandInStripe.lost = 0
    StandInStripe.refund_status = "succeeded"
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandInStripe)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def signed(event: dict[str, Any], secret: str, *, at: float | None = None) -> tuple[bytes, str]:
    """Return a webhook's body and its signature header. Source: docs.stripe.com/webhooks/signature."""
    body = json.dumps(event).encode()
    moment = int(at if at is not None else time.time())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={moment},v1={digest}"
