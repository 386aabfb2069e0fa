"""CSV files for people. They are opened in spreadsheets, so no cell may be executed there.

Sources: RFC 4180; https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""The last four are the full-width forms of the first four."""
INVISIBLE = " \u00a0\u200b\u200e\u200f\u2066\u2067\u2068\u2069\ufeff"
"""Characters in front of a formula that a spreadsheet may drop."""
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


def escape_cell(text: str) -> str:
    """Return the text, with a quote in front of it if a spreadsheet would run it as a formula. Numbers stay numbers.

    A text that already has quotes in front of a formula gets one more, so that `unescape_cell` can undo it.
    """
    return f"'{text}" if _begins_formula(text) and not PLAIN_NUMBER.fullmatch(text) else text


def unescape_cell(text: str) -> str:
    """Return what `escape_cell` was given."""
    return text[1:] if text.startswith("'") and _begins_formula(text) else text


def _begins_formula(text: str) -> bool:
    return text.lstrip("'").lstrip(INVISIBLE).startswith(FORMULA_STARTS)
