"""Customers and the cards that are kept for them, and charges of kept cards, at the stand-in.

Source: docs.stripe.com/api/customers, docs.stripe.com/api/payment_methods, docs.stripe.com/payments/paymentintents/lifecycle,
docs.stripe.com/payments/3d-secure, docs.stripe.com/declines/codes.
"""

from typing import Any

from tests.shop.stripe.errors import Fields, Refusal, check_amount, missing_parameter, no_such
from tests.shop.stripe.reversals import Reversals

DETACHED = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
    "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a "
    "PaymentMethod multiple times, you must attach it to a Customer first."
)


class Cards(Reversals):
    """`outcome` is what becomes of the next charges of kept cards: a decline code, or "" or "authenticate"."""

    outcome: str = ""

    def create_customer(self, params: Fields) -> Fields:
        return self.add("cus", "customer", email=params.get("email"), metadata=params.get("metadata", {}), name=None)

    def delete_customer(self, name: str) -> Fields:
        """Delete a customer. The cards can't be used any more."""
        customer = self.get_customer(name)
        for method in self.cards_of(name):
            method["customer"] = None
        self.objects[name] = {"id": name, "object": "customer", "deleted": True}
        self.emit("customer.deleted", customer)
        return self.objects[name]

    def get_customer(self, name: str) -> Fields:
        customer = self.get("customer", name)
        if customer.get("deleted"):
            raise no_such("customer", name, "customer", status=404)
        return customer

    def cards_of(self, customer: str) -> list[Fields]:
        """Return what a customer keeps, the newest first."""
        return [method for method in reversed(self.all_of("payment_method")) if method["customer"] == customer]

    def list_cards(self, customer: str, params: Fields) -> Fields:
        self.get_customer(customer)
        wanted = params.get("type")
        cards = [method for method in self.cards_of(customer) if wanted in (None, method["type"])]
        return {"object": "list", "data": cards, "has_more": False, "url": f"/v1/customers/{customer}/payment_methods"}

    def detach(self, name: str) -> Fields:
        """Detach a card from its customer, for ever."""
        method = self.get("payment_method", name)
        customer = method["customer"]
        if customer is None:
            text = "The payment method you provided is not attached to a customer so detachment is impossible."
            raise Refusal(text, param="payment_method")
        method["customer"] = None
        self.emit("payment_method.detached", method, before={"customer": customer})
        return method

    def renew_card(self, name: str, **card: Any) -> None:
        """Let the card's network tell a new number or expiry date."""
        method = self.get("payment_method", name)
        method["card"].update(card)
        self.emit("payment_method.automatically_updated", method)

    def create_intent(self, params: Fields) -> Fields:
        """Charge a kept card at once: an intent is made and confirmed in one request."""
        for name in ("amount", "currency"):
            if name not in params:
                raise missing_parameter(name)
        amount, currency = int(params["amount"]), params["currency"]
        check_amount(amount, currency, is_charge=True)
        if params.get("confirm") != "true" or "payment_method" not in params:
            raise Refusal("The stand-in makes confirmed intents only.")
        method = self._get_method(params["payment_method"], params.get("customer"))
        intent = self.make_intent(
            amount=amount,
            currency=currency,
            customer=params.get("customer"),
            metadata=params.get("metadata", {}),
            description=params.get("description"),
        )
        intent["payment_method"] = method["id"]
        self._confirm(intent, method, params)
        return intent

    def authenticate(self, intent_name: str, *, is_confirmed: bool = True) -> str:
        """Answer as the cardholder on the bank's page, and return the address to which the bank sends them back."""
        intent = self.get("payment_intent", intent_name)
        if intent["status"] != "requires_action":
            raise Refusal(f"This PaymentIntent is {intent['status']}.")
        back = str(intent["next_action"]["redirect_to_url"]["return_url"])
        intent["next_action"] = None
        if is_confirmed:
            self._charge_method(intent, self.get("payment_method", intent["payment_method"]))
        else:
            text = "We are unable to authenticate your payment method. Please choose a different payment method and try again."
            self._fail(intent, {"code": "payment_intent_authentication_failure", "message": text})
        return f"{back}{'&' if '?' in back else '?'}payment_intent={intent_name}&redirect_status=succeeded"

    def cancel_intent(self, name: str) -> Fields:
        intent = self.get("payment_intent", name)
        if intent["status"] in ("succeeded", "processing", "canceled"):
            text = (
                f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
                "with one of the following statuses may be canceled: requires_payment_method, requires_capture, "
                "requires_reauthorization, requires_confirmation, requires_action, processing."
            )
            raise Refusal(text, code="payment_intent_unexpected_state")
        intent.update(status="canceled", next_action=None, cancellation_reason=None)
        self.emit("payment_intent.canceled", intent)
        return intent

    def _get_method(self, name: str, customer: str | None) -> Fields:
        if customer is not None:
            owner = self.objects.get(customer)
            if owner is None or owner["object"] != "customer" or owner.get("deleted"):
                raise no_such("customer", customer, "customer")
        method = self.objects.get(name)
        if method is None or method["object"] != "payment_method":
            raise no_such("PaymentMethod", name, "payment_method")
        if method["customer"] is None:
            raise Refusal(DETACHED)
        if method["customer"] != customer:
            text = f"The customer does not have a payment method with the ID {name}."
            raise Refusal(f"{text} The payment method must be attached to the customer.", param="payment_method")
        return method

    def _confirm(self, intent: Fields, method: Fields, params: Fields) -> None:
        expiry = (method["card"]["exp_year"], method["card"]["exp_month"])
        is_expired = expiry < self.month
        if is_expired or self.outcome not in ("", "authenticate"):
            code = "expired_card" if is_expired or self.outcome == "expired_card" else "card_declined"
            text = "Your card has expired." if code == "expired_card" else "Your card was declined."
            error: Fields = {"code": code, "message": text}
            if code == "card_declined":
                error["decline_code"] = self.outcome
            self._fail(intent, error)
            raise Refusal(text, code=code, status=402, kind="card_error", details={**error, "payment_intent": intent})
        if self.outcome == "authenticate":
            if "return_url" not in params:
                raise Refusal("A return_url must be specified.", code="parameter_missing", param="return_url")
            url = f"{self.page_base}/3ds/{intent['id']}"
            redirect = {"url": url, "return_url": params["return_url"]}
            intent.update(
                status="requires_action", next_action={"type": "redirect_to_url", "redirect_to_url": redirect}
            )
            self.emit("payment_intent.requires_action", intent)
            return
        self._charge_method(intent, method)

    def _charge_method(self, intent: Fields, method: Fields) -> None:
        details = {"type": "card", "card": dict(method["card"])}
        charge = self._charge(intent, details)
        charge["payment_method"] = method["id"]
        self._succeed(intent, charge)

    def _fail(self, intent: Fields, error: Fields) -> None:
        intent.update(status="requires_payment_method", last_payment_error={"type": "card_error", **error})
        self.emit("payment_intent.payment_failed", intent)
