"""Figures of a report: measured values with their bars, printed for people and written as JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
NO_BAR = "–"


@dataclass(frozen=True)
class Figure:
    """One measured value; `bar` is its limit in words, and `holds` says whether the value keeps to it."""

    name: str
    value: float
    unit: str
    bar: str
    holds: bool


def at_most(name: str, value: float, bar: float, *, unit: str = "ratio") -> Figure:
    """Return a figure that holds while the value is no larger than the bar."""
    return Figure(name, round(value, 3), unit, f"≤ {bar:g}", value <= bar)


def at_least(name: str, value: float, bar: float, *, unit: str = "ratio") -> Figure:
    """Return a figure that holds while the value is no smaller than the bar."""
    return Figure(name, round(value, 3), unit, f"≥ {bar:g}", value >= bar)


def info(name: str, value: float, *, unit: str) -> Figure:
    """Return a figure without a bar."""
    return Figure(name, round(value, 3), unit, NO_BAR, True)


def report(figures: Sequence[Figure], file_name: str, *, folder: Path = RESULTS) -> bool:
    """Print a table and write it to `<folder>/<file_name>.json`; return False if a figure misses its bar."""
    for figure in figures:
        verdict = "" if figure.bar == NO_BAR else "holds" if figure.holds else "FAILS"
        print(f"{figure.name:<58} {figure.value:>8.2f} {figure.unit:<12} {figure.bar:<8} {verdict}")
    folder.mkdir(exist_ok=True)
    (folder / f"{file_name}.json").write_text(json.dumps([asdict(figure) for figure in figures], indent=2))
    return all(figure.holds for figure in figures)
