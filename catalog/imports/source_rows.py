"""Rows as all formats have them in common: texts under the names of fields, not checked yet; and the file that keeps them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import Any

import orjson

from catalog.imports.remarks import NoteKind, RefusalReason, Remark
from catalog.imports.results import RowNumber

MEMORY_BYTES = 4 * 1024**2
"""Rows beyond these go to a temporary file."""
UNNAMED = "row:"
"""Begins the keys of products that the source does not name, so that they say nothing about the next run."""
MAX_KEY_CHARS = 300
type OptionCell = tuple[str, str, list[str]]
"""Slot (“1”, “color” …), name or "", and values: one or none for a variant, all that are offered for a parent."""


def short_key(key: str) -> str:
    """Return a key as it is kept and stored: of one that is too long for an index, a hash."""
    return key if len(key) <= MAX_KEY_CHARS else hashlib.sha256(key.encode()).hexdigest()


class RowKind(StrEnum):
    VARIANT = "variant"
    PRODUCT = "product"
    """Says something about its product, such as pictures, and is no variant."""
    PARENT = "parent"
    """The product of variations that are rows of their own."""


@dataclass(slots=True)
class SourceRow:
    """One row. `fields` has only texts that are not blank."""

    row: int
    part: int
    line: int
    kind: RowKind
    product_key: str
    fields: dict[str, str]
    options: list[OptionCell] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """Address and alternative text."""
    aliases: list[str] = field(default_factory=list)
    """Other product keys under which rows may name this product."""
    refusal: Remark | None = None
    notes: list[Remark] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.product_key, self.aliases = short_key(self.product_key), list(map(short_key, self.aliases))

    @property
    def number(self) -> RowNumber:
        return RowNumber(self.row, self.part)

    def note(self, kind: NoteKind, **values: str | int) -> None:
        self.notes.append(Remark(kind, values))


class RowStore:
    """Rows on disk in the order of the file, so that they can be read again without parsing their format again."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115  lives as long as the store

    def append(self, row: SourceRow) -> None:
        self._file.write(orjson.dumps(_pack(row)))
        self._file.write(b"\n")

    def __iter__(self) -> Iterator[SourceRow]:
        self._file.seek(0)
        for line in self._file:
            yield _unpack(orjson.loads(line))

    def close(self) -> None:
        self._file.close()


def _pack(row: SourceRow) -> tuple[Any, ...]:
    notes = [(remark.kind.value, remark.values) for remark in row.notes]
    refusal = row.refusal and (row.refusal.kind.value, row.refusal.values)
    numbers = (row.row, row.part, row.line, row.kind, row.product_key)
    return (*numbers, row.fields, row.options, row.pictures, row.aliases, refusal, notes)


def _unpack(packed: list[Any]) -> SourceRow:
    *rest, refusal, notes = packed
    row = SourceRow(*rest)
    row.refusal = refusal and Remark(RefusalReason(refusal[0]), refusal[1])
    row.notes = [Remark(NoteKind(kind), values) for kind, values in notes]
    return row
