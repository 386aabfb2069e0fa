"""What of a source's values is written, field by field. Pure.

A source changes what it says differently from last time. Where the shop's value is no longer what the source stated last,
somebody edited it, and it stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BLANKS: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Merge:
    changes: dict[str, Any]
    edited: dict[str, Any]
    """What the source says anew of fields that were edited in the shop."""


def merge(
    stated: Mapping[str, Any], *, last: Mapping[str, Any], present: Mapping[str, Any], is_edit: bool = False
) -> Merge:
    """Compare what a source says with what it stated last, and with what the shop has. Both may lack fields.

    A blank says nothing about a field of which the source never stated anything. `is_edit` is for a file of the shop itself:
    whoever sends it edits, so that it holds against earlier edits.
    """
    changes: dict[str, Any] = {}
    edited: dict[str, Any] = {}
    for name, value in stated.items():
        was_stated = name in last
        if value == present[name] or (was_stated and value == last[name] and not is_edit):
            continue
        if value in BLANKS and not (was_stated and last[name] not in BLANKS):
            continue
        if was_stated and last[name] != present[name] and not is_edit:
            edited[name] = value
        else:
            changes[name] = value
    return Merge(changes, edited)


def move_units(stock: int, *, stated: int, last: int | None) -> int:
    """Return by how many units a stock changes: by what the source changed, or to what it says for the first time."""
    change = stated - (stock if last is None else last)
    return max(change, -stock)
