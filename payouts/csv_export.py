"""Statements as CSV, with one row for each statement line. Amounts are plain decimals, such as 25.00."""

from collections.abc import Iterable, Iterator

from django.utils.timezone import localtime

from catalog.csv_files import iterate_csv
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
    "pending",
    "caption",
)


def iterate_csv_rows(lines: Iterable[StatementLine]) -> Iterator[str]:
    """Yield the rows of the CSV file as strings: a header, then one row for each statement line."""
    return iterate_csv(COLUMNS, map(_read_cells, lines))


def get_agency_name(line: StatementLine) -> str:
    agency = (line.slot and line.slot.agency) or (line.order_line and line.order_line.agency)
    return agency.name if agency and line.agency_minor else ""


def _read_cells(line: StatementLine) -> list[object]:
    description = describe_line(line)
    return [
        localtime(line.occurred_at).isoformat(timespec="seconds"),
        line.kind,
        line.clip_code,
        description.what,
        description.rule,
        description.terms_version or "",
        line.currency,
        plain_decimal(line.gross_minor, line.currency),
        plain_decimal(line.agency_minor, line.currency),
        get_agency_name(line),
        plain_decimal(line.net_minor, line.currency),
        plain_decimal(line.pending_minor, line.currency) if line.pending_minor else "",
        line.clip_caption or "",
    ]
