"""Refunds and disputes of the stand-in, asked for by the shop, made in the dashboard, or by banks.

Source: docs.stripe.com/refunds, docs.stripe.com/disputes/how-disputes-work.
"""

from tests.shop.stripe.errors import Fields, Refusal, check_amount
from tests.shop.stripe.payments import Payments

DISPUTE_FEE = 1500


class Reversals(Payments):
    """`refund_status` is what becomes of new refunds: succeeded, pending or failed."""

    refund_status: str = "succeeded"

    def create_refund(self, params: Fields) -> Fields:
        charge = self.charge_of(params["payment_intent"])
        left = charge["amount"] - charge["amount_refunded"]
        amount = int(params.get("amount", left))
        if charge["disputed"]:
            text = f"Charge {charge['id']} has been charged back; cannot issue a refund."
            raise Refusal(text, code="charge_disputed")
        if charge["refunded"]:
            raise Refusal(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
        if amount > left:
            raise Refusal(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).")
        check_amount(amount, charge["currency"], is_charge=False)
        refund = self.add(
            "re",
            "refund",
            amount=amount,
            charge=charge["id"],
            currency=charge["currency"],
            failure_reason=None,
            metadata=params.get("metadata", {}),
            payment_intent=params["payment_intent"],
            status="pending" if self.refund_status == "failed" else self.refund_status,
        )
        self._count(charge, amount)
        self.emit("refund.created", refund)
        self.emit("charge.refunded", charge)
        if self.refund_status == "failed":
            self.finish_refund(refund["id"], "failed")
        return refund

    def refund_in_dashboard(self, intent: str, amount: int | None = None) -> Fields:
        """Refund as a person does in the dashboard: without any metadata."""
        return self.create_refund({"payment_intent": intent, **({} if amount is None else {"amount": amount})})

    def finish_refund(self, name: str, status: str) -> None:
        """Let the bank answer: succeeded or failed. A refund may fail after it had succeeded."""
        refund = self.get("refund", name)
        refund.update(status=status, failure_reason="declined" if status == "failed" else None)
        if status == "failed":
            self._count(self.get("charge", refund["charge"]), -refund["amount"])
            self.emit("refund.failed", refund)
        self.emit("refund.updated", refund)

    def open_dispute(self, intent: str, *, amount: int | None = None, is_inquiry: bool = False) -> Fields:
        """Let a cardholder dispute a payment. The bank takes the money at once, unless it only asks."""
        charge = self.charge_of(intent)
        dispute = self.add(
            "dp",
            "dispute",
            amount=charge["amount"] if amount is None else amount,
            balance_transactions=[],
            charge=charge["id"],
            currency=charge["currency"],
            evidence_details={"due_by": self.now + 10 * 86400},
            payment_intent=intent,
            reason="fraudulent",
            status="warning_needs_response" if is_inquiry else "needs_response",
        )
        self.emit("charge.dispute.created", dispute)
        if not is_inquiry:
            self._withdraw(dispute, charge)
        return dispute

    def update_dispute(self, name: str, status: str) -> None:
        """Let time pass: under_review once evidence was sent, or needs_response once an inquiry became a dispute."""
        dispute = self.get("dispute", name)
        was_inquiry = dispute["status"].startswith("warning_")
        dispute["status"] = status
        self.emit("charge.dispute.updated", dispute)
        if was_inquiry and not status.startswith("warning_"):
            self._withdraw(dispute, self.get("charge", dispute["charge"]))

    def close_dispute(self, name: str, status: str) -> None:
        """Let the bank decide: won, lost, or warning_closed for an inquiry."""
        dispute = self.get("dispute", name)
        dispute["status"] = status
        if status == "won":
            dispute["balance_transactions"].append({"amount": dispute["amount"], "fee": 0, "currency": "usd"})
        self.emit("charge.dispute.closed", dispute)
        if status == "won":
            self.emit("charge.dispute.funds_reinstated", dispute)

    def charge_of(self, intent: str) -> Fields:
        return self.get("charge", self.get("payment_intent", intent)["latest_charge"] or "none")

    def _withdraw(self, dispute: Fields, charge: Fields) -> None:
        entry = {"amount": -dispute["amount"], "fee": DISPUTE_FEE, "currency": "usd"}
        dispute["balance_transactions"].append(entry)
        charge["disputed"] = True
        self.emit("charge.dispute.funds_withdrawn", dispute)

    def _count(self, charge: Fields, amount: int) -> None:
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
