"""A bank that exchanges CSV files with the shop.

Finance staff download a file for each bank order from the admin and give it to the bank. Later they upload the bank's file of
results in the admin.
"""

from collections.abc import Iterable

from catalog.csv_files import iterate_csv
from catalog.prices import plain_decimal
from payouts.banks.port import Transfer, TransferResult, TransferState

COLUMNS = ("key", "holder", "account", "amount", "amount_minor", "currency")


class BankFile:
    name = "csv"

    def send(self, transfer: Transfer) -> TransferResult:
        """Return WAITING without sending anything. The file is generated when finance staff download it."""
        return TransferResult(TransferState.WAITING)

    def payable_step(self, currency: str) -> int:
        return 1

    def look_up(self, transfer: Transfer) -> TransferResult:
        return TransferResult(TransferState.WAITING)


def write_transfer_file(transfers: Iterable[Transfer]) -> str:
    """Return the content of the CSV file for the bank, with one row for each transfer.

    The account is an IBAN, or a bank code and an account number. The amount is written as people write it, and in minor
    units for programs.
    """
    return "".join(
        iterate_csv(
            COLUMNS,
            (
                (
                    transfer.key,
                    transfer.holder_name,
                    f"{transfer.bank_code} {transfer.number}" if transfer.has_national_number else transfer.number,
                    plain_decimal(transfer.amount_minor, transfer.currency),
                    transfer.amount_minor,
                    transfer.currency,
                )
                for transfer in transfers
            ),
        )
    )
