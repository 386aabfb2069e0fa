"""Fetches pictures from the public web, within limits of bytes and time."""

import io
import time
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse

from accounts.picture_rules import MAX_BYTES
from catalog.imports.remarks import PictureFailure
from catalog.public_web.client import NO_VALIDATORS, NotPublic, PublicWeb, TooManyRedirects, Validators, read_validators

TOTAL_S = 30.0
READ_BYTES = 64 * 1024


class NotFetched(Exception):
    """There is no picture to be had from an address."""

    def __init__(self, failure: PictureFailure) -> None:
        self.failure = failure
        super().__init__(failure.value)


@dataclass(frozen=True, slots=True)
class Fetched:
    data: bytes | None
    """None if the version is the one that the validators name."""
    validators: Validators


class PictureFetcher:
    """Fetches pictures, without names and passwords."""

    def __init__(self, web: PublicWeb | None = None, *, total_s: float = TOTAL_S) -> None:
        self._web, self._total_s = web or PublicWeb(), total_s

    def fetch(self, address: str, known: Validators = NO_VALIDATORS) -> Fetched:
        """Return what is at an address, at most 25 MB, following redirects. Raises NotFetched."""
        headers = {"Accept": "image/*"} | known.headers
        ends_at = time.monotonic() + self._total_s
        try:
            with self._web.open(address, headers_for=lambda _address: headers, ends_at=ends_at) as response:
                return _read(response, known)
        except NotPublic as error:
            raise NotFetched(PictureFailure.NOT_PUBLIC) from error
        except TooManyRedirects as error:
            raise NotFetched(PictureFailure.TOO_MANY_REDIRECTS) from error
        except TimeoutError as error:
            raise NotFetched(PictureFailure.TOO_SLOW) from error
        except (OSError, HTTPException, ValueError) as error:
            raise NotFetched(PictureFailure.UNREACHABLE) from error


def _read(response: HTTPResponse, known: Validators) -> Fetched:
    if response.status == 304 and known != NO_VALIDATORS:
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
    return Fetched(data.getvalue(), read_validators(response))
