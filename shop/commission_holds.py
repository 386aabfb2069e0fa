"""Commissions are not earned from oneself, one's agency or household.

An assessment looks for signals. Those that leave no doubt refuse the commission at once; the others hold it until
staff decide. Whoever holds, refuses or releases a commission locks the order line first, and so does the tally, which
books it: so nothing is booked that is held, and what was booked stays. See docs/decisions/0014-related-buyers.md.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.money import part_reversed
from shop.browser_accounts import find_earners
from shop.models import CERTAIN, CommissionHold, Order, OrderLine, RefundLine, SignalKind, UnpaidReason
from shop.related_buyers import Signal, find_signals
from shop.states import COMMISSION_HOLD_MOVES, COUNTED_REFUNDS, CommissionHoldState

logger = logging.getLogger(__name__)

MARGIN = timedelta(hours=1)
"""How long before its return period ends a line is left to the tally, which assesses it again in its own transaction."""
MOST_SOURCES = 10
"""How many orders are kept as evidence for each kind of signal."""
OWN = frozenset({SignalKind.ACCOUNT, SignalKind.EMAIL})


class CommissionDecisionRefused(Exception):
    """A refused decision on a held commission. Nothing was changed. The message says why."""


def assess_pending(*, lines: Q, now: datetime, more: Iterable[Signal] = ()) -> None:
    """Assess the commissions of these order lines that are paid, but cannot be booked yet."""
    ids = OrderLine.objects.filter(lines, payable_at__gt=now + MARGIN, creator__isnull=False, commission_minor__gt=0)
    with transaction.atomic():
        locked = ids.select_for_update(no_key=True, skip_locked=True, of=("self",)).order_by("pk")
        assess_locked(line_ids=list(locked.values_list("pk", flat=True)), now=now, more=more)


def assess_locked(*, line_ids: Collection[int], now: datetime, more: Iterable[Signal] = ()) -> None:
    """Hold or refuse the commissions of locked order lines, none of which is booked, as the signals say.

    Kinds of signals on which staff have released a commission do not count again. `more` are signals of other apps.
    """
    by_line: dict[int, list[Signal]] = {}
    for signal in [*find_signals(line_ids, now=now), *more] if line_ids else ():
        by_line.setdefault(signal.line_id, []).append(signal)
    if not by_line:
        return
    holds: dict[int, list[CommissionHold]] = {}
    for hold in CommissionHold.objects.filter(line__in=by_line).order_by("pk"):
        holds.setdefault(hold.line_id, []).append(hold)
    for line in OrderLine.objects.filter(pk__in=by_line, commission_minor__gt=0).order_by("pk"):
        _judge(line, by_line[line.pk], holds.get(line.pk, []), now)


def decide_hold(*, hold_id: int, is_released: bool, decided_by: User, reason: str, now: datetime) -> CommissionHold:
    """Release or refuse a held commission, or release one that was refused. Return the hold.

    Raises CommissionDecisionRefused if the reason is empty, if somebody else decided first, or if `decided_by` would earn the
    commission, gets a share of it, or bought the goods.
    """
    if not reason.strip():
        raise CommissionDecisionRefused(_("Enter a reason for the decision."))
    with transaction.atomic():
        line_id, order_id = CommissionHold.objects.values_list("line", "line__order").get(pk=hold_id)
        Order.objects.select_for_update().get(pk=order_id)  # refunds lock it too, before they read the commission
        line = OrderLine.objects.select_for_update(no_key=True, of=("self",)).get(pk=line_id)
        hold = CommissionHold.objects.get(pk=hold_id)
        if decided_by.pk in _find_involved(line):
            raise CommissionDecisionRefused(
                _("You can't decide on a commission of your own, your agency or your own order.")
            )
        new = CommissionHoldState.RELEASED if is_released else CommissionHoldState.REFUSED
        if new not in COMMISSION_HOLD_MOVES[CommissionHoldState(hold.state)]:
            raise CommissionDecisionRefused(_("Somebody has already decided on this commission."))
        values = {"decided_at": now, "decided_by": decided_by, "reason": reason.strip()}
        CommissionHold.objects.move(hold.pk, hold.state, new, **values)
        if not is_released:
            _refuse(line, UnpaidReason.RELATED_BUYER)
        elif hold.state == CommissionHoldState.REFUSED:
            _restore(line, hold)
    logger.info("commission %s", new, extra={"line": line.pk, "hold": hold.pk, "staff": decided_by.pk})
    hold.refresh_from_db()
    return hold


def _judge(line: OrderLine, signals: list[Signal], holds: list[CommissionHold], now: datetime) -> None:
    released = {kind for hold in holds if hold.state == CommissionHoldState.RELEASED for kind in hold.kinds}
    counted = [signal for signal in signals if signal.kind not in released]
    if not counted:
        return
    is_certain = any(signal.kind in CERTAIN for signal in counted) and not released
    evidence = _describe(counted)
    hold = next((hold for hold in holds if hold.state == CommissionHoldState.HELD), None)
    if hold is None:
        hold = CommissionHold.objects.create(
            line=line,
            signals=evidence,
            commission_minor=line.commission_minor,
            agency_minor=line.agency_minor,
            placed_at=now,
        )
        logger.info("commission held", extra={"line": line.pk, "signals": hold.kinds})
    elif (combined := _combine(hold.signals, evidence)) != hold.signals:
        CommissionHold.objects.filter(pk=hold.pk).update(signals=combined)
    if is_certain:
        CommissionHold.objects.move(hold.pk, CommissionHoldState.HELD, CommissionHoldState.REFUSED, decided_at=now)
        is_own = any(signal.kind in OWN for signal in counted)
        _refuse(line, UnpaidReason.SELF_PURCHASE if is_own else UnpaidReason.RELATED_BUYER)
        logger.info("commission refused", extra={"line": line.pk, "hold": hold.pk})


def _combine(stored: Sequence[dict[str, str]], evidence: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Return the evidence with the stored signals of other kinds, which another check has noticed."""
    noticed = {values["signal"] for values in evidence}
    kinds = [kind.value for kind in SignalKind]
    others = [values for values in stored if values["signal"] not in noticed]
    return sorted([*others, *evidence], key=lambda values: kinds.index(values["signal"]))


def _describe(signals: Iterable[Signal]) -> list[dict[str, str]]:
    """Return the signals as they are stored, with at most MOST_SOURCES of each kind."""
    by_kind: dict[SignalKind, list[dict[str, str]]] = {}
    for signal in signals:
        values = {"signal": signal.kind.value, "source": signal.source, "note": signal.note}
        by_kind.setdefault(signal.kind, []).append(values)
    return [values for kind in SignalKind if kind in by_kind for values in by_kind[kind][:MOST_SOURCES]]


def _refuse(line: OrderLine, reason: UnpaidReason) -> None:
    OrderLine.objects.filter(pk=line.pk).update(unpaid_reason=reason, commission_minor=0, agency_minor=0)


def _restore(line: OrderLine, hold: CommissionHold) -> None:
    """Give back a commission that was refused, and take its part off for each unit that was returned meanwhile."""
    commission_minor, agency_minor = hold.commission_minor, hold.agency_minor
    OrderLine.objects.filter(pk=line.pk).update(
        unpaid_reason="", commission_minor=commission_minor, agency_minor=agency_minor
    )
    before = 0
    for back in RefundLine.objects.filter(order_line=line, refund__state__in=COUNTED_REFUNDS).order_by("pk"):
        after = before + back.quantity
        commission, agency = (
            part_reversed(total, after, line.quantity) - part_reversed(total, before, line.quantity)
            for total in (commission_minor, agency_minor)
        )
        RefundLine.objects.filter(pk=back.pk).update(commission_minor=commission, agency_minor=agency)
        before = after


def _find_involved(line: OrderLine) -> set[int]:
    return find_earners(line) | ({line.order.user_id} if line.order.user_id is not None else set())
