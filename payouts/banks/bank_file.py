"""A bank that exchanges CSV files with the shop.

Finance staff download a file of transfers from the admin and give it to the bank. Later they upload the bank's file of
results in the admin.
"""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from django.utils.translation import gettext as _

from payouts.banks.port import Transfer, TransferResult, TransferState

COLUMNS = ("key", "holder", "account", "amount_minor", "currency")


class BankFileUnreadable(Exception):
    """A file from the bank that lacks a column, or in which a status is neither paid nor failed."""


class BankFile:
    name = "csv"

    def send(self, transfer: Transfer) -> TransferResult:
        """Return WAITING without sending anything. The file is generated when finance staff download it."""
        return TransferResult(TransferState.WAITING)

    def look_up(self, key: str) -> TransferResult:
        return TransferResult(TransferState.WAITING)


def write_transfer_file(transfers: Iterable[Transfer]) -> str:
    """Return the content of the CSV file for the bank, with one row for each transfer."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for transfer in transfers:
        writer.writerow([transfer.key, transfer.holder_name, transfer.number, transfer.amount_minor, transfer.currency])
    return text.getvalue()


def read_bank_results(text: str) -> Iterator[tuple[str, TransferResult]]:
    """Yield a pair of key and result for each row of the bank's CSV file.

    The columns are key, status (paid or failed) and, if the bank sends them, reference and reason. Raises
    BankFileUnreadable.
    """
    try:
        yield from _read_rows(csv.DictReader(StringIO(text)))
    except csv.Error as error:
        raise BankFileUnreadable(_("It is not a table of values with commas between them.")) from error


def _read_rows(rows: csv.DictReader[str]) -> Iterator[tuple[str, TransferResult]]:
    if not {"key", "status"} <= set(rows.fieldnames or ()):
        raise BankFileUnreadable(_("The columns “key” and “status” are required."))
    for row in rows:
        if row["status"] not in (TransferState.PAID, TransferState.FAILED):
            values = {"key": row["key"], "status": row["status"]}
            raise BankFileUnreadable(
                _("The status of %(key)s is “%(status)s”. It must be “paid” or “failed”.") % values
            )
        state = TransferState(row["status"])
        yield row["key"], TransferResult(state, row.get("reference") or "", row.get("reason") or "")
