"""CSV cells that a spreadsheet would execute."""

import csv

import pytest

from catalog.csv_files import escape_cell, iterate_csv

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "\u200b=1", "\uff1d1", "\u200f=1", "-"]
HARMLESS = ["", "Maya", "25.00", "-25.00", "+4", "3-1", "a=b", "DE89370400440532013000"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_is_quoted(text: str) -> None:
    assert escape_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_text_and_numbers_stay(text: str) -> None:
    assert escape_cell(text) == text


def test_rows_can_be_read_back() -> None:
    lines = iterate_csv(("name", "count"), [("=cmd|' /C calc'!A0", -3), ("two\nlines, and a comma", 1)])
    assert list(csv.reader("".join(lines).splitlines(keepends=True))) == [
        ["name", "count"],
        ["'=cmd|' /C calc'!A0", "-3"],
        ["two\nlines, and a comma", "1"],
    ]
