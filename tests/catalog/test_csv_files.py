"""CSV cells that a spreadsheet would execute."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.csv_files import INVISIBLE, PLAIN_NUMBER, escape_cell, iterate_csv, respond_with_csv, unescape_cell

SIGNS = tuple("=+-@\uff1d")

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t1", "\r1", "\n1", " =1+1", "\u200b=1", "\uff1d1", "\u200f=1", "-"]
HARMLESS = ["", "Maya", "25.00", "-25.00", "+4", "3-1", "a=b", "DE89370400440532013000"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_is_quoted(text: str) -> None:
    assert escape_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Mia;=1+1", "Mia;'=1+1"),
        ("Mia; @SUM(A1);-2", "Mia;' @SUM(A1);'-2"),
        ("Mia\t=1+1", "Mia\t'=1+1"),
        ("Mia\n\u200b+1", "Mia\n'\u200b+1"),
        ("\t=1", "'\t'=1"),
        ("Mia;\uff1d1", "Mia;'\uff1d1"),
        ("Mia; her = best; 1-2", "Mia; her = best; 1-2"),
    ],
)
def test_formula_is_quoted_where_another_separator_begins_a_cell(text: str, escaped: str) -> None:
    assert escape_cell(text) == escaped


@given(st.text(alphabet="a1;\t\r\n =+-@\u200b\uff1d'"))
def test_no_cell_begins_with_a_formula_whatever_separates_them(text: str) -> None:
    cells = re.split(r"[;\t\r\n]", escape_cell(text))
    assert PLAIN_NUMBER.fullmatch(text) or not [cell for cell in cells if cell.lstrip(INVISIBLE).startswith(SIGNS)]
    assert unescape_cell(escape_cell(text)) == text


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


def test_file_for_people_says_that_it_is_unicode() -> None:
    response = respond_with_csv(iterate_csv(("name",), [("מאיה",)]), file_name="names.csv")
    assert response.content == "\ufeffname\r\nמאיה\r\n".encode()
    assert response.headers["Content-Disposition"] == 'attachment; filename="names.csv"'
