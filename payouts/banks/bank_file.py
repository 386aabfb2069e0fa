"""A bank that takes a file and answers with one: what is sent waits until the bank's answer is read in."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from django.utils.translation import gettext as _

from payouts.banks.port import Transfer, TransferResult, TransferState

COLUMNS = ("key", "holder", "account", "amount_minor", "currency")
ANSWER_COLUMNS = ("key", "status", "reference", "reason")


class BankFileUnreadable(Exception):
    """The bank's file lacks a column, or names a status that is neither paid nor failed."""


class BankFile:
    name = "csv"

    def send(self, transfer: Transfer) -> TransferResult:
        """Wait for the bank's answer; the file is written from the rows by whoever downloads it."""
        return TransferResult(TransferState.WAITING)

    def look_up(self, key: str) -> TransferResult:
        return TransferResult(TransferState.WAITING)


def write_transfer_file(transfers: Iterable[Transfer]) -> str:
    """Write the file for the bank, one row for each transfer."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in transfers:
        writer.writerow([one.key, one.holder_name, one.number, one.amount_minor, one.currency])
    return text.getvalue()


def read_bank_results(text: str) -> Iterator[tuple[str, TransferResult]]:
    """Read the bank's answer: key, status (paid or failed), reference, reason. Raises BankFileUnreadable."""
    rows = csv.DictReader(StringIO(text))
    if not {"key", "status"} <= set(rows.fieldnames or ()):
        raise BankFileUnreadable(_("It needs the columns key and status."))
    for row in rows:
        if row["status"] not in (TransferState.PAID, TransferState.FAILED):
            values = {"key": row["key"], "status": row["status"]}
            raise BankFileUnreadable(_("The status of %(key)s is “%(status)s”; it can be paid or failed.") % values)
        state = TransferState(row["status"])
        yield row["key"], TransferResult(state, row.get("reference") or "", row.get("reason") or "")
