"""The bank's answers as a table: CSV of any dialect that banks and spreadsheets write, with at least key and status.

Sources: RFC 4180; the byte order marks of the Unicode standard, chapter 23.8.
"""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _

from accounts.pasted_text import without_invisible
from payouts.banks.port import TransferResult, TransferState

COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "payout", "endtoendid"),
    "status": ("status", "state", "result"),
    "reference": ("reference", "bankreference", "ref"),
    "reason": ("reason", "error", "message"),
    "amount": ("amount",),
    "amount_minor": ("amountminor",),
    "currency": ("currency", "ccy"),
}
"""Maps columns to their headings, in lower case and without spaces and punctuation."""
DELIMITERS = ",;\t|"
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class BankFileUnreadable(Exception):
    """A file from the bank that is no table with the required columns, and no payment status report either."""


@dataclass(frozen=True)
class BankAnswer:
    """What the bank says about one payout. If it can't be used, `problem` says why and `result` is None.

    `line` counts lines of a CSV file from 1, or transactions of an XML file. `amount` and `currency` are as written,
    and empty if the bank does not send them.
    """

    line: int
    key: str
    result: TransferResult | None
    problem: str = ""
    amount: str = ""
    amount_minor: str = ""
    currency: str = ""


def decode_bank_file(content: bytes) -> str:
    """Return the text of a file in UTF-8 or UTF-16, with or without a byte order mark, or in Windows-1252."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.removeprefix(mark).decode(encoding, errors="replace")
    head = content[:400]
    if head.count(0) > len(head) // 4:
        return content.decode("utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_bank_table(text: str) -> list[BankAnswer]:
    """Return the answers in a CSV file, in the order of its lines. Raises BankFileUnreadable."""
    if "\0" in text:
        raise BankFileUnreadable(_("This is not a text file. Save it as CSV and try again."))
    lines = text.splitlines(keepends=True)
    start = next((index for index, line in enumerate(lines) if _is_content(line)), len(lines))
    if start == len(lines):
        raise BankFileUnreadable(_("The file is empty."))
    delimiter = max(DELIMITERS, key=lambda candidate: len(_read_header(lines[start], candidate)))
    columns = _read_header(lines[start], delimiter)
    if not {"key", "status"} <= columns.keys():
        raise BankFileUnreadable(_("The columns “key” and “status” are required."))
    try:
        return list(_read_rows("".join(lines[start + 1 :]), delimiter, columns, start + 1))
    except csv.Error as error:
        raise BankFileUnreadable(_("It is not a table of values with commas between them.")) from error


def _is_content(line: str) -> bool:
    """Return whether a line is neither empty nor the hint that Excel puts in front."""
    return bool(line.strip(" \t\r\n\ufeff;,|\"'")) and not re.fullmatch(r"\s*\"?sep=.\"?\s*", line, re.IGNORECASE)


def _read_header(line: str, delimiter: str) -> dict[str, int]:
    """Return the positions of the columns that we know."""
    titles = ["".join(letter for letter in cell.lower() if letter.isalnum()) for cell in _split(line, delimiter)]
    names = {title: name for name, aliases in COLUMN_NAMES.items() for title in aliases}
    positions: dict[str, int] = {}
    for index, title in enumerate(titles):
        if title in names:
            positions.setdefault(names[title], index)
    return positions


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def _read_rows(text: str, delimiter: str, columns: Mapping[str, int], offset: int) -> Iterator[BankAnswer]:
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    for row in rows:
        cells = {name: _clean(row[index]) for name, index in columns.items() if index < len(row)}
        if not any(map(_clean, row)):
            continue
        key, status = _read_code(cells.get("key", "")), _read_code(cells.get("status", ""))
        extra = {name: cells.get(name, "") for name in ("amount", "amount_minor", "currency")}
        line = offset + rows.line_num
        if status not in (TransferState.PAID, TransferState.FAILED):
            values = {"status": cells.get("status", "")}
            problem = _("The status is “%(status)s”. It must be “paid” or “failed”.") % values
            yield BankAnswer(line, key, None, problem, **extra)
        elif not key:
            yield BankAnswer(line, key, None, _("The key is missing."), **extra)
        else:
            result = TransferResult(
                TransferState(status), cells.get("reference", "")[:120], cells.get("reason", "")[:300]
            )
            yield BankAnswer(line, key, result, **extra)


def _read_code(cell: str) -> str:
    """Return the cell in lower case, without spaces and characters that nobody sees."""
    return "".join(without_invisible(cell).lower().split())


def _clean(cell: str) -> str:
    """Return the cell without spaces, marks and quotes around it, some of which spreadsheets add."""
    return cell.strip(" \t\r\n\u00a0\ufeff\u200e\u200f\"'")
