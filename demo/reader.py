"""A strict reader that turns TOML and CSV files into frozen dataclasses."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Protocol, get_args, get_origin, get_type_hints


class Record(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


class InvalidData(Exception):
    """A data file does not match its dataclass. The message names the file, the record and the field."""


def read_toml[R: Record](path: Path, record: type[R], **shared: object) -> tuple[R, ...]:
    """Read a TOML file with one array of tables. `shared` values are added to every record. Raises InvalidData."""
    content = tomllib.loads(path.read_text())
    if len(content) != 1:
        raise InvalidData(f"{path.name}: expected one array of tables, found {sorted(content)}.")
    [(table, rows)] = content.items()
    return tuple(build(record, row | shared, f"{path.name}, {table} {number}") for number, row in enumerate(rows, 1))


def read_csv[R: Record](path: Path, record: type[R]) -> tuple[R, ...]:
    """Read a CSV file whose first line names the fields. An empty cell means the default. Raises InvalidData."""
    hints = get_type_hints(record)
    records = []
    with path.open(newline="") as file:
        for number, row in enumerate(csv.DictReader(file, strict=True), 2):
            values: dict[str, object] = {name: cell for name, cell in row.items() if cell}
            where = f"{path.name}, line {number}"
            for name, cell in row.items():
                if hints.get(name) is int:
                    if not cell.isdecimal():
                        raise InvalidData(f"{where}: {name} must be a whole number.")
                    values[name] = int(cell)
            records.append(build(record, values, where))
    return tuple(records)


def build[R: Record](record: type[R], values: Mapping[str, object], where: str) -> R:
    """Build a record from its values. Messages use `where` to name the record. Raises InvalidData."""
    hints = get_type_hints(record)
    known = record.__dataclass_fields__
    if unknown := sorted(values.keys() - known.keys()):
        raise InvalidData(f"{where}: unknown field {', '.join(unknown)}.")
    if missing := sorted(name for name, field in known.items() if field.default is MISSING and name not in values):
        raise InvalidData(f"{where}: {', '.join(missing)} is missing.")
    converted = {name: _convert(value, hints[name], f"{where}: {name}") for name, value in values.items()}
    try:
        return record(**converted)
    except ValueError as error:
        raise InvalidData(f"{where}: {error}") from error


def _convert(value: object, hint: Any, where: str) -> object:
    arguments = get_args(hint)
    if get_origin(hint) is UnionType:
        [hint] = [argument for argument in arguments if argument is not NoneType]
        return _convert(value, hint, where)
    if get_origin(hint) is Literal:
        if value not in arguments:
            raise InvalidData(f"{where} must be one of {', '.join(arguments)}, not {value!r}.")
        return value
    if get_origin(hint) is tuple:
        return _convert_list(value, arguments, where)
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return build(hint, value, where)
    if type(value) is not hint or value == "":
        raise InvalidData(f"{where} must be a {hint.__name__} and not empty, not {value!r}.")
    return value


def _convert_list(value: object, arguments: tuple[Any, ...], where: str) -> object:
    if not isinstance(value, list):
        raise InvalidData(f"{where} must be a list, not {value!r}.")
    hints = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else list(arguments)
    if len(hints) != len(value):
        raise InvalidData(f"{where} must have {len(hints)} entries, not {len(value)}.")
    return tuple(_convert(entry, hint, where) for entry, hint in zip(value, hints, strict=True))
