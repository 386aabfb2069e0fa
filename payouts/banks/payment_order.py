"""Payment orders for the bank, ISO 20022 pain.001.001.09.

We write the XML ourselves and take the schema from `sepaxml`: that library writes only transfers in SEPA, to IBANs and
in currencies with two decimals. See docs/decisions/0002-dependencies.md.

Sources: ISO 20022 message definition pain.001.001.09; EPC132-08 (SEPA customer-to-bank guidelines), for SvcLvl,
ChrgBr and NOTPROVIDED. What banks accept in names: payouts.bank_letters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from schwifty import IBAN

from catalog.prices import plain_decimal
from payouts.account_numbers import BankAccount, clearing_system_of, is_bic, is_iban
from payouts.bank_letters import write_bank_text
from payouts.banks.port import Transfer

if TYPE_CHECKING:
    from xmlschema import XMLSchema

SCHEMA = "pain.001.001.09"
NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"
NAME_LENGTH, TEXT_LENGTH = 70, 140


class PaymentOrderInvalid(Exception):
    """A payment order that the schema refuses, so that no bank would accept it. The message says why."""


@dataclass(frozen=True)
class Debtor:
    """The shop's own account, from which the bank pays."""

    name: str
    account: BankAccount


def write_payment_order(
    transfers: Sequence[Transfer], *, debtor: Debtor, order_id: str, text: str, now: datetime
) -> bytes:
    """Return the XML file with these transfers, which are all in one currency.

    `order_id` becomes the message id, by which a bank recognizes a file that it got before. It has at most 33 letters,
    so that there is room for what tells the groups of transfers apart. `text` is what the payees read.

    Raises PaymentOrderInvalid.
    """
    root = ET.Element("Document", xmlns=NAMESPACE)
    order = ET.SubElement(root, "CstmrCdtTrfInitn")
    header = ET.SubElement(order, "GrpHdr")
    _add(header, "MsgId", order_id)
    _add(header, "CreDtTm", now.isoformat(timespec="seconds"))
    _add_totals(header, transfers)
    _add(header, "InitgPty/Nm", write_bank_text(debtor.name, NAME_LENGTH))
    groups: dict[bool, list[Transfer]] = {True: [], False: []}
    for transfer in transfers:
        groups[_is_sepa(transfer, debtor)].append(transfer)
    for number, (is_sepa, group) in enumerate(groups.items(), 1):
        if group:
            payment = _add_payment(order, f"{order_id}-{number}", debtor, group, is_sepa, now)
            for transfer in group:
                _add_transfer(payment, transfer, text)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    for error in _load_schema().iter_errors(content.decode()):
        raise PaymentOrderInvalid(str(error))
    return content


@cache
def _load_schema() -> "XMLSchema":
    """Return the schema, which takes half a second to build."""
    from xmlschema import XMLSchema  # it changes xml.etree when it is imported

    return XMLSchema(str(files("sepaxml") / "schemas" / f"{SCHEMA}.xsd"))


def _add_payment(
    order: ET.Element, payment_id: str, debtor: Debtor, transfers: Sequence[Transfer], is_sepa: bool, now: datetime
) -> ET.Element:
    payment = ET.SubElement(order, "PmtInf")
    _add(payment, "PmtInfId", payment_id)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "false")
    _add_totals(payment, transfers)
    if is_sepa:
        _add(payment, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _add(payment, "ReqdExctnDt/Dt", now.date().isoformat())
    _add(payment, "Dbtr/Nm", write_bank_text(debtor.name, NAME_LENGTH))
    _add_account(payment, "DbtrAcct", debtor.account.number)
    _add_agent(payment, "DbtrAgt", debtor.account.bank_code, debtor.account.country_code)
    _add(payment, "ChrgBr", "SLEV" if is_sepa else "SHAR")
    return payment


def _add_transfer(payment: ET.Element, transfer: Transfer, text: str) -> None:
    node = ET.SubElement(payment, "CdtTrfTxInf")
    _add(node, "PmtId/EndToEndId", transfer.key)
    amount = _add(node, "Amt/InstdAmt", plain_decimal(transfer.amount_minor, transfer.currency))
    amount.set("Ccy", transfer.currency)
    if transfer.bank_code:
        _add_agent(node, "CdtrAgt", transfer.bank_code, transfer.country_code)
    _add(node, "Cdtr/Nm", write_bank_text(transfer.holder_name, NAME_LENGTH))
    _add_account(node, "CdtrAcct", transfer.number)
    _add(node, "RmtInf/Ustrd", write_bank_text(f"{text} {transfer.key}", TEXT_LENGTH))


def _add_account(parent: ET.Element, name: str, number: str) -> None:
    _add(parent, f"{name}/Id/IBAN" if is_iban(number) else f"{name}/Id/Othr/Id", number)


def _add_agent(parent: ET.Element, name: str, bank_code: str, country_code: str) -> None:
    """Add the bank: by BIC, by its national code with the name of the clearing system, or as not provided."""
    institution = ET.SubElement(ET.SubElement(parent, name), "FinInstnId")
    system = clearing_system_of(bank_code, country_code) or clearing_system_of(bank_code, "US")
    if not bank_code:
        _add(institution, "Othr/Id", "NOTPROVIDED")
    elif is_bic(bank_code) and not clearing_system_of(bank_code, country_code):
        _add(institution, "BICFI", bank_code)
    else:
        member = ET.SubElement(institution, "ClrSysMmbId")
        if system:
            _add(member, "ClrSysId/Cd", system)
        _add(member, "MmbId", bank_code)


def _add_totals(parent: ET.Element, transfers: Sequence[Transfer]) -> None:
    _add(parent, "NbOfTxs", str(len(transfers)))
    total_minor = sum(transfer.amount_minor for transfer in transfers)
    _add(parent, "CtrlSum", plain_decimal(total_minor, transfers[0].currency))


def _add(parent: ET.Element, path: str, text: str) -> ET.Element:
    """Add an element, with those above it in the path, and return it."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
    return parent


def _is_sepa(transfer: Transfer, debtor: Debtor) -> bool:
    numbers: Iterable[str] = (transfer.number, debtor.account.number)
    return transfer.currency == "EUR" and all(is_iban(number) and IBAN(number).in_sepa_zone for number in numbers)
