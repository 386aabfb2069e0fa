"""The bank's answers as an ISO 20022 payment status report, pain.002, of any version.

Source: ISO 20022 message definition pain.002 and external code sets ExternalPaymentTransactionStatus1Code and
ExternalStatusReason1Code.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from payouts.banks.bank_answers import BankAnswer, BankFileUnreadable
from payouts.banks.port import TransferResult, TransferState
from payouts.models import FailureCode

FINAL_STATES = {
    "ACCC": TransferState.PAID,
    "ACSC": TransferState.PAID,
    "CANC": TransferState.FAILED,
    "RJCT": TransferState.FAILED,
}

ACCOUNT_REASONS = {"AC01", "AC03", "AC04", "AC07", "AC14", "BE01", "CNOR", "RC01", "RC04", "RC07"}
"""Codes of reasons that are about the payee's account: its number, its bank, or that it is closed."""


@dataclass(frozen=True)
class FileRefusal:
    """The bank refused a whole file, which is named by its message id, so that nothing in it was sent."""

    message_id: str
    failure_text: str


def is_status_report(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def read_status_report(text: str) -> list[BankAnswer] | FileRefusal:
    """Return an answer for each transaction in the report, or the refusal of a file. Raises BankFileUnreadable."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BankFileUnreadable(_("The file defines its own document type. Banks don't."))
    try:
        root = ET.fromstring(text.lstrip("\ufeff \t\r\n"))  # noqa: S314  # without a DTD, see above
    except ET.ParseError as error:
        line = {"line": error.position[0]}
        sentence = _("It is XML that breaks off or is damaged in line %(line)d. Download it from the bank again.")
        raise BankFileUnreadable(sentence % line) from error
    transactions = list(root.iterfind(".//{*}TxInfAndSts"))
    if not transactions and (refusal := _read_refusal(root)):
        return refusal
    if not transactions:
        raise BankFileUnreadable(_("The file names no single transfers, so it can't be matched with payouts."))
    return [_read_transaction(number, transaction) for number, transaction in enumerate(transactions, 1)]


def _read_refusal(root: ET.Element) -> FileRefusal | None:
    """Return the refusal of the whole file, or None if the report says of any part of it that it was not refused."""
    group = root.find(".//{*}OrgnlGrpInfAndSts")
    if group is None or not _text(group, "OrgnlMsgId") or _text(group, "GrpSts").upper() != "RJCT":
        return None
    if any((node.text or "").strip().upper() != "RJCT" for node in root.iterfind(".//{*}PmtInfSts")):
        return None
    return FileRefusal(_text(group, "OrgnlMsgId"), " ".join(filter(None, _read_reasons(group))))


def _read_reasons(node: ET.Element) -> list[str]:
    paths = ("StsRsnInf/{*}Rsn/{*}Cd", "StsRsnInf/{*}Rsn/{*}Prtry", "StsRsnInf/{*}AddtlInf")
    return [_text(node, path) for path in paths]


def _read_transaction(number: int, transaction: ET.Element) -> BankAnswer:
    key, status = _text(transaction, "OrgnlEndToEndId").lower(), _text(transaction, "TxSts").upper()
    amount = transaction.find("{*}OrgnlTxRef/{*}Amt/{*}InstdAmt")
    extra = {"amount": (amount.text or "").strip(), "currency": amount.get("Ccy", "")} if amount is not None else {}
    state = FINAL_STATES.get(status)
    if state is None:
        problem = _("The bank has not finished this transfer yet (%(status)s).") % {"status": status or "–"}
        return BankAnswer(number, key, None, problem, **extra)
    reasons = _read_reasons(transaction)
    reference = _text(transaction, "AcctSvcrRef")[:120]
    if state != TransferState.FAILED:
        return BankAnswer(number, key, TransferResult(state, reference), **extra)
    code = FailureCode.ACCOUNT if reasons[0] in ACCOUNT_REASONS else None
    return BankAnswer(
        number, key, TransferResult(state, reference, " ".join(filter(None, reasons))[:300], code), **extra
    )


def _text(element: ET.Element, path: str) -> str:
    return (element.findtext("{*}" + path) or "").strip()
