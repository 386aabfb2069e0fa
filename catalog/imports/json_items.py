"""Products of a JSON file, one at a time, so that memory does not follow the size of the file."""

import json
from collections.abc import Iterator
from io import TextIOWrapper
from typing import Any

from catalog.imports.encodings import Encoding
from catalog.imports.limits import MAX_CELL_CHARS, MAX_ROW_CHARS
from catalog.imports.remarks import CatalogueStopped, StopReason
from catalog.imports.source_file import SourceFile
from catalog.imports.values.text import repair_bytes
from catalog.stock import MAX_VARIANTS

READ_CHARS = 64 * 1024
MAX_PRODUCT_CHARS = MAX_ROW_CHARS + 4 * 1024 * MAX_VARIANTS
SPACE = " \t\r\n"
LIST_KEYS = {"products", "items", "product"}
"""Under which a file on its first level has its products, or its one product."""


class JsonNumber(str):
    """A number as it is written, which no limit of integers and no rounding concerns."""

    __slots__ = ()


class _DamagedJson(Exception):
    """Text that is no JSON, or ends too early to be."""


DECODER = json.JSONDecoder(parse_int=JsonNumber, parse_float=JsonNumber, parse_constant=JsonNumber, strict=False)


class _JsonText:
    """The text of a file, of which only what was not read yet is in memory."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self._buffer, self._place = "", 0
        self._is_at_end = False
        self.row = 1
        self.has_wrong_bytes = False

    def peek(self, skipped: str = SPACE) -> str:
        """Return the next character that is none of those to skip, "" at the end."""
        while True:
            while self._place < len(self._buffer):
                if self._buffer[self._place] not in skipped:
                    return self._buffer[self._place]
                self._place += 1
            if not self._read_on(READ_CHARS):
                return ""

    def skip(self) -> None:
        self._place += 1

    def value(self) -> Any:
        """Return the next value. Raises _DamagedJson, and CatalogueStopped if it is too long."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._place)
            except RecursionError as error:
                raise _DamagedJson from error
            except json.JSONDecodeError as error:
                if not self._read_twice_as_much():
                    raise _DamagedJson from error
            else:
                if end < len(self._buffer) or not self._read_twice_as_much():
                    self._place = end
                    return value

    def _read_twice_as_much(self) -> bool:
        """Read on in a value that may only be cut off by the buffer. Doubling keeps repeated work small."""
        size = len(self._buffer) - self._place
        if size > MAX_PRODUCT_CHARS:
            raise CatalogueStopped(StopReason.ROW_TOO_LONG, row=self.row, limit=MAX_PRODUCT_CHARS)
        return self._read_on(max(size, READ_CHARS))

    def _read_on(self, size: int) -> bool:
        """Add to the buffer, and return whether there was anything."""
        data = "" if self._is_at_end else self._text.read(size)
        self._is_at_end = not data
        if data:
            repaired = data if data.isascii() else repair_bytes(data)
            self.has_wrong_bytes |= repaired != data
            self._buffer, self._place = self._buffer[self._place :] + repaired, 0
        return bool(data)


class JsonFile:
    """The products of a file. `ends_early` and `has_wrong_bytes` are right after all were read."""

    def __init__(self, source: SourceFile, encoding: Encoding) -> None:
        self._source, self._encoding = source, encoding
        self.ends_early, self.has_wrong_bytes = False, False

    def items(self) -> Iterator[Any]:
        """Yield the products as parsed, with numbers as JsonNumber. Raises CatalogueStopped."""
        with TextIOWrapper(self._source.open(), self._encoding.name, self._encoding.errors) as file:
            text = _JsonText(file)
            try:
                for item in _products(text):
                    yield item
                    text.row += 1
            except _DamagedJson as error:
                if text.row == 1:
                    raise CatalogueStopped(StopReason.JSON_DAMAGED) from error
                self.ends_early = True
            self.has_wrong_bytes = text.has_wrong_bytes
        self.ends_early |= self._source.ends_early


def _products(text: _JsonText) -> Iterator[Any]:
    if text.peek(SPACE + "\ufeff") == "{" and not _enter_list(text):
        yield text.value()
        return
    text.skip()  # the bracket of the list
    while (sign := text.peek(SPACE + ",")) != "]":
        if not sign:
            raise _DamagedJson
        item = text.value()
        if isinstance(item, dict) and any(
            isinstance(cell, str) and len(cell) > MAX_CELL_CHARS for cell in item.values()
        ):
            raise CatalogueStopped(StopReason.CELL_TOO_LONG, row=text.row, limit=MAX_CELL_CHARS)
        yield item


def _enter_list(text: _JsonText) -> bool:
    """Go to the list of products inside an object, or to its one product. Return whether it is a list."""
    text.skip()
    while text.peek(SPACE + ",") not in ("}", ""):
        key = text.value()
        if text.peek() != ":":
            raise _DamagedJson
        text.skip()
        if key in LIST_KEYS and (sign := text.peek()) in ("[", "{"):
            return sign == "["
        text.value()
    raise CatalogueStopped(StopReason.NOT_A_CATALOGUE) if text.peek() else _DamagedJson
