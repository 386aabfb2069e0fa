"""Products of a JSON file, one at a time, so that memory does not follow the size of the file."""

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, Any

import ijson

from catalog.imports.encodings import Encoding
from catalog.imports.limits import MAX_CELL_CHARS, MAX_ROW_CHARS, MAX_VARIANTS
from catalog.imports.remarks import CatalogueStopped, StopReason
from catalog.imports.source_file import SourceFile
from catalog.imports.values.text import repair_bytes

READ_BYTES = 64 * 1024
MAX_PRODUCT_BYTES = MAX_ROW_CHARS + 8 * 1024 * MAX_VARIANTS
MAX_DEPTH = 1_000
QUOTE = re.compile(rb'(?<!\\)"')
PREFIXES = {"products": "products.item", "product": "product", "items": "items.item"}
"""Where the products stand in a file whose first level has a key of this name."""


class _Utf8Reader:
    """What the parser reads: UTF-8, with limits on what it has to keep in memory at once."""

    def __init__(self, file: IO[bytes], encoding: Encoding) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding.name)(encoding.errors)
        self._since_product, self._since_quote, self._depth = 0, 0, 0
        self.row = 1

    def read(self, size: int = -1) -> bytes:
        if not size:
            return b""  # the parser asks for nothing to learn that it gets bytes
        data = self._file.read(READ_BYTES)
        text = self._decoder.decode(data, final=not data).removeprefix("\ufeff")
        while data and not text:
            data = self._file.read(READ_BYTES)
            text = self._decoder.decode(data, final=not data)
        data = repair_bytes(text).encode("utf-8", "replace")
        self._check(data)
        return data

    def begin_product(self, row: int) -> None:
        self.row, self._since_product = row, 0

    def _check(self, data: bytes) -> None:
        self._since_product += len(data)
        if self._since_product > MAX_PRODUCT_BYTES:
            raise CatalogueStopped(StopReason.ROW_TOO_LONG, row=self.row, limit=MAX_PRODUCT_BYTES)
        quotes = [match.start() for match in QUOTE.finditer(data)]
        borders = [-self._since_quote, *quotes, len(data)]
        longest = max(later - earlier for earlier, later in pairwise(borders))
        self._since_quote = len(data) - quotes[-1] if quotes else self._since_quote + len(data)
        if longest > 4 * MAX_CELL_CHARS:  # a character has up to four bytes
            raise CatalogueStopped(StopReason.CELL_TOO_LONG, row=self.row, limit=MAX_CELL_CHARS)
        self._depth += data.count(b"[") + data.count(b"{") - data.count(b"]") - data.count(b"}")
        if self._depth > MAX_DEPTH:
            raise CatalogueStopped(StopReason.JSON_DAMAGED)


class JsonFile:
    """The products of a file. `ends_early` is right after all were read."""

    def __init__(self, source: SourceFile, encoding: Encoding) -> None:
        self._source, self._encoding = source, encoding
        self.ends_early = False

    def items(self) -> Iterator[Any]:
        """Yield the products as parsed, with numbers as int or Decimal. Raises CatalogueStopped."""
        prefix, number = self._find_prefix(), 0
        with self._source.open() as file:
            reader = _Utf8Reader(file, self._encoding)
            try:
                for item in ijson.items(reader, prefix):
                    number += 1
                    yield item
                    reader.begin_product(number + 1)
            except (ijson.JSONError, UnicodeError, ValueError) as error:
                if not number:
                    raise CatalogueStopped(StopReason.JSON_DAMAGED) from error
                self.ends_early = True
        self.ends_early |= self._source.ends_early

    def _find_prefix(self) -> str:
        with self._source.open() as file:
            try:
                for path, event, value in ijson.parse(_Utf8Reader(file, self._encoding)):
                    if path == "" and event == "start_array":
                        return "item"
                    if path == "" and event == "map_key" and value in PREFIXES:
                        return PREFIXES[value]
            except (ijson.JSONError, UnicodeError, ValueError) as error:
                raise CatalogueStopped(StopReason.JSON_DAMAGED) from error
        raise CatalogueStopped(StopReason.NOT_A_CATALOGUE)
