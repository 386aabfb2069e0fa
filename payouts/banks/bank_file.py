"""A bank that exchanges CSV files with us. Finance uploads our transfers to the bank, and its results to our admin."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from django.utils.translation import gettext as _

from payouts.banks.port import Transfer, TransferResult, TransferState

COLUMNS = ("key", "holder", "account", "amount_minor", "currency")


class BankFileUnreadable(Exception):
    """The bank's file lacks a column, or has a status other than paid or failed."""


class BankFile:
    name = "csv"

    def send(self, transfer: Transfer) -> TransferResult:
        """Return WAITING without sending anything. The file is generated when finance downloads it."""
        return TransferResult(TransferState.WAITING)

    def look_up(self, key: str) -> TransferResult:
        return TransferResult(TransferState.WAITING)


def write_transfer_file(transfers: Iterable[Transfer]) -> str:
    """Return the CSV file for the bank, with one row for each transfer."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for transfer in transfers:
        writer.writerow([transfer.key, transfer.holder_name, transfer.number, transfer.amount_minor, transfer.currency])
    return text.getvalue()


def read_bank_results(text: str) -> Iterator[tuple[str, TransferResult]]:
    """Yield the key and the result from each row of the bank's CSV file.

    The columns are key, status (paid or failed) and, if the bank sends them, reference and reason.
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
