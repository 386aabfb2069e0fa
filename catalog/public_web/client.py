"""Requests to the public web. A name is resolved once for each hop, all its addresses are checked, and one that was
checked is dialled. No proxy and no cookie is ever used.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPResponse
from urllib.parse import urljoin, urlsplit

from catalog.public_web.addresses import check_address
from catalog.public_web.connections import open_http, remaining_s
from catalog.public_web.networks import is_public

type Endpoint = tuple[str, int]
"""IP address and port."""
CONNECT_S = 10.0
MAX_REDIRECTS = 5
MAX_DIALLED = 3
"""Addresses of one name."""
MAX_VALIDATOR_CHARS = 200
REDIRECTS = frozenset({301, 302, 303, 307, 308})
USER_AGENT = "feedsite catalogue import"


class NotPublic(Exception):
    """An address, or one that it redirects to, leads to no server on the public web. Nothing was connected to."""


class TooManyRedirects(Exception):
    """An address redirects too often."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of the version that it sent. It answers 304 if that is still the one."""

    etag: str = ""
    last_modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True)
class PostAnswer:
    """What a server answered to a POST. The rest of a longer body was not read."""

    status: int
    headers: Message
    body: bytes


def read_validators(response: HTTPResponse) -> Validators:
    return Validators(_validator(response, "ETag"), _validator(response, "Last-Modified"))


def _validator(response: HTTPResponse, name: str) -> str:
    """Return a header to send back next time, or "" if it is no single line of printable ASCII."""
    value = response.headers[name] or ""
    return value if value.isascii() and value.isprintable() and len(value) <= MAX_VALIDATOR_CHARS else ""


def resolve_name(host: str, port: int) -> list[Endpoint]:
    """Return what a name resolves to. Raises OSError."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(address[0]), port) for *_rest, address in entries]


def dial(endpoint: Endpoint, timeout_s: float) -> socket.socket:
    return socket.create_connection(endpoint, timeout=timeout_s)


def encrypt(connected: socket.socket, host: str) -> socket.socket:
    """Return the connection with TLS, after the server has shown a certificate for the host. Raises OSError."""
    return ssl.create_default_context().wrap_socket(connected, server_hostname=host)


class PublicWeb:
    """Opens public addresses. Tests give their own resolver and dialler; the check between both always holds."""

    def __init__(
        self,
        *,
        resolve: Callable[[str, int], list[Endpoint]] = resolve_name,
        dial: Callable[[Endpoint, float], socket.socket] = dial,
        encrypt: Callable[[socket.socket, str], socket.socket] = encrypt,
    ) -> None:
        self._resolve, self._dial, self._encrypt = resolve, dial, encrypt

    @contextmanager
    def open(
        self, address: str, *, headers_for: Callable[[str], Mapping[str, str]], ends_at: float
    ) -> Iterator[HTTPResponse]:
        """Yield what is at an address after at most five redirects. `ends_at` is a time of `time.monotonic`.

        `headers_for` gets the address of each hop, so that what is meant for one host is not sent to another.
        Raises NotPublic, TooManyRedirects, TimeoutError, OSError, HTTPException, and ValueError for a malformed redirect.
        """
        for _hop in range(MAX_REDIRECTS + 1):
            with self._ask(address, headers_for(address), ends_at) as response:
                location = response.headers["Location"] if response.status in REDIRECTS else None
                if not location:
                    yield response
                    return
            address = urljoin(address, location)
        raise TooManyRedirects

    def post(self, address: str, *, headers: Mapping[str, str], body: bytes, ends_at: float) -> int:
        """Post to an address and return the status. Redirects are not followed. Raises what `open` does."""
        return self.post_and_read(address, headers=headers, body=body, ends_at=ends_at, most_bytes=0).status

    def post_and_read(
        self, address: str, *, headers: Mapping[str, str], body: bytes, ends_at: float, most_bytes: int
    ) -> PostAnswer:
        """Post to an address, and return the answer with the beginning of its body. Raises what `open` does."""
        with self._ask(address, headers, ends_at, body) as response:
            return PostAnswer(response.status, response.headers, response.read(most_bytes))

    def require_public(self, address: str) -> None:
        """Look up the host of an address that `check_address` returned. Raises NotPublic and OSError."""
        parts = urlsplit(address)
        self._resolve_public(parts.hostname or "", parts.port or 443)

    @contextmanager
    def _ask(
        self, address: str, headers: Mapping[str, str], ends_at: float, body: bytes | None = None
    ) -> Iterator[HTTPResponse]:
        """Yield what one server answers: to a POST if there is a body, otherwise to a GET."""
        checked, fault = check_address(address)
        if fault:
            raise NotPublic
        parts = urlsplit(checked)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with self._connect(host, port, ends_at, is_encrypted=parts.scheme == "https") as connected:
            connection = open_http(connected, host=host, ends_at=ends_at)
            own = {"Host": parts.netloc, "Connection": "close"}
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            connection.request(
                "GET" if body is None else "POST", path, body=body, headers={"User-Agent": USER_AGENT, **headers, **own}
            )
            with connection.getresponse() as response:
                yield response

    def _connect(self, host: str, port: int, ends_at: float, *, is_encrypted: bool) -> socket.socket:
        """Return a connection to an address of the host, all of which are public."""
        connected = self._dial_any(self._resolve_public(host, port)[:MAX_DIALLED], ends_at)
        if not is_encrypted:
            return connected
        try:
            connected.settimeout(remaining_s(ends_at))
            return self._encrypt(connected, host)
        except OSError:
            connected.close()
            raise

    def _resolve_public(self, host: str, port: int) -> list[Endpoint]:
        """Return what a host resolves to. Raises NotPublic unless all of it is public."""
        endpoints = list(dict.fromkeys(self._resolve(host, port)))
        if not endpoints or not all(is_public(ip) for ip, _port in endpoints):
            raise NotPublic
        return endpoints

    def _dial_any(self, endpoints: list[Endpoint], ends_at: float) -> socket.socket:
        for endpoint in endpoints[:-1]:
            try:
                return self._dial(endpoint, min(CONNECT_S, remaining_s(ends_at)))
            except OSError:
                continue
        return self._dial(endpoints[-1], min(CONNECT_S, remaining_s(ends_at)))
