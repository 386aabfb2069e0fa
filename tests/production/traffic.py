"""Shoppers and creators who go on while a new version is deployed, and repeat what was not answered, as browsers do."""

import base64
import hashlib
import http.client
import json
import struct
import threading
import time
import uuid
from dataclasses import dataclass, field
from email.message import Message
from http.cookies import SimpleCookie
from typing import Any

from tests.production.outside import Shop
from tests.production.people import ADDRESS, STATE

FILE_NAME = "holiday.mp4"
PIECE_TYPE = "application/offset+octet-stream"
SECONDS_TO_GIVE_UP = 90


class Unanswered(Exception):
    """A request was repeated until the visitor gave up. The message has the last status or error."""


@dataclass
class Visitor:
    """A client with cookies, which repeats a request that was lost or answered with 5xx. `repeats` says what happened."""

    shop: Shop
    cookies: dict[str, str] = field(default_factory=dict)
    repeats: list[str] = field(default_factory=list)

    @property
    def _token(self) -> str:
        return next((value for name, value in self.cookies.items() if name.endswith("csrftoken")), "")

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Message, bytes]:
        """Return the first answer below 500. Raises Unanswered."""
        deadline = time.monotonic() + SECONDS_TO_GIVE_UP
        while True:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            own = {"Cookie": cookies, "Referer": f"{self.shop.url}/", "X-CSRFToken": self._token}
            try:
                status, answer, content = self.shop.send(method, path, body, own | (headers or {}))
            except (ConnectionError, http.client.HTTPException, TimeoutError) as error:
                problem = f"{method} {path}: {error!r}"
            else:
                self._keep_cookies(answer)
                if status < 500:
                    return status, answer, content
                problem = f"{method} {path}: {status}"
            self.repeats.append(problem)
            if time.monotonic() > deadline:
                raise Unanswered(problem)
            time.sleep(0.2)

    def _keep_cookies(self, answer: Message) -> None:
        for line in answer.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}


class Activity(threading.Thread):
    """Something that a visitor does again and again until `stop` is called."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__()
        self.visitor = visitor
        self._ends = threading.Event()
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            while not self._ends.is_set():
                self.act()
        except (Unanswered, AssertionError) as error:
            self._error = error

    def act(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """Let the visitor come to the end of what they are doing."""
        self._ends.set()
        self.join()

    def require_success(self) -> None:
        """Raise what went wrong, if anything did."""
        if self._error is not None:
            raise self._error


class Ordering(Activity):
    """Places more than one order a second, each as another guest of one network. `codes` has the code of the order for each key that was sent."""

    def __init__(self, visitor: Visitor, email: str) -> None:
        super().__init__(visitor)
        self.email = email
        self.codes: dict[str, str] = {}

    def act(self) -> None:
        self.visitor.cookies.clear()
        key = uuid.uuid4().hex
        order: dict[str, Any] = {"product": "clay-mug", "quantity": 1, "email": self.email}
        order["address"] = ADDRESS | {"region": STATE, "country_code": "US"}
        content = json.dumps(order).encode()
        status, _answer, content = self.visitor.send(
            "POST", "/api/v1/quote/", content, {"Content-Type": "application/json"}
        )
        assert status == 200, content
        order["expected_total_minor"] = json.loads(content)["total"]["amount_minor"]
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        status, _answer, content = self.visitor.send("POST", "/api/v1/checkout/", json.dumps(order).encode(), headers)
        assert status in (200, 201), content
        self.codes[key] = json.loads(content)["code"]
        time.sleep(0.6)  # at most 100 a minute: one address may write 120 times


class Uploading(Activity):
    """Uploads a clip again and again, in eight pieces each. `digests` has the SHA-256 of each file that arrived."""

    pieces = 8

    def __init__(self, visitor: Visitor, clip: bytes) -> None:
        super().__init__(visitor)
        self.clip = clip
        self.digests: list[str] = []

    def act(self) -> None:
        token = uuid.uuid4().bytes
        content = self.clip + struct.pack(">I4s", 8 + len(token), b"free") + token  # an MP4 box that players skip
        name = base64.b64encode(FILE_NAME.encode()).decode()
        start = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"}
        status, answer, body = self.visitor.send("POST", "/api/v1/uploads/", b"", start)
        assert status == 201, body
        path = answer["Location"].removeprefix(self.visitor.shop.url)
        offset = 0
        while offset < len(content):
            offset = self._send_piece(path, content, offset)
            time.sleep(0.3)
        self.digests.append(hashlib.sha256(content).hexdigest())

    def _send_piece(self, path: str, content: bytes, offset: int) -> int:
        """Send one piece and return the new offset. Ask for it if the server has another one, as tus clients do."""
        piece = content[offset : offset + len(content) // self.pieces + 1]
        headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": PIECE_TYPE}
        status, answer, body = self.visitor.send("PATCH", path, piece, headers)
        if status == 409:
            status, answer, body = self.visitor.send("HEAD", path, None, {"Tus-Resumable": "1.0.0"})
        assert status in (200, 204), (status, body)
        return int(answer["Upload-Offset"])
