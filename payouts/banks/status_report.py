"""The bank's answers as an ISO 20022 payment status report, pain.002, of any version.

Source: ISO 20022 message definition pain.002 and external code set ExternalPaymentTransactionStatus1Code.
"""

from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from payouts.banks.bank_answers import BankAnswer, BankFileUnreadable
from payouts.banks.port import TransferResult, TransferState

FINAL_STATES = {
    "ACCC": TransferState.PAID,
    "ACSC": TransferState.PAID,
    "CANC": TransferState.FAILED,
    "RJCT": TransferState.FAILED,
}


def is_status_report(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def read_status_report(text: str) -> list[BankAnswer]:
    """Return an answer for each transaction in the report. Raises BankFileUnreadable."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BankFileUnreadable(_("The file defines its own document type. Banks don't."))
    try:
        root = ET.fromstring(text.lstrip("\ufeff \t\r\n"))  # noqa: S314  # without a DTD, see above
    except ET.ParseError as error:
        line = {"line": error.position[0]}
        sentence = _("It is XML that breaks off or is damaged in line %(line)d. Download it from the bank again.")
        raise BankFileUnreadable(sentence % line) from error
    transactions = list(root.iterfind(".//{*}TxInfAndSts"))
    if not transactions:
        raise BankFileUnreadable(_("The file names no single transfers, so it can't be matched with payouts."))
    return [_read_transaction(number, transaction) for number, transaction in enumerate(transactions, 1)]


def _read_transaction(number: int, transaction: ET.Element) -> BankAnswer:
    key, status = _text(transaction, "OrgnlEndToEndId").lower(), _text(transaction, "TxSts").upper()
    amount = transaction.find("{*}OrgnlTxRef/{*}Amt/{*}InstdAmt")
    extra = {"amount": (amount.text or "").strip(), "currency": amount.get("Ccy", "")} if amount is not None else {}
    state = FINAL_STATES.get(status)
    if state is None:
        problem = _("The bank has not finished this transfer yet (%(status)s).") % {"status": status or "–"}
        return BankAnswer(number, key, None, problem, **extra)
    reasons = [
        _text(transaction, path)
        for path in ("StsRsnInf/{*}Rsn/{*}Cd", "StsRsnInf/{*}Rsn/{*}Prtry", "StsRsnInf/{*}AddtlInf")
    ]
    reference = _text(transaction, "AcctSvcrRef")[:120]
    reason = " ".join(filter(None, reasons))[:300] if state == TransferState.FAILED else ""
    return BankAnswer(number, key, TransferResult(state, reference, reason), **extra)


def _text(element: ET.Element, path: str) -> str:
    return (element.findtext("{*}" + path) or "").strip()
