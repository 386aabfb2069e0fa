"""Lines of a report against their limits, printed for people and written for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
NO_BAR = "–"


@dataclass(frozen=True)
class Figure:
    """One line; `bar` is the limit, and `holds` says whether it is kept."""

    name: str
    value: float
    unit: str
    bar: str
    holds: bool


def at_most(name: str, value: float, bar: float, *, unit: str = "ratio") -> Figure:
    return Figure(name, round(value, 3), unit, f"≤ {bar:g}", value <= bar)


def at_least(name: str, value: float, bar: float, *, unit: str = "ratio") -> Figure:
    return Figure(name, round(value, 3), unit, f"≥ {bar:g}", value >= bar)


def told(name: str, value: float, *, unit: str) -> Figure:
    """Return a line that has no limit."""
    return Figure(name, round(value, 3), unit, NO_BAR, True)


def report(figures: Sequence[Figure], file_name: str, *, into: Path = RESULTS) -> None:
    """Print a table and write it to <file_name>.json in the folder `into`."""
    for one in figures:
        verdict = "" if one.bar == NO_BAR else "holds" if one.holds else "FAILS"
        print(f"{one.name:<58} {one.value:>8.2f} {one.unit:<12} {one.bar:<8} {verdict}")
    into.mkdir(exist_ok=True)
    (into / f"{file_name}.json").write_text(json.dumps([asdict(one) for one in figures], indent=2))
