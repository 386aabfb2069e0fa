"""A bank that exchanges CSV files. Finance uploads our transfers to the bank, and then the bank's results to us."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from django.utils.translation import gettext as _

from payouts.banks.port import Transfer, TransferResult, TransferState

COLUMNS = ("key", "holder", "account", "amount_minor", "currency")


class BankFileUnreadable(Exception):
    """A file of the bank that lacks a column or has a status other than paid and failed."""


class BankFile:
    name = "csv"

    def send(self, transfer: Transfer) -> TransferResult:
        """Return WAITING. The file is written from the rows when finance downloads it."""
        return TransferResult(TransferState.WAITING)

    def look_up(self, key: str) -> TransferResult:
        return TransferResult(TransferState.WAITING)


def write_transfer_file(transfers: Iterable[Transfer]) -> str:
    """Return the CSV file for the bank, one row for each transfer."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for transfer in transfers:
        writer.writerow([transfer.key, transfer.holder_name, transfer.number, transfer.amount_minor, transfer.currency])
    return text.getvalue()


def read_bank_results(text: str) -> Iterator[tuple[str, TransferResult]]:
    """Yield the key and result of each row of the bank's CSV file.

    Its columns are key, status (paid or failed) and, if the bank sends them, reference and reason.
    Raises BankFileUnreadable.
    """
    rows = csv.DictReader(StringIO(text))
    if not {"key", "status"} <= set(rows.fieldnames or ()):
        raise BankFileUnreadable(_("The columns “key” and “status” are required."))
    for row in rows:
        if row["status"] not in (TransferState.PAID, TransferState.FAILED):
            values = {"key": row["key"], "status": row["status"]}
            raise BankFileUnreadable(_("The status of %(key)s is “%(status)s”; it must be paid or failed.") % values)
        state = TransferState(row["status"])
        yield row["key"], TransferResult(state, row.get("reference") or "", row.get("reason") or "")
