"""A local stand-in for Stripe's API: sessions, refunds and transfers, once per Idempotency-Key, over real HTTP."""

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
    """`lost` counts answers that are dropped after the work was done; refunds begin with `refund_status`."""

    made: ClassVar[dict[str, dict[str, Any]]] = {}
    lost: ClassVar[int] = 0
    refund_status: ClassVar[str] = "succeeded"

    def do_POST(self) -> None:
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())
        key = self.headers.get("Idempotency-Key", "")
        kind = self.path.rsplit("/", 1)[-1]
        answer = self.made.setdefault(key, self._make(kind, body))
        if type(self).lost:
            type(self).lost -= 1
            self.connection.close()
            return
        self._answer(answer)

    def do_GET(self) -> None:
        if "/refunds/" in self.path:
            self._answer(next(one for one in self.made.values() if one["id"] == self.path.rsplit("/", 1)[-1]))
            return
        group = parse_qs(urlsplit(self.path).query).get("transfer_group", [""])[0]
        found = [one for one in self.made.values() if one.get("transfer_group") == group]
        self._answer({"object": "list", "data": found, "has_more": False, "url": "/v1/transfers"})

    def _make(self, kind: str, body: dict[str, list[str]]) -> dict[str, Any]:
        flat = {name: values[0] for name, values in body.items()}
        number = len(self.made) + 1
        match kind:
            case "sessions":
                return {"id": f"cs_{number}", "object": "checkout.session", "url": f"https://pay.example/{number}"}
            case "refunds":
                status, key = self.refund_status, flat["metadata[key]"]
                return {"id": f"re_{number}", "object": "refund", "status": status, "metadata": {"key": key}}
            case _:
                return {"id": f"tr_{number}", "object": "transfer", **flat, "amount": int(flat["amount"])}

    def _answer(self, content: dict[str, Any]) -> None:
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
    """Serve the stand-in and hand out its address."""
    StandInStripe.made.clear()
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
