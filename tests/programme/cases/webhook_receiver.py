"""A receiver of webhooks with the faults that receivers have. Loopback only.

    python webhook_receiver.py PORT [LOG.jsonl]

The path is the role: /ok /fail (500, 500, then 204, counted for each webhook-id) /late (answers after 40 s) /gone (410) /busy (429, Retry-After: 7) /moved (301 to /ok)
/inward (302 to 127.0.0.1, port 1) /big (200 with 50 MB) /hangup (reads the body, closes without an answer). Each request is one line of the log:
seconds, role, webhook-id, webhook-timestamp, webhook-signature, the body's SHA-256 and length.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

START = time.monotonic()
COUNTS: Counter[str] = Counter()


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    log: Path | None = None

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        role = self.path.split("?")[0].strip("/") or "ok"
        self.attempt = f"{role} {self.headers.get('webhook-id')}"
        COUNTS[self.attempt] += 1
        line = {
            "at": round(time.monotonic() - START, 2),
            "role": role,
            "id": self.headers.get("webhook-id"),
            "timestamp": self.headers.get("webhook-timestamp"),
            "signature": self.headers.get("webhook-signature"),
            "sha256": hashlib.sha256(body).hexdigest(),
            "bytes": len(body),
        }
        if self.log:
            with self.log.open("a") as out:
                out.write(json.dumps(line) + "\n")
        getattr(self, f"as_{role}", self.as_ok)()

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def as_ok(self) -> None:
        self.answer(204)

    def as_fail(self) -> None:
        if COUNTS[self.attempt] % 3:
            self.answer(500, b"try again")
        else:
            self.answer(204)

    def as_late(self) -> None:
        time.sleep(40)
        self.answer(204)

    def as_gone(self) -> None:
        self.answer(410)

    def as_busy(self) -> None:
        self.answer(429, Retry_After="7")

    def as_moved(self) -> None:
        self.answer(301, Location="/ok")

    def as_inward(self) -> None:
        self.answer(302, Location="http://127.0.0.1:1/")

    def as_big(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(50_000_000))
        self.end_headers()
        try:
            for _ in range(50):
                self.wfile.write(bytes(1_000_000))
        except OSError:  # the sender has read enough and closed
            self.close_connection = True

    def as_hangup(self) -> None:
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    Receiver.log = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
