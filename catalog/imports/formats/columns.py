"""Names of columns: recognised whatever their letter case, spaces and signs, and matched to fields."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.imports.remarks import CatalogueStopped, StopReason
from catalog.imports.values.text import ascii_digits, comparable

READ_BYTE_ORDER_MARK = "ï»¿"
"""A byte order mark that some program has read as letters and saved again."""
FEW = 2
"""A file with fewer known columns than these is of no known format."""


@dataclass(frozen=True)
class ColumnSet:
    """The columns of a format: fields by the normalized names of their columns."""

    format_name: str
    fields: dict[str, str]
    required: Sequence[tuple[str, ...]]
    """Of each group of fields, a file has at least one."""
    repeatable: frozenset[str] = frozenset()
    """Fields that several columns may hold."""
    unused: frozenset[str] = frozenset()
    """Columns that mark the format and are not used."""

    def field_of(self, column: str) -> str:
        return self.fields.get(normalize_column(column), "")

    def count_known(self, columns: Iterable[str]) -> int:
        names = {normalize_column(column) for column in columns}
        return sum(1 for name in names if name in self.fields or name in self.unused)

    def missing(self, columns: Iterable[str]) -> list[str]:
        """Return the usual column of each required group of fields that no column has."""
        known = {self.field_of(column) for column in columns}
        groups = [group[0] for group in self.required if known.isdisjoint(group)]
        names = {name: column for column, name in reversed(self.fields.items())}
        return [names[name].replace("_", " ").capitalize() for name in groups]


@dataclass(frozen=True)
class ColumnMatch:
    """The columns of one file, matched to the fields of its format."""

    columns: Sequence[str]
    places: Mapping[str, list[int]]
    """Where each field stands, from 0."""
    unused: Sequence[str] = field(default_factory=list)

    def fields_of(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the texts of a row that are not blank. Repeated columns are joined with commas."""
        fields, count = {}, len(cells)
        for name, places in self.places.items():
            if len(places) == 1:
                if places[0] < count and (text := cells[places[0]]) and not text.isspace():
                    fields[name] = text
            elif texts := [cells[place] for place in places if place < count and not is_blank(cells[place])]:
                fields[name] = ",".join(texts)
        return fields


def normalize_column(name: str) -> str:
    """Return a name as formats list it: “Variant Price”, " variant_price" and “g:variant price” are the same."""
    name = comparable(ascii_digits(name.removeprefix(READ_BYTE_ORDER_MARK))).strip("\"' ").removeprefix("g:")
    return re.sub(r"[\W_]+", "_", name).strip("_")


def is_blank(text: str) -> bool:
    return not text or text.isspace()


def choose_columns(columns: Sequence[str], sets: Sequence[ColumnSet]) -> ColumnSet:
    """Return the format that knows most of the columns, the first of several. Raises CatalogueStopped if none fits."""
    best = max(sets, key=lambda known: (known.count_known(columns), not known.missing(columns)))
    if not best.missing(columns):
        return best
    if best.count_known(columns) > FEW:
        raise CatalogueStopped(StopReason.MISSING_COLUMN, column=best.missing(columns)[0])
    shown = ", ".join(f"“{column[:40]}”" for column in columns[:10])
    raise CatalogueStopped(StopReason.UNKNOWN_COLUMNS, columns=shown)


def match_columns(columns: Sequence[str], known: ColumnSet) -> ColumnMatch:
    """Return where each field stands. Raises CatalogueStopped if two columns mean the same."""
    places: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        name = known.field_of(column)
        if name in places and name not in known.repeatable:
            raise CatalogueStopped(StopReason.REPEATED_COLUMN, column=column.strip())
        if name:
            places.setdefault(name, []).append(place)
    unused = [column.strip() for column in columns if not known.field_of(column) and not is_blank(column)]
    return ColumnMatch(columns, places, unused)
