"""Settling of payouts by the file that the bank sent back. What can't be matched is returned with the reason."""

import logging
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.proposals import ProposalRefused
from catalog.prices import format_money
from payouts.approvals import require_files
from payouts.bank_orders import find_bank_orders
from payouts.banks import TransferResult, TransferState
from payouts.banks.bank_answers import BankAnswer, BankFileUnreadable, decode_bank_file, read_bank_table
from payouts.banks.status_report import FileRefusal, is_status_report, read_status_report
from payouts.models import ARRIVED, WAITING, Batch, FailureCode, Payout, PayoutState
from payouts.models.payee import find_users
from payouts.outcome_proposals import decide_by_staff
from payouts.outcomes import BankOutcome
from payouts.transfers import settle_payout

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class UnmatchedRow:
    """A row of the bank's file that settled nothing. `returned_id` is the payout whose money may have come back."""

    line: int
    key: str
    why: str
    returned_id: int | None = None


@dataclass(frozen=True)
class BankImport:
    settled: int
    unmatched: list[UnmatchedRow]


def import_bank_results(*, batch: Batch, content: bytes, user: User, now: datetime) -> BankImport:
    """Settle payouts according to the bank's file: CSV or pain.002.

    A row settles a payout only if the payout is in this batch and on its way, and amount and currency are right as far
    as the row has them. Rows that contradict each other settle nothing. Nobody uploads the answer about a payout to
    themselves, and that a payout above PAYOUT_APPROVAL_ABOVE_MINOR failed is only proposed.

    Raises BankFileUnreadable, or BatchRefused if the bank takes no files. Then nothing is settled.
    """
    require_files(batch)
    answers = _read_answers(batch, decode_bank_file(content))
    states = defaultdict(set)
    for answer in answers:
        if answer.result:
            states[answer.key].add(answer.result.state)
    payouts = {payout.bank_key: payout for payout in batch.payouts.select_related("creator", "agency", "merchant")}
    settled, unmatched = 0, []
    for answer in answers:
        payout = payouts.get(answer.key)
        why = answer.problem or _find_mismatch(answer, payout)
        if not why and payout and _may_be_back(answer, payout):
            unmatched.append(UnmatchedRow(answer.line, answer.key, _explain_return(), payout.pk))
            continue
        if not why and len(states[answer.key]) > 1:
            why = _("The file says both that this payout was paid and that it failed.")
        if not why and payout and answer.result:
            why = _find_second_person(payout, answer.result, user, now)
        if not why and payout and answer.result:
            if settle_payout(payout_id=payout.pk, result=answer.result, now=now):
                settled += 1
                continue
            why = _explain_unsettled(payout)
        unmatched.append(UnmatchedRow(answer.line, answer.key, why))
    logger.info("bank results read", extra={"batch": batch.pk, "settled": settled, "unmatched": len(unmatched)})
    return BankImport(settled, unmatched)


def _read_answers(batch: Batch, text: str) -> list[BankAnswer]:
    """Return the answers in a file. If the bank refused a whole bank order, each of its payouts has failed."""
    if not is_status_report(text):
        return read_bank_table(text)
    answers = read_status_report(text)
    if not isinstance(answers, FileRefusal):
        return answers
    numbers = [order.number for order in find_bank_orders(batch) if order.message_id == answers.message_id.lower()]
    if len(numbers) != 1:
        sentence = _("The bank refused the file “%(name)s”, which is no bank order of this batch.")
        raise BankFileUnreadable(sentence % {"name": answers.message_id})
    result = TransferResult(TransferState.FAILED, "", answers.failure_text[:300], FailureCode.NOT_SENT)
    payouts = batch.payouts.filter(bank_order=numbers[0]).order_by("pk")
    return [BankAnswer(line, payout.bank_key, result) for line, payout in enumerate(payouts, 1)]


def _find_second_person(payout: Payout, result: TransferResult, user: User, now: datetime) -> str:
    """Return why the row needs another person, or "". What only needs an approval is proposed."""
    if payout.state not in WAITING:
        return ""
    if user in find_users(payout.payee):
        return _("You can't decide on a payout to yourself. A colleague has to upload this answer.")
    if result.state == TransferState.PAID or payout.amount_minor <= settings.PAYOUT_APPROVAL_ABOVE_MINOR:
        return ""
    reason = result.failure_text or _("The bank's file says so.")
    values: dict[str, Any] = {"outcome": BankOutcome.NOT_SENT, "reference": result.reference, "reason": reason}
    try:
        decide_by_staff(payout_id=payout.pk, user=user, now=now, **values)
    except ProposalRefused as refusal:
        return str(refusal)
    return _("The amount is above the limit, so a second person has to approve that this payout failed.")


def _find_mismatch(answer: BankAnswer, payout: Payout | None) -> str:
    """Return why the row is not about this payout, or ""."""
    if payout is None:
        number = re.fullmatch(r"(?:[0-9a-f]{12}-)?payout-([0-9]{1,18})", answer.key)
        other = Payout.objects.filter(pk=int(number[1])).first() if number else None
        if other is None:
            return _("There is no payout with this key.")
        if other.bank_key != answer.key:
            values = {"payout": other, "key": other.bank_key}
            return _("%(payout)s has the key %(key)s. This one is of another shop, or of a copy of this shop.") % values
        return _("This payout belongs to another batch, number %(batch)d.") % {"batch": other.batch_id}
    if answer.currency and answer.currency.upper() != payout.currency:
        values = {"written": answer.currency, "currency": payout.currency}
        return _("The currency is %(written)s, but the payout is in %(currency)s.") % values
    is_right = answer.amount_minor in ("", str(payout.amount_minor)) and (
        not answer.amount or payout.amount_minor in _read_amounts(answer.amount, payout.currency)
    )
    if not is_right:
        values = {
            "written": answer.amount or answer.amount_minor,
            "amount": format_money(payout.amount_minor, payout.currency),
        }
        return _("The amount is %(written)s, but the payout is %(amount)s.") % values
    return ""


def _read_amounts(text: str, currency: str) -> set[int]:
    """Return what an amount may mean, in minor units: its last point or comma may separate decimals or thousands."""
    plain = re.sub(r"[^0-9.,]", "", text)
    if not any(letter.isdigit() for letter in plain):
        return set()
    whole, _separator, decimals = plain.replace(",", ".").rpartition(".")
    digits = re.sub(r"\D", "", plain)
    readings = {Decimal(digits), Decimal(f"{whole.replace('.', '') or '0'}.{decimals or '0'}")}
    scaled = [amount.scaleb(get_currency_precision(currency)) for amount in readings]
    return {int(amount) for amount in scaled if amount == int(amount)}


def _may_be_back(answer: BankAnswer, payout: Payout) -> bool:
    """Return whether the bank refuses a payout that it had paid before this file."""
    return payout.state in ARRIVED and answer.result is not None and answer.result.state == TransferState.FAILED


def _explain_return() -> str:
    return _(
        "This payout was paid, but the bank says now that it failed: the money may have come back. Look for it on the "
        "bank's statement. If it is there, mark the payout as returned on its page."
    )


def _explain_unsettled(payout: Payout) -> str:
    payout.refresh_from_db()
    if payout.state == PayoutState.PLANNED:
        return _("This payout was not sent yet.")
    return _("This payout is settled already. Its state is: %(state)s.") % {"state": payout.get_state_display()}
