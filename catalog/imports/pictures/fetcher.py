"""Fetches pictures from the public web, and connects to nothing else.

A name is resolved once for each hop, all its addresses are checked, and one that was checked is dialled. No proxy, cookie
or password is ever used.
"""

import io
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib.parse import urljoin, urlsplit

from accounts.picture_rules import MAX_BYTES
from catalog.imports.pictures.connections import open_http, remaining_s
from catalog.imports.pictures.public_networks import is_public
from catalog.imports.remarks import PictureFailure
from catalog.imports.values.picture_addresses import check_address

type Endpoint = tuple[str, int]
"""IP address and port."""
TOTAL_S = 30.0
CONNECT_S = 10.0
MAX_REDIRECTS = 5
MAX_DIALLED = 3
"""Addresses of one name."""
MAX_VALIDATOR_CHARS = 200
READ_BYTES = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
USER_AGENT = "feedsite catalogue import"


class NotFetched(Exception):
    """There is no picture to be had from an address."""

    def __init__(self, failure: PictureFailure) -> None:
        self.failure = failure
        super().__init__(failure.value)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of the version that it sent. It answers 304 if that is still the one."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    data: bytes | None
    """None if the version is the one that the validators name."""
    validators: Validators


def resolve_name(host: str, port: int) -> list[Endpoint]:
    """Return what a name resolves to. Raises OSError."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(address[0]), port) for *_rest, address in entries]


def dial(endpoint: Endpoint, timeout_s: float) -> socket.socket:
    return socket.create_connection(endpoint, timeout=timeout_s)


class PictureFetcher:
    """Fetches from public addresses. Tests give their own resolver and dialler; the check between both always holds."""

    def __init__(
        self,
        *,
        resolve: Callable[[str, int], list[Endpoint]] = resolve_name,
        dial: Callable[[Endpoint, float], socket.socket] = dial,
        total_s: float = TOTAL_S,
    ) -> None:
        self._resolve, self._dial, self._total_s = resolve, dial, total_s

    def fetch(self, address: str, known: Validators = Validators()) -> Fetched:
        """Return what is at an address, at most 25 MB, following redirects. Raises NotFetched."""
        ends_at = time.monotonic() + self._total_s
        try:
            for _hop in range(MAX_REDIRECTS + 1):
                answer = self._ask(address, known, ends_at)
                if isinstance(answer, Fetched):
                    return answer
                address = urljoin(address, answer)
        except TimeoutError as error:
            raise NotFetched(PictureFailure.TOO_SLOW) from error
        except (OSError, HTTPException, ValueError) as error:
            raise NotFetched(PictureFailure.UNREACHABLE) from error
        raise NotFetched(PictureFailure.TOO_MANY_REDIRECTS)

    def _ask(self, address: str, known: Validators, ends_at: float) -> Fetched | str:
        """Return what one server answers: a picture, or the address that it redirects to."""
        checked, refusal = check_address(address)
        if refusal:
            raise NotFetched(PictureFailure.NOT_PUBLIC)
        parts = urlsplit(checked)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with self._connect(host, port, ends_at, is_encrypted=parts.scheme == "https") as connected:
            connection = open_http(connected, host=host, ends_at=ends_at)
            headers = {"Host": parts.netloc, "User-Agent": USER_AGENT, "Accept": "image/*", "Connection": "close"}
            if known.etag:
                headers["If-None-Match"] = known.etag
            if known.last_modified:
                headers["If-Modified-Since"] = known.last_modified
            connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, headers=headers)
            with connection.getresponse() as response:
                return _read(response, known)

    def _connect(self, host: str, port: int, ends_at: float, *, is_encrypted: bool) -> socket.socket:
        """Return a connection to an address of the host, all of which are public."""
        endpoints = list(dict.fromkeys(self._resolve(host, port)))
        if not endpoints or not all(is_public(ip) for ip, _port in endpoints):
            raise NotFetched(PictureFailure.NOT_PUBLIC)
        connected = self._dial_any(endpoints[:MAX_DIALLED], ends_at)
        if not is_encrypted:
            return connected
        connected.settimeout(remaining_s(ends_at))
        try:
            return ssl.create_default_context().wrap_socket(connected, server_hostname=host)
        except OSError:
            connected.close()
            raise

    def _dial_any(self, endpoints: list[Endpoint], ends_at: float) -> socket.socket:
        for endpoint in endpoints[:-1]:
            try:
                return self._dial(endpoint, min(CONNECT_S, remaining_s(ends_at)))
            except OSError:
                continue
        return self._dial(endpoints[-1], min(CONNECT_S, remaining_s(ends_at)))


def _read(response: HTTPResponse, known: Validators) -> Fetched | str:
    if response.status in REDIRECTS and (location := response.headers["Location"]):
        return str(location)
    if response.status == 304 and known != Validators():
        return Fetched(None, known)
    if response.status in (404, 410):
        raise NotFetched(PictureFailure.NOT_FOUND)
    if response.status != 200:
        raise NotFetched(PictureFailure.UNREACHABLE)
    if (response.length or 0) > MAX_BYTES:
        raise NotFetched(PictureFailure.TOO_LARGE)
    data = io.BytesIO()
    while part := response.read(READ_BYTES):
        data.write(part)
        if data.tell() > MAX_BYTES:
            raise NotFetched(PictureFailure.TOO_LARGE)
    if response.length:
        raise NotFetched(PictureFailure.UNREACHABLE)  # the connection ended early
    validators = Validators(_validator(response, "ETag"), _validator(response, "Last-Modified"))
    return Fetched(data.getvalue(), validators)


def _validator(response: HTTPResponse, name: str) -> str:
    """Return a header to send back next time, or "" if it is no single line of printable ASCII."""
    value = response.headers[name] or ""
    return value if value.isascii() and value.isprintable() and len(value) <= MAX_VALIDATOR_CHARS else ""
