"""Checkout sessions, payment intents and charges of the stand-in.

Source: docs.stripe.com/payments/checkout/fulfillment, docs.stripe.com/api/checkout/sessions.
"""

from typing import Any

from tests.shop.stripe.account import StripeAccount
from tests.shop.stripe.errors import Fields, Refusal, check_amount, missing_parameter, no_such

HALF_HOUR_S, DAY_S = 1800, 86400
SLOW_METHODS = ("boleto", "customer_balance", "konbini", "sepa_debit", "us_bank_account")


class Payments(StripeAccount):
    """What the shop asks for, and what shoppers do on the payment page."""

    def create_session(self, params: Fields) -> Fields:
        for name in ("mode", "line_items", "success_url"):
            if name not in params:
                raise missing_parameter(name)
        line = params["line_items"]["0"]
        amount, currency = int(line["price_data"]["unit_amount"]), line["price_data"]["currency"]
        total = amount * int(line["quantity"])
        check_amount(total, currency, is_charge=True)
        expires_at = int(params.get("expires_at", self.now + DAY_S))
        if not HALF_HOUR_S - 2 <= expires_at - self.now <= DAY_S + 2:
            text = "The `expires_at` timestamp must be from 30 minutes to 24 hours after Checkout Session creation."
            raise Refusal(text, param="expires_at")
        customer = params.get("customer")
        if customer is not None and params.get("customer_email"):
            raise Refusal("You may only specify one of these parameters: customer, customer_email.")
        if customer is not None and self.objects.get(customer, {"deleted": True}).get("deleted"):
            raise no_such("customer", customer, "customer")
        session = self.add(
            "cs_test",
            "checkout.session",
            amount_total=total,
            currency=currency,
            client_reference_id=params.get("client_reference_id"),
            customer=customer,
            customer_email=params.get("customer_email"),
            expires_at=expires_at,
            metadata=params.get("metadata", {}),
            mode=params["mode"],
            payment_intent=None,
            payment_status="unpaid",
            status="open",
            success_url=params["success_url"],
            cancel_url=params.get("cancel_url"),
        )
        session["url"] = f"{self.page_base}/{session['id']}"
        session["intent_metadata"] = params.get("payment_intent_data", {}).get("metadata", {})
        options = params.get("payment_method_options", {}).get("card", {})
        session["keeps_card"] = bool(customer) and options.get("setup_future_usage") in ("on_session", "off_session")
        session["excluded"] = list(params.get("excluded_payment_method_types", {}).values())
        return session

    def get_session(self, name: str) -> Fields:
        """Return a session, which expires by itself."""
        session = self.get("checkout.session", name)
        if session["status"] == "open" and self.now >= session["expires_at"]:
            self._expire(session)
        return session

    def expire_session(self, name: str) -> Fields:
        session = self.get_session(name)
        if session["status"] != "open":
            text = f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {session["status"]}.'
            raise Refusal(text)
        self._expire(session)
        return session

    def pay(
        self,
        name: str,
        *,
        fingerprint: str = "card_of_a_shopper",
        amount: int | None = None,
        last4: str = "4242",
        wallet: str = "",
    ) -> Fields:
        """Pay with a card on the page, and return the charge. Raises Refusal if the page is closed.

        Each payment makes a new payment method, also of the same card. It is attached to the customer if the session says
        so, and of no further use otherwise.
        """
        session, intent = self._begin(name, amount)
        card = {"brand": "visa", "last4": last4, "exp_month": 12, "exp_year": self.month[0] + 2}
        card |= {"fingerprint": fingerprint, "wallet": {"type": wallet} if wallet else None}
        method = self.add("pm", "payment_method", type="card", card=card, customer=None)
        intent["payment_method"] = method["id"]
        charge = self._charge(intent, {"type": "card", "card": card})
        charge["payment_method"] = method["id"]
        if session["keeps_card"]:
            method["customer"] = session["customer"]
            self.emit("payment_method.attached", method)
        self._succeed(intent, charge)
        session.update(status="complete", payment_status="paid", url=None)
        self.emit("checkout.session.completed", session)
        return charge

    def decline(self, name: str) -> None:
        """Try a card that the bank declines. The page stays open for another one."""
        _session, intent = self._begin(name, None)
        intent.update(status="requires_payment_method", last_payment_error={"message": "Your card was declined."})
        self.emit("payment_intent.payment_failed", intent)

    def pay_slowly(self, name: str, method: str = "sepa_debit") -> None:
        """Choose a method of payment whose outcome is known days later. Raises Refusal if it was not offered."""
        if method in self.get_session(name)["excluded"] or method not in SLOW_METHODS:
            raise Refusal(f"{method} is not offered on this page.")
        session, intent = self._begin(name, None)
        intent["status"] = "processing"
        session.update(status="complete", url=None)
        self.emit("payment_intent.processing", intent)
        self.emit("checkout.session.completed", session)

    def finish_slow_payment(self, name: str, *, is_paid: bool) -> None:
        """Let the bank answer about a slow payment."""
        session = self.get_session(name)
        intent = self.get("payment_intent", session["payment_intent"])
        if is_paid:
            details = {"type": "sepa_debit", "sepa_debit": {"fingerprint": "iban_of_a_shopper"}}
            self._succeed(intent, self._charge(intent, details))
            session["payment_status"] = "paid"
            self.emit("checkout.session.async_payment_succeeded", session)
            return
        intent.update(status="requires_payment_method", last_payment_error={"message": "The debit was refused."})
        self.emit("payment_intent.payment_failed", intent)
        self.emit("checkout.session.async_payment_failed", session)

    def _begin(self, name: str, amount: int | None) -> tuple[Fields, Fields]:
        session = self.get_session(name)
        if session["status"] != "open":
            raise Refusal(f"This Checkout Session is {session['status']}.")
        if session["payment_intent"]:
            return session, self.get("payment_intent", session["payment_intent"])
        intent = self.make_intent(
            amount=session["amount_total"] if amount is None else amount,
            currency=session["currency"],
            customer=session["customer"],
            metadata=dict(session["intent_metadata"]),
        )
        session["payment_intent"] = intent["id"]
        self.emit("payment_intent.created", intent)
        return session, intent

    def make_intent(self, **fields: Any) -> Fields:
        empty = {"amount_received": 0, "latest_charge": None, "next_action": None, "last_payment_error": None}
        return self.add("pi", "payment_intent", status="requires_payment_method", **empty, **fields)

    def _charge(self, intent: Fields, details: Fields) -> Fields:
        return self.add(
            "ch",
            "charge",
            amount=intent["amount"],
            amount_refunded=0,
            currency=intent["currency"],
            customer=intent.get("customer"),
            disputed=False,
            metadata=dict(intent["metadata"]),
            payment_intent=intent["id"],
            payment_method_details=details,
            refunded=False,
            status="succeeded",
        )

    def _succeed(self, intent: Fields, charge: Fields) -> None:
        intent.update(status="succeeded", amount_received=charge["amount"], latest_charge=charge["id"])
        intent.setdefault("payment_method", f"pm_{next(self.numbers)}")
        self.emit("charge.succeeded", charge)
        self.emit("payment_intent.succeeded", intent)

    def _expire(self, session: Fields) -> None:
        session.update(status="expired", url=None)
        if session["payment_intent"]:
            intent = self.get("payment_intent", session["payment_intent"])
            intent.update(status="canceled", cancellation_reason="automatic")
            self.emit("payment_intent.canceled", intent)
        self.emit("checkout.session.expired", session)
