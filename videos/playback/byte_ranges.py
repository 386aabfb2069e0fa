"""Parser for the HTTP Range header. No Django here. Source: RFC 9110, section 14."""

import re
from dataclasses import dataclass

MAX_CHUNK_BYTES = 1 << 20
"""Longer ranges are cut to this size, so that a slow client does not block a worker. Players request the rest."""

_SINGLE = re.compile(r"bytes=(\d*)-(\d*)")


class Unsatisfiable(Exception):
    """The range starts beyond the end of the file. The response should have status 416."""


@dataclass(frozen=True)
class ByteRange:
    """A range of bytes. Both `first` and `last` are part of it."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def content_range(self, size_bytes: int) -> str:
        return f"bytes {self.first}-{self.last}/{size_bytes}"


def read_range(header: str, size_bytes: int) -> ByteRange | None:
    """Return the range to send, at most MAX_CHUNK_BYTES long, or None to send the whole file.

    Headers with several ranges or a unit other than bytes are ignored, as the RFC allows. Raises Unsatisfiable.
    """
    match = _SINGLE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    begin, end = match.groups()
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
