"""Reading of Stripe's objects and events as news. Pure: no Django, no rows, no network.

Sources: docs.stripe.com/api/events/types and the pages of the objects below docs.stripe.com/api.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shop.providers.port import (
    CardFacts,
    CardNews,
    ChargeNews,
    Decline,
    DisputeNews,
    DisputeStage,
    News,
    Outcome,
    OutcomeState,
    Particulars,
    PaymentNews,
    ProviderMessage,
    RefundNews,
)
from shop.providers.stripe_amounts import AmountNotPayable, from_stripe

type Fields = Mapping[str, Any]

NEEDS_NOTHING = (
    *("payment_intent.created", "payment_intent.requires_action", "charge.pending", "charge.failed", "charge.updated"),
    *("balance.", "customer.", "mandate.", "payment_method.", "payout.", "price.", "product.", "radar."),
    *("reporting.", "review.", "topup.", "transfer.", "account.", "person.", "capability."),
)
"""Beginnings of the kinds of events that change nothing here."""

PERSONAL_FIELDS = {
    *("billing_details", "customer_details", "customer_email", "receipt_email", "receipt_url", "shipping"),
    *("shipping_details", "collected_information", "evidence", "email", "url", "client_secret", "owner", "ip"),
}

STAGES = {
    "warning_needs_response": DisputeStage.INQUIRY,
    "warning_under_review": DisputeStage.INQUIRY,
    "warning_closed": DisputeStage.INQUIRY_CLOSED,
    "prevented": DisputeStage.INQUIRY_CLOSED,
    "won": DisputeStage.WON,
    "lost": DisputeStage.LOST,
}
"""Stripe's states of disputes; any other one means that the money is gone and the bank decides."""


DECLINES = {
    "expired_card": Decline.EXPIRED,
    "insufficient_funds": Decline.FUNDS,
    "authentication_required": Decline.UNCONFIRMED,
    "payment_intent_authentication_failure": Decline.UNCONFIRMED,
}
"""What shoppers may be told of a decline. Stripe advises against telling more, such as that a card is reported stolen.

Source: docs.stripe.com/declines/codes, docs.stripe.com/error-codes.
"""


def read_event(event: Fields) -> ProviderMessage:
    """Return an event as news. It has none if its kind or its object is unknown, or if it changes nothing."""
    kind, thing = str(event.get("type", "")), event["data"]["object"]
    news = _read_object(kind, thing, event["data"].get("previous_attributes") or {})
    if news is not None and event.get("account"):
        news = replace(news, particulars=replace(news.particulars, account=str(event["account"])))
    if news is not None and news.particulars.is_live is None:
        news = replace(news, particulars=replace(news.particulars, is_live=event.get("livemode")))
    is_known = news is not None or kind.startswith(NEEDS_NOTHING)
    return ProviderMessage(str(event["id"]), kind, news, is_known, without_personal_data(event))


def _read_object(kind: str, thing: Fields, before: Fields) -> News | None:
    """Return the news of one object of an event, or None if there is none. `before` has old values of what changed."""
    match str(thing.get("object", "")):
        case "checkout.session" if kind.startswith("checkout.session."):
            return _read_session_event(kind, thing)
        case "payment_intent" if kind in INTENT_STATES:
            return read_intent(kind, thing)
        case "refund":
            return read_refund(thing)
        case "charge" if kind in ("charge.refunded", "charge.succeeded"):
            return read_charge(thing)
        case "dispute":
            return read_dispute(thing)
        case "payment_method" if kind.startswith("payment_method."):
            return _read_card_news(thing, before)
        case "customer" if kind == "customer.deleted":
            return CardNews(_read_particulars(thing, None), str(thing["id"]))
    return None


INTENT_STATES = {
    "payment_intent.succeeded": OutcomeState.SUCCEEDED,
    "payment_intent.processing": OutcomeState.PROCESSING,
    "payment_intent.payment_failed": OutcomeState.FAILED,
    "payment_intent.canceled": OutcomeState.FAILED,
}


def read_intent(kind: str, intent: Fields) -> PaymentNews:
    """Return the news of an event about a payment intent. One declined card is no final failure."""
    state = INTENT_STATES[kind]
    amount = intent.get("amount_received") if state == OutcomeState.SUCCEEDED else None
    particulars = _read_particulars(intent, amount or intent.get("amount"))
    error = intent.get("last_payment_error") or {}
    text = str(error.get("message") or intent.get("cancellation_reason") or "")
    outcome = Outcome(
        state,
        reference=str(intent["id"]),
        failure_text=text if state == OutcomeState.FAILED else "",
        fingerprint=_read_fingerprint(_latest_charge(intent)),
        particulars=particulars,
    )
    return PaymentNews(particulars, str(intent["id"]), "", outcome, kind != "payment_intent.payment_failed")


def read_intent_answer(intent: Fields) -> Outcome:
    """Return what became of a charge of a kept card. Source: docs.stripe.com/payments/paymentintents/lifecycle."""
    outcome = Outcome(
        OutcomeState.PROCESSING,
        reference=str(intent["id"]),
        session=str(intent["id"]),
        fingerprint=_read_fingerprint(_latest_charge(intent)),
        particulars=_read_particulars(intent, intent.get("amount_received") or intent.get("amount")),
    )
    match intent.get("status"):
        case "succeeded":
            return replace(outcome, state=OutcomeState.SUCCEEDED)
        case "requires_action":
            redirect = (intent.get("next_action") or {}).get("redirect_to_url") or {}
            url = str(redirect.get("url") or "")
            return replace(outcome, state=OutcomeState.WAITING, next_url=url, is_confirmation=True)
        case "requires_payment_method" | "canceled":
            error: Fields = intent.get("last_payment_error") or {}
            return replace(
                outcome,
                state=OutcomeState.FAILED,
                failure_text=str(error.get("message") or intent.get("cancellation_reason") or intent["status"]),
                decline=read_decline(str(error.get("code") or ""), str(error.get("decline_code") or "")),
            )
    return outcome


def read_decline(code: str, decline_code: str = "") -> Decline:
    return DECLINES.get(decline_code) or DECLINES.get(code) or Decline.DECLINED


def read_card(method: Fields) -> CardFacts:
    """Return what may be shown of a card. Source: docs.stripe.com/api/payment_methods/object, `card`."""
    card: Fields = method.get("card") or {}
    return CardFacts(
        reference=str(method["id"]),
        brand=str(card.get("display_brand") or card.get("brand") or ""),
        last_four=str(card.get("last4") or ""),
        expiry_month=int(card.get("exp_month") or 0),
        expiry_year=int(card.get("exp_year") or 0),
        fingerprint=str(card.get("fingerprint") or ""),
        wallet=str((card.get("wallet") or {}).get("type") or ""),
    )


def _read_card_news(method: Fields, before: Fields) -> CardNews | None:
    """Return which customer's cards changed. A card that was detached has its customer among the old values."""
    customer = _id_of(method.get("customer") or before.get("customer"))
    return CardNews(_read_particulars(method, None), customer) if customer else None


def read_session(session: Fields) -> Outcome:
    """Return what became of a payment, as its checkout session tells."""
    intent = session.get("payment_intent")
    expanded: Fields = intent if isinstance(intent, Mapping) else {}
    outcome = Outcome(
        OutcomeState.WAITING,
        reference=_id_of(intent),
        session=str(session["id"]),
        next_url=str(session.get("url") or ""),
        fingerprint=_read_fingerprint(_latest_charge(expanded)),
        particulars=_read_particulars(session, session.get("amount_total")),
    )
    if session.get("payment_status") in ("paid", "no_payment_required"):
        return replace(outcome, state=OutcomeState.SUCCEEDED, next_url="")
    match session.get("status"):
        case "complete" if expanded.get("status") not in ("requires_payment_method", "canceled"):
            return replace(outcome, state=OutcomeState.PROCESSING, next_url="")
        case "complete" | "expired":
            text = str(session["status"]) if session["status"] == "expired" else str(expanded.get("status"))
            return replace(outcome, state=OutcomeState.FAILED, next_url="", failure_text=text)
    return outcome


def _read_session_event(kind: str, session: Fields) -> PaymentNews | None:
    outcome = read_session(session)
    match kind.removeprefix("checkout.session."):
        case "completed":
            pass
        case "async_payment_succeeded":
            outcome = replace(outcome, state=OutcomeState.SUCCEEDED)
        case "async_payment_failed":
            outcome = replace(outcome, state=OutcomeState.FAILED, failure_text="async_payment_failed")
        case "expired":
            outcome = replace(outcome, state=OutcomeState.FAILED, failure_text="expired")
        case _:
            return None
    particulars = outcome.particulars or Particulars()
    return PaymentNews(particulars, outcome.reference, outcome.session, outcome)


def read_refund(refund: Fields) -> RefundNews:
    """Return the news of a refund. Source: docs.stripe.com/api/refunds/object, `status` and `failure_reason`."""
    states = {"succeeded": OutcomeState.SUCCEEDED} | dict.fromkeys(("pending", "requires_action"), OutcomeState.WAITING)
    state = states.get(str(refund["status"]), OutcomeState.FAILED)
    text = str(refund.get("failure_reason") or refund["status"]) if state == OutcomeState.FAILED else ""
    particulars = _read_particulars(refund, refund.get("amount"))
    outcome = Outcome(state, reference=str(refund["id"]), failure_text=text, particulars=particulars)
    return RefundNews(particulars, _id_of(refund.get("payment_intent")), outcome)


def read_charge(charge: Fields) -> ChargeNews:
    refunded = _read_amount(charge.get("amount_refunded"), str(charge.get("currency") or ""))
    particulars = _read_particulars(charge, charge.get("amount"))
    return ChargeNews(particulars, _id_of(charge.get("payment_intent")), refunded, _read_fingerprint(charge))


def read_dispute(dispute: Fields) -> DisputeNews:
    """Return the news of a dispute. Source: docs.stripe.com/api/disputes/object."""
    fees = [entry for entry in dispute.get("balance_transactions") or () if entry.get("fee")]
    fee_currency = str(fees[0].get("currency") or "").upper() if fees else ""
    fee_minor = _read_amount(sum(int(entry["fee"]) for entry in fees), fee_currency) or 0
    due_by = (dispute.get("evidence_details") or {}).get("due_by")
    return DisputeNews(
        particulars=_read_particulars(dispute, dispute.get("amount")),
        reference=str(dispute["id"]),
        payment_reference=_id_of(dispute.get("payment_intent")),
        stage=STAGES.get(str(dispute["status"]), DisputeStage.OPEN),
        cause=str(dispute.get("reason") or ""),
        answer_by=datetime.fromtimestamp(int(due_by), UTC) if due_by else None,
        fee_minor=fee_minor,
        fee_currency=fee_currency,
    )


def without_personal_data(value: Any) -> Any:
    """Return a copy of an event without the shopper's name, addresses and links to pages that have them."""
    if isinstance(value, Mapping):
        return {name: without_personal_data(part) for name, part in value.items() if name not in PERSONAL_FIELDS}
    return [without_personal_data(part) for part in value] if isinstance(value, list) else value


def _read_particulars(thing: Fields, amount: Any) -> Particulars:
    metadata: Fields = thing.get("metadata") or {}
    currency = str(thing.get("currency") or "").upper()
    return Particulars(
        key=str(metadata.get("key") or thing.get("client_reference_id") or ""),
        installation=str(metadata.get("installation") or ""),
        is_live=thing.get("livemode"),
        amount_minor=_read_amount(amount, currency),
        currency=currency,
    )


def _read_amount(amount: Any, currency: str) -> int | None:
    """Return an amount in our minor units. Without a currency, Stripe's and our units are taken for equal."""
    if amount is None:
        return None
    try:
        return from_stripe(int(amount), currency) if currency else int(amount)
    except AmountNotPayable:
        return None


def _latest_charge(intent: Fields) -> Fields:
    """Return the charge of an intent if the event or answer contains it, or an empty one."""
    charge = intent.get("latest_charge")
    return charge if isinstance(charge, Mapping) else {}


def _read_fingerprint(charge: Fields) -> str:
    """Return the fingerprint of the card or bank account behind a charge, or "" if the charge has none."""
    details: Fields = charge.get("payment_method_details") or {}
    method: Fields = details.get(str(details.get("type") or "card")) or {}
    return str(method.get("fingerprint") or "")


def _id_of(thing: Any) -> str:
    """Return the id of an object that Stripe gives as an id or, expanded, as a whole."""
    return str(thing["id"] if isinstance(thing, Mapping) else thing or "")
