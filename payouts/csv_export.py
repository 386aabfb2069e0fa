"""Statements as CSV, with one row for each statement line. Amounts are plain decimals, such as 25.00."""

import csv
from collections.abc import Iterable, Iterator

from catalog.prices import plain_decimal
from payouts.descriptions import describe_line
from payouts.models import StatementLine

COLUMNS = (
    "date",
    "kind",
    "clip",
    "what",
    "rule",
    "terms_version",
    "currency",
    "gross",
    "agency",
    "agency_name",
    "net",
)


class _Echo:
    """A file-like object whose `write` returns the text, so that rows can be streamed one at a time."""

    def write(self, text: str) -> str:
        return text


def iterate_csv_rows(lines: Iterable[StatementLine]) -> Iterator[str]:
    """Yield the rows of the CSV file as strings: a header, then one row for each statement line."""
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for line in lines:
        description = describe_line(line)
        yield writer.writerow(
            [
                line.occurred_at.isoformat(timespec="seconds"),
                line.kind,
                line.clip_code,
                _quote_formula(description.what),
                _quote_formula(description.rule),
                description.terms_version or "",
                line.currency,
                plain_decimal(line.gross_minor, line.currency),
                plain_decimal(line.agency_minor, line.currency),
                _quote_formula(get_agency_name(line)),
                plain_decimal(line.net_minor, line.currency),
            ]
        )


def get_agency_name(line: StatementLine) -> str:
    agency = (line.slot and line.slot.agency) or (line.order_line and line.order_line.agency)
    return agency.name if agency and line.agency_minor else ""


def _quote_formula(text: str) -> str:
    """Return the text, with a quote in front of it if a spreadsheet would run it as a formula.

    Source: OWASP, CSV injection.
    """
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
