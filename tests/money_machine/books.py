"""Comparison of our books with those of the payment provider and of the bank.

What is said at any moment must be true: `check_step`. Once everything was told, the books must be equal:
`check_everything`. The only exception is what waits in front of a person.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F, Q, Sum

from accounts.installation import get_installation_id
from accounts.keys import parse_key
from payouts.models import Payout
from shop.invoice_checks import find_invoice_problems
from shop.models import Dispute, Order, Payment, ProviderCustomer, ProviderEvent, Refund
from shop.providers.stripe_amounts import to_stripe
from tests.money_machine.row_checks import check_rows
from tests.shop.stripe import StandInStripe

type Fields = dict[str, Any]

DISPUTES = {"won": "won", "lost": "lost", "warning_closed": "inquiry_closed"}


@dataclass
class BankBook:
    """What the bank did with the keys in the files that it got: paid this amount, or refused (None)."""

    done: dict[str, int | None] = field(default_factory=dict)
    orders: set[tuple[int, int]] = field(default_factory=set)
    """The batches and numbers of the bank orders that it got."""


def key_of(thing: Fields) -> str:
    return str(thing["metadata"].get("key", ""))


def order_of(session: Fields) -> Order:
    return Payment.objects.get(pk=parse_key(key_of(session).rpartition("-")[2])).order


def open_sessions(stripe: StandInStripe) -> list[Fields]:
    """Return the pages on which somebody can pay now. Asking lets old ones expire."""
    sessions = [stripe.get_session(session["id"]) for session in stripe.all_of("checkout.session")]
    return [session for session in sessions if session["status"] == "open"]


def unconfirmed_intents(stripe: StandInStripe) -> list[Fields]:
    """Return the payments that wait for the cardholder on the page of a bank."""
    return [intent for intent in stripe.all_of("payment_intent") if intent["status"] == "requires_action"]


def payable_things(stripe: StandInStripe) -> list[Fields]:
    """Return the pages of the provider and of banks on which somebody can pay now."""
    return open_sessions(stripe) + unconfirmed_intents(stripe)


def charges_of(stripe: StandInStripe, order: Order) -> list[Fields]:
    """Return what the provider collected for an order, whatever we know of it."""
    keys = {payment.key for payment in order.payments.all()}
    return [charge for charge in stripe.all_of("charge") if key_of(charge) in keys]


def is_payable(stripe: StandInStripe, order: Order) -> bool:
    keys = {payment.key for payment in order.payments.all()}
    return any(key_of(thing) in keys for thing in payable_things(stripe))


def disputes_of(stripe: StandInStripe, charge: Fields) -> list[Fields]:
    return [row for row in stripe.all_of("dispute") if row["charge"] == charge["id"]]


def count_things(stripe: StandInStripe) -> Counter[str]:
    """Count what steps need, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_THINGS)
        things = Counter({str(name): int(count) for name, count in cursor.fetchall()})
    for thing in stripe.objects.values():
        things[thing["object"]] += 1
        if thing["object"] == "payment_intent" and thing["status"] == "processing":
            things["slow payment"] += 1
        if thing["object"] == "refund" and thing["status"] != "failed":
            things["standing refund"] += 1
        if thing["object"] == "dispute" and thing["status"] not in DISPUTES:
            things["open dispute"] += 1
    things["open page"] = len(open_sessions(stripe))
    things["payment to confirm"] = len(unconfirmed_intents(stripe))
    things["event"] = len(stripe.events)
    return things


_THINGS = """
SELECT state || ' order', count(*) FROM shop_order GROUP BY 1
UNION ALL SELECT 'order', count(*) FROM shop_order
UNION ALL SELECT 'settled order', count(*) FROM shop_order WHERE paid_at IS NOT NULL
UNION ALL SELECT 'payment', count(*) FROM shop_payment WHERE session <> ''
UNION ALL SELECT state || ' refund', count(*) FROM shop_refund GROUP BY 1
UNION ALL SELECT 'parcel', count(*) FROM shop_parcel
UNION ALL SELECT state || ' payout', count(*) FROM payouts_payout GROUP BY 1
UNION ALL SELECT 'payout on its way', count(*) FROM payouts_payout WHERE state IN ('sending', 'unknown')
UNION ALL SELECT 'batch to approve', count(*) FROM payouts_batch WHERE approved_at IS NULL
UNION ALL SELECT 'proposal', count(*) FROM accounts_proposal WHERE state = 'proposed'
UNION ALL SELECT 'event set aside', count(*) FROM shop_providerevent WHERE state = 'set_aside'
UNION ALL SELECT 'posting', count(*) FROM payouts_posting WHERE kind IN ('fee', 'commission')
UNION ALL SELECT 'kept card', count(*) FROM shop_keptcard WHERE removed_at IS NULL
UNION ALL SELECT 'held commission', count(*) FROM shop_commissionhold WHERE state = 'held'
UNION ALL SELECT 'hold', count(*) FROM payouts_hold WHERE released_at IS NULL
"""


def is_with_a_person(reference: str) -> bool:
    """Return whether an event about this payment, refund or dispute waits in front of a person, or did."""
    events = ProviderEvent.objects.exclude(state="handled")
    return events.filter(Q(reference=reference) | Q(payment_reference=reference)).exists()


def check_step(stripe: StandInStripe) -> None:
    """Check what must be true at any moment, however late the news are."""
    _check_pages(stripe)
    _check_payments(stripe)
    _check_refunds(stripe)
    _check_payouts(stripe)
    check_rows()


def _check_pages(stripe: StandInStripe) -> None:
    """Nothing is payable twice, and nothing that is paid or cancelled is payable."""
    payable = Counter(order_of(thing).pk for thing in payable_things(stripe))
    for order in Order.objects.filter(pk__in=payable):
        assert order.state == "pending", f"{order} is {order.state}, and can still be paid"
        assert payable[order.pk] == 1, f"{order} can be paid {payable[order.pk]} times"


def _check_payments(stripe: StandInStripe) -> None:
    for payment in Payment.objects.filter(state="succeeded", provider="stripe"):
        intent = stripe.objects[payment.reference]
        assert (intent["status"], key_of(intent)) == ("succeeded", payment.key)
        assert intent["amount_received"] == to_stripe(payment.amount_minor, payment.currency), payment
        assert intent["currency"] == payment.currency.lower(), payment
    unpaid = Order.objects.exclude(state__in=("pending", "cancelled")).exclude(payments__state="succeeded")
    assert not unpaid.exists(), "An order is paid without a payment."


def _check_refunds(stripe: StandInStripe) -> None:
    keys = Counter(key_of(refund) for refund in stripe.all_of("refund") if key_of(refund))
    assert all(count == 1 for count in keys.values()), f"A refund was made twice: {keys}"
    for refund in Refund.objects.filter(state__in=("pending", "done"), reference__startswith="re_"):
        there = stripe.objects[refund.reference]
        assert there["amount"] == to_stripe(refund.amount_minor, refund.currency), refund
    for charge in stripe.all_of("charge"):
        assert charge["amount_refunded"] <= charge["amount"]


def _check_payouts(stripe: StandInStripe) -> None:
    """Who is paid was paid once; who is said not to be was not."""
    sent = Counter(key_of(transfer) for transfer in stripe.all_of("transfer"))
    prefix = f"{get_installation_id()}-"
    assert all(count == 1 for key, count in sent.items() if key.startswith(prefix)), f"Paid twice: {sent}"
    for payout in Payout.objects.filter(batch__provider="stripe"):
        is_sent = sent[f"{prefix}{payout.key}"] == 1
        if payout.state in ("paid", "reconciled", "returned"):
            assert is_sent, f"{payout} is {payout.state}, but no money moved"
        elif payout.state not in ("sending", "unknown"):
            assert not is_sent, f"{payout} is {payout.state}, but money moved"


def check_everything(stripe: StandInStripe, bank: BankBook) -> None:
    """Compare all books after everything was told."""
    check_step(stripe)
    _compare_charges(stripe)
    _compare_reversals(stripe)
    _compare_disputes(stripe)
    _compare_cards(stripe)
    _compare_orders(stripe)
    _compare_payouts(stripe, bank)
    assert list(find_invoice_problems()) == []


def _compare_charges(stripe: StandInStripe) -> None:
    """Every charge is booked, for its currency and amount, or waits in front of a person."""
    booked = set(Payment.objects.filter(state="succeeded").values_list("reference", flat=True))
    for charge in stripe.all_of("charge"):
        assert charge["payment_intent"] in booked or is_with_a_person(charge["payment_intent"]), charge
    totals: Counter[str] = Counter()
    for charge in stripe.all_of("charge"):
        if charge["payment_intent"] in booked:
            totals[charge["currency"]] += charge["amount"]
    ours: Counter[str] = Counter()
    for payment in Payment.objects.filter(state="succeeded", provider="stripe"):
        ours[payment.currency.lower()] += to_stripe(payment.amount_minor, payment.currency)
    assert totals == ours, f"the provider collected {totals}, our books say {ours}"


def _compare_reversals(stripe: StandInStripe) -> None:
    for there in stripe.all_of("refund"):
        refund = Refund.objects.filter(reference=there["id"]).first()
        if refund is None:
            is_told = is_with_a_person(there["id"]) or is_with_a_person(there["payment_intent"])
            assert is_told or there["status"] == "failed", f"A refund is in nobody's books: {there}"
            continue
        states = {"succeeded": ("done",), "pending": ("pending",), "failed": ("failed", "planned", "sending")}
        assert refund.state in states[there["status"]], (refund, there)
    unknown = Refund.objects.filter(state__in=("pending", "done"), reference__startswith="re_")
    for refund in unknown:
        assert refund.reference in stripe.objects, refund


def _compare_disputes(stripe: StandInStripe) -> None:
    for there in stripe.all_of("dispute"):
        dispute = Dispute.objects.filter(reference=there["id"]).first()
        if dispute is None:
            assert is_with_a_person(there["id"]) or is_with_a_person(there["payment_intent"]), there
            continue
        default = "inquiry" if there["status"].startswith("warning_") else "open"
        assert dispute.state == DISPUTES.get(there["status"], default) or is_with_a_person(there["id"]), (
            dispute,
            there,
        )


def _compare_cards(stripe: StandInStripe) -> None:
    """The cards that are offered are those that the provider keeps, each once; others it keeps no more."""
    for customer in ProviderCustomer.objects.exclude(reference=""):
        there = [card["card"]["fingerprint"] for card in stripe.cards_of(customer.reference)]
        ours = list(customer.cards.filter(removed_at=None).values_list("fingerprint", flat=True))
        assert sorted(there) == sorted(ours), f"The provider keeps {there} for {customer}, we offer {ours}"


def _compare_orders(stripe: StandInStripe) -> None:
    """An order's state is what happened to its money."""
    for order in Order.objects.all():
        charges = charges_of(stripe, order)
        has_open_dispute = any(
            row["status"] in ("needs_response", "under_review")
            for charge in charges
            for row in disputes_of(stripe, charge)
        )
        if order.state in ("pending", "cancelled"):
            unreturned = [row for row in charges if not is_with_a_person(row["payment_intent"])]
            owed = order.refunds.aggregate(total=Sum("amount_minor"))["total"] or 0
            collected = order.payments.filter(state="succeeded").aggregate(total=Sum("amount_minor"))["total"] or 0
            assert not unreturned or owed == collected, f"{order} is {order.state}, and its money was kept"
            assert order.state == "cancelled" or not charges, f"{order} waits for a payment that has arrived"
        else:
            assert charges or not order.total_minor, f"{order} is {order.state} without any money"
            is_disputed = order.state == "disputed"
            all_told = not any(is_with_a_person(row["payment_intent"]) for row in charges)
            if all_told and order.refunded_minor < order.total_minor:
                assert is_disputed == has_open_dispute, f"{order} is {order.state}"
            expected = "partly_refunded" if 0 < order.refunded_minor < order.total_minor else order.state
            assert order.state in (expected, "disputed"), order
    assert not Order.objects.filter(state="paid", refunded_minor__gt=0).exists()
    assert not Order.objects.filter(refunded_minor__gt=F("total_minor")).exists()


def _compare_payouts(stripe: StandInStripe, bank: BankBook) -> None:
    for payout in Payout.objects.select_related("batch"):
        assert payout.state not in ("sending", "unknown"), f"{payout} is still {payout.state}"
        if payout.batch.provider == "csv":
            moved = bank.done.get(payout.bank_key)
            expected = payout.amount_minor if payout.state in ("paid", "reconciled", "returned") else None
            assert moved == expected, f"{payout} is {payout.state}, but the bank paid {moved}"
            continue
        sent = [row for row in stripe.all_of("transfer") if key_of(row) == f"{get_installation_id()}-{payout.key}"]
        if payout.state in ("paid", "reconciled", "returned"):
            assert [row["amount"] for row in sent] == [to_stripe(payout.amount_minor, payout.currency)]
            assert sent[0]["destination"] == payout.number
        else:
            assert not sent, f"{payout} is {payout.state}, but money moved"
