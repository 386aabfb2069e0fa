"""The bytes of a catalogue file, unpacked and within limits, and what kind of file they are."""

import io
import re
import zlib
from enum import StrEnum
from typing import IO

from catalog.imports.limits import (
    MAX_FILE_BYTES,
    MAX_UNPACKED_RATIO,
    RATIO_COUNTS_FROM_BYTES,
)
from catalog.imports.remarks import CatalogueStopped, StopReason

GZIP = b"\x1f\x8b"
GZIP_FORMAT = 31
"""What zlib calls a gzip header and the largest window."""
PACKED_BYTES = 16 * 1024
HEAD_BYTES = 8 * 1024
MEGABYTE = 1024**2
SIGNATURES = {
    b"\xd0\xcf\x11\xe0": StopReason.WORKBOOK,
    GZIP: StopReason.ARCHIVE,
    b"BZh": StopReason.ARCHIVE,
    b"\xfd7zXZ": StopReason.ARCHIVE,
    b"\x28\xb5\x2f\xfd": StopReason.ARCHIVE,
    b"7z\xbc\xaf": StopReason.ARCHIVE,
    b"Rar!": StopReason.ARCHIVE,
    b"%PDF": StopReason.NOT_TEXT,
    b"\x89PNG": StopReason.NOT_TEXT,
    b"GIF8": StopReason.NOT_TEXT,
    b"\xff\xd8\xff": StopReason.NOT_TEXT,
    b"SQLite format": StopReason.NOT_TEXT,
}
WORKBOOK_PARTS = (b"[Content_Types].xml", b"xl/", b"mimetypeapplication/vnd.oasis", b"_rels/")
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
WEB_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>)?\s*(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|script|style|meta|title|link|h1|h2|p|br|b|div|span|table|center|form)\b",
    re.IGNORECASE | re.DOTALL,
)
CONTROLS = bytes([*range(9), 11, 12, *range(14, 27), *range(28, 32)])


class Syntax(StrEnum):
    DELIMITED = "delimited"
    XML = "xml"
    JSON = "json"


class SourceFile:
    """A seekable binary file, which may be gzipped. It is read from the start as often as needed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.ends_early = False
        """Whether the compressed data broke off, as far as they were read."""
        file.seek(0)
        self._is_packed = file.read(2) == GZIP

    def open(self) -> io.BufferedReader:
        """Return the unpacked bytes. Reading raises CatalogueStopped at a limit."""
        self._file.seek(0)
        return io.BufferedReader(_LimitedBytes(self, self._file, self._is_packed), buffer_size=64 * 1024)

    def head(self) -> bytes:
        return self.open().read(HEAD_BYTES)


class _Unpacked:
    """The bytes of a gzipped file. What stands before a fault is not lost, as it is with Python's gzip module."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = zlib.decompressobj(GZIP_FORMAT)
        self._packed = b""
        self.is_damaged = False

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes, none at the end or at a fault."""
        while not self.is_damaged:
            self._packed = self._packed or self._file.read(PACKED_BYTES)
            if self._decoder.eof:
                if not self._packed.startswith(GZIP):
                    return b""  # padding after the last of the parts
                self._decoder = zlib.decompressobj(GZIP_FORMAT)
            try:
                data = self._decoder.decompress(self._packed, size)
            except zlib.error:
                self.is_damaged = True
                return b""
            is_over = not self._packed and not data
            self._packed = self._decoder.unconsumed_tail or self._decoder.unused_data
            if data:
                return data
            self.is_damaged = is_over and not self._decoder.eof
        return b""


class _LimitedBytes(io.RawIOBase):
    def __init__(self, owner: SourceFile, file: IO[bytes], is_packed: bool) -> None:
        self._owner, self._file, self._is_packed = owner, file, is_packed
        self._unpacked = _Unpacked(file) if is_packed else None
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = (self._unpacked or self._file).read(len(buffer))
        if self._unpacked and self._unpacked.is_damaged:
            self._owner.ends_early = True
        self._count += len(data)
        self._check_limits()
        buffer[: len(data)] = data
        return len(data)

    def _check_limits(self) -> None:
        if self._count > MAX_FILE_BYTES:
            reason = StopReason.UNPACKED_TOO_LARGE if self._is_packed else StopReason.FILE_TOO_LARGE
            raise CatalogueStopped(reason, limit=MAX_FILE_BYTES // MEGABYTE)
        # The position is ahead of what was unpacked by a buffer at most, which errs on the lenient side.
        is_far = self._is_packed and self._count > MAX_UNPACKED_RATIO * self._file.tell()
        if is_far and self._count > RATIO_COUNTS_FROM_BYTES:
            raise CatalogueStopped(StopReason.UNPACKED_TOO_FAR, limit=MAX_UNPACKED_RATIO)


def detect_syntax(source: SourceFile) -> tuple[Syntax, str]:
    """Return the syntax of a file, and the encoding that its byte order shows or "".

    Raises CatalogueStopped if the file is none that can be read.
    """
    head = source.head()
    if not head and source.ends_early:
        raise CatalogueStopped(StopReason.CUT_OFF)
    return _syntax_of(head)


def _syntax_of(head: bytes) -> tuple[Syntax, str]:
    if head.startswith(b"PK\x03\x04"):
        is_workbook = any(part in head for part in WORKBOOK_PARTS)
        raise CatalogueStopped(StopReason.WORKBOOK if is_workbook else StopReason.ARCHIVE)
    for signature, reason in SIGNATURES.items():
        if head.startswith(signature):
            raise CatalogueStopped(reason)
    encoding = _encoding_by_byte_order(head)
    if not encoding and len(head.translate(None, CONTROLS)) < 0.9 * len(head):
        raise CatalogueStopped(StopReason.NOT_TEXT)
    text = head.decode(encoding or "latin-1", "ignore").lstrip("\ufeff \t\r\n\0")
    if not text:
        raise CatalogueStopped(StopReason.EMPTY)
    if WEB_PAGE.match(text):
        raise CatalogueStopped(StopReason.WEB_PAGE)
    if text.startswith("<"):
        return Syntax.XML, encoding
    return (Syntax.JSON if text[0] in "{[" else Syntax.DELIMITED), encoding


def _encoding_by_byte_order(head: bytes) -> str:
    """Return what a byte order mark says, or else UTF-16 if every other byte is 0, or else ""."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    if pairs > 1 and head[1 : 2 * pairs : 2].count(0) > 0.6 * pairs and head[0 : 2 * pairs : 2].count(0) < 0.1 * pairs:
        return "utf-16-le"
    if pairs > 1 and head[0 : 2 * pairs : 2].count(0) > 0.6 * pairs and head[1 : 2 * pairs : 2].count(0) < 0.1 * pairs:
        return "utf-16-be"
    return ""
