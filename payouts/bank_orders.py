"""Bank orders: numbered sets of a batch's payouts. A bank gets each as one file, so it pays nobody twice.

Payouts of a batch may be sent on different days. A payout is in one order, from which it never moves to another. The
names in a file begin with the installation id, because ids of rows repeat in another shop, or in a copy of this one.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.installation import get_installation_id
from catalog.site import site_name
from payouts.account_numbers import parse_debtor
from payouts.approvals import BatchRefused, lock_batch, require_files
from payouts.banks import Transfer
from payouts.banks.bank_file import write_transfer_file
from payouts.banks.payment_order import Debtor, PaymentOrderInvalid, write_payment_order
from payouts.models import WAITING, Batch
from payouts.transfers import build_transfer

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BankOrder:
    """A bank order with the number of its payouts, and of those that wait for the bank's answer."""

    number: int
    count: int
    waiting_count: int
    message_id: str


def make_bank_order(*, batch: Batch) -> BankOrder:
    """Put the payouts that wait for the bank and are in no order yet into a new one, and return it.

    Raises BatchRefused if there is none, or if the bank takes no files.
    """
    require_files(batch)
    with transaction.atomic():
        payouts = lock_batch(batch.pk).payouts.all()
        number = (payouts.aggregate(last=Max("bank_order"))["last"] or 0) + 1
        prefix = get_installation_id()
        count = payouts.waiting().filter(bank_order=0).update(bank_order=number, bank_prefix=prefix)
        if not count:
            raise BatchRefused(_("Every payout that waits for the bank is in a bank order already."))
    logger.info("bank order made", extra={"batch": batch.pk, "number": number, "payouts": count})
    return BankOrder(number, count, count, _name_message(batch, number, prefix))


def _name_message(batch: Batch, number: int, prefix: str) -> str:
    return "-".join(filter(None, (prefix, "batch", str(batch.pk), str(number))))


def find_bank_orders(batch: Batch) -> list[BankOrder]:
    """Return the batch's orders by number."""
    payouts = batch.payouts.filter(bank_order__gt=0).order_by("bank_order").values("bank_order", "bank_prefix")
    counts = payouts.annotate(count=Count("pk"), waiting_count=Count("pk", filter=Q(state__in=WAITING)))
    return [
        BankOrder(
            row["bank_order"],
            row["count"],
            row["waiting_count"],
            _name_message(batch, row["bank_order"], row["bank_prefix"]),
        )
        for row in counts
    ]


def count_unordered(batch: Batch) -> int:
    """Return how many payouts wait for the bank and are in no order yet."""
    return batch.payouts.waiting().filter(bank_order=0).count()


def build_bank_file(*, batch: Batch, number: int) -> str:
    """Return an order as CSV for the bank. It lists the order's payouts that wait for an answer.

    Raises BatchRefused if there is none, or if the bank takes no files.
    """
    return write_transfer_file(_find_transfers(batch, number))


def build_payment_order(*, batch: Batch, number: int, now: datetime) -> bytes:
    """Return an order as XML for the bank, with the order's payouts that wait for an answer.

    Its message id is the same in every download, so that a bank recognizes an order that it got before.

    Raises BatchRefused if there is none, if the shop's own account is not set, if the bank takes no files, or if a bank
    would refuse the order.
    """
    debtor = find_debtor()
    if debtor is None:
        raise BatchRefused(
            _(
                "The shop's own account is not set. Ask the operator to set PAYOUT_DEBTOR_NAME and PAYOUT_DEBTOR_ACCOUNT."
            )
        )
    transfers = _find_transfers(batch, number)
    [order] = [order for order in find_bank_orders(batch) if order.number == number]
    try:
        return write_payment_order(
            transfers, debtor=debtor, order_id=order.message_id, text=site_name(), now=localtime(now)
        )
    except PaymentOrderInvalid as error:
        raise BatchRefused(_("A bank would refuse this order: %(problem)s") % {"problem": error}) from error


def find_debtor() -> Debtor | None:
    """Return the shop's own account from the settings, or None if it is not set."""
    if not (settings.PAYOUT_DEBTOR_ACCOUNT and settings.PAYOUT_DEBTOR_NAME):
        return None
    account = parse_debtor(settings.PAYOUT_DEBTOR_ACCOUNT, settings.PAYOUT_DEBTOR_BIC)
    return Debtor(settings.PAYOUT_DEBTOR_NAME, account)


def _find_transfers(batch: Batch, number: int) -> list[Transfer]:
    """Return the transfers that the file of an order is for.

    Raises BatchRefused: what goes by calls must not be paid by a file, too.
    """
    require_files(batch)
    payouts = batch.payouts.waiting().filter(bank_order=number, bank_order__gt=0)
    if transfers := [build_transfer(payout) for payout in payouts.order_by("pk")]:
        return transfers
    raise BatchRefused(_("No payout of this bank order waits for the bank."))
