"""Fetches the file of a source from its address: https only, from the public web only, within limits of bytes and time."""

import hashlib
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from typing import IO
from urllib.parse import urlsplit

from catalog.imports.limits import MAX_FILE_BYTES
from catalog.imports.schedule.failures import FetchFailure
from catalog.public_web.client import (
    NO_VALIDATORS,
    NotPublic,
    PublicWeb,
    TooManyRedirects,
    Validators,
    read_validators,
)

TOTAL_S = 300.0
READ_BYTES = 256 * 1024
MEGABYTE = 1024**2
FAILURES = {
    401: FetchFailure.SIGN_IN,
    403: FetchFailure.SIGN_IN,
    404: FetchFailure.NOT_FOUND,
    410: FetchFailure.NOT_FOUND,
    429: FetchFailure.TOO_OFTEN,
}


class SourceNotFetched(Exception):
    """A source whose file can't be had now. `retry_after` is what the server says of when to ask again, or ""."""

    def __init__(self, failure: FetchFailure, *, retry_after: str = "", **values: int) -> None:
        self.failure, self.retry_after, self.values = failure, retry_after, values
        super().__init__(failure.value)


class _NotHttps(Exception):
    """A redirect leads to an address without https. Nothing was sent to it."""


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """Where a file is, the name and password that its server asks for, and the version that was fetched last."""

    address: str
    user_name: str = ""
    password: str = field(default="", repr=False)
    known: Validators = NO_VALIDATORS

    def headers_for(self, address: str) -> Mapping[str, str]:
        """Return what is sent to an address. Name, password and version are for the source's own server only.

        Raises _NotHttps.
        """
        if not address.lower().startswith("https://"):
            raise _NotHttps
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if _origin(address) != _origin(self.address):
            return headers
        if self.user_name or self.password:
            token = b64encode(f"{self.user_name}:{self.password}".encode()).decode()
            headers["Authorization"] = f"Basic {token}"
        return headers | self.known.headers


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that was written in full, or, without a digest, one that did not change."""

    digest: str
    size_bytes: int
    validators: Validators


class SourceFetcher:
    def __init__(
        self, web: PublicWeb | None = None, *, total_s: float = TOTAL_S, max_bytes: int = MAX_FILE_BYTES
    ) -> None:
        self._web, self._total_s, self._max_bytes = web or PublicWeb(), total_s, max_bytes

    def fetch(self, request: SourceRequest, into: IO[bytes]) -> FetchedFile:
        """Write what is at the address into a file. Raises SourceNotFetched."""
        ends_at = time.monotonic() + self._total_s
        try:
            with self._web.open(request.address, headers_for=request.headers_for, ends_at=ends_at) as response:
                _require_file(response, request.known)
                if response.status == 304:
                    return FetchedFile("", 0, request.known)
                return self._copy(response, into)
        except NotPublic as error:
            raise SourceNotFetched(FetchFailure.NOT_PUBLIC) from error
        except _NotHttps as error:
            raise SourceNotFetched(FetchFailure.NOT_HTTPS) from error
        except TooManyRedirects as error:
            raise SourceNotFetched(FetchFailure.TOO_MANY_REDIRECTS) from error
        except TimeoutError as error:
            raise SourceNotFetched(FetchFailure.TOO_SLOW, limit=int(self._total_s)) from error
        except (OSError, HTTPException, ValueError) as error:
            raise SourceNotFetched(FetchFailure.UNREACHABLE) from error

    def _copy(self, response: HTTPResponse, into: IO[bytes]) -> FetchedFile:
        digest, size = hashlib.sha256(), 0
        self._require_size(response.length or 0)
        try:
            while part := response.read(READ_BYTES):
                size += len(part)
                self._require_size(size)
                digest.update(part)
                _write(part, into)
        except (HTTPException, ConnectionError) as error:
            raise SourceNotFetched(FetchFailure.CUT_OFF) from error
        if response.length:
            raise SourceNotFetched(FetchFailure.CUT_OFF)
        return FetchedFile(digest.hexdigest(), size, read_validators(response))

    def _require_size(self, size_bytes: int) -> None:
        """Raises SourceNotFetched if a file of this size is too large."""
        if size_bytes > self._max_bytes:
            raise SourceNotFetched(FetchFailure.TOO_LARGE, limit=self._max_bytes // MEGABYTE)


def _write(part: bytes, into: IO[bytes]) -> None:
    try:
        into.write(part)
    except OSError as error:
        raise SourceNotFetched(FetchFailure.NOT_STORED) from error


def _require_file(response: HTTPResponse, known: Validators) -> None:
    """Raises SourceNotFetched if the answer is neither a file nor that it did not change."""
    if response.status == 200 or (response.status == 304 and known != NO_VALIDATORS):
        return
    failure = FAILURES.get(response.status, FetchFailure.SERVER_ERROR)
    raise SourceNotFetched(failure, retry_after=response.headers["Retry-After"] or "", status=response.status)


def _origin(address: str) -> tuple[str | None, int]:
    parts = urlsplit(address)
    return parts.hostname, parts.port or 443
