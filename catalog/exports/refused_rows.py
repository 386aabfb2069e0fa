"""The rows of an import that were refused, as CSV for whoever corrects them."""

from collections.abc import Iterator

from catalog.csv_files import iterate_csv
from catalog.models import Import, RowOutcome

MAX_LISTED_ROWS = 100_000


def export_refused(run: Import) -> Iterator[str]:
    """Yield the lines of a file with the refused rows of an import, and their reasons."""
    rows = run.import_rows.filter(outcome=RowOutcome.REFUSED).order_by("row", "part")[:MAX_LISTED_ROWS]
    cells = ([row.number, row.line or "", row.title, " ".join(row.sentences)] for row in rows.iterator())
    return iterate_csv(["row", "line", "title", "reason"], cells)
