"""CSV files for people. They are opened in spreadsheets, so no cell may be executed there.

Sources: RFC 4180; https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse

BYTE_ORDER_MARK = "\ufeff"
"""Tells Excel on Windows that a file is UTF-8."""
FORMULA_STARTS = r"=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""The last four are the full-width forms of the first four."""
INVISIBLE = " \u00a0\u200b\u200e\u200f\u2066\u2067\u2068\u2069\ufeff"
"""Characters in front of a formula that a spreadsheet may drop."""
BEGINS_FORMULA = rf"(?='*[{INVISIBLE}]*[{FORMULA_STARTS}])"
FORMULA, QUOTED_FORMULA = (re.compile(rf"(^|[;\t\r\n]){quote}{BEGINS_FORMULA}") for quote in ("", "'"))
"""Where a cell may begin with a formula. Where the comma is in numbers, spreadsheets take the semicolon between cells."""
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class _Echo:
    """A file-like object whose `write` returns the text, so that rows can be streamed one at a time."""

    def write(self, text: str) -> str:
        return text


def iterate_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a CSV file: the columns' names, then the rows. Text that would be executed is quoted."""
    writer = csv.writer(_Echo())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([escape_cell(cell) if isinstance(cell, str) else cell for cell in row])


def respond_with_csv(lines: Iterable[str], *, file_name: str) -> HttpResponse:
    """Return a CSV file that people download and open. Programs get theirs without the byte order mark."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return HttpResponse([BYTE_ORDER_MARK, *lines], content_type="text/csv; charset=utf-8", headers=headers)


def escape_cell(text: str) -> str:
    """Return the text, with a quote in front of whatever a spreadsheet would run as a formula. Numbers stay numbers.

    A formula that has quotes in front of it already gets one more, so that `unescape_cell` can undo it.
    """
    return text if PLAIN_NUMBER.fullmatch(text) else FORMULA.sub(r"\1'", text)


def unescape_cell(text: str) -> str:
    """Return what `escape_cell` was given."""
    return QUOTED_FORMULA.sub(r"\1", text)
