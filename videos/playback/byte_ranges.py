"""The Range header of one request. Source: RFC 9110, section 14. No Django here."""

import re
from dataclasses import dataclass

MAX_CHUNK_BYTES = 1 << 20
"""A larger answer is cut to this: players ask again, and no worker is held by a slow reader."""

_SINGLE = re.compile(r"bytes=(\d*)-(\d*)")


class Unsatisfiable(Exception):
    """The range begins behind the end of the file; answer 416."""


@dataclass(frozen=True)
class ByteRange:
    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def content_range(self, size_bytes: int) -> str:
        return f"bytes {self.first}-{self.last}/{size_bytes}"


def read_range(header: str, size_bytes: int) -> ByteRange | None:
    """Return what to send, at most MAX_CHUNK_BYTES; None for the whole file. Raises Unsatisfiable.

    Several ranges in one header, and what is not a range of bytes, are ignored, as the RFC allows.
    """
    found = _SINGLE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    begin, end = found.groups()
    if begin == "":
        first, last = max(0, size_bytes - int(end)), size_bytes - 1
        if int(end) == 0:
            raise Unsatisfiable
    else:
        first, last = int(begin), min(int(end), size_bytes - 1) if end else size_bytes - 1
        if end and int(end) < first:
            return None
    if first >= size_bytes:
        raise Unsatisfiable
    return ByteRange(first, min(last, first + MAX_CHUNK_BYTES - 1))
