"""The demo shop's payment provider. It moves no money."""

import hashlib

from shop.providers.port import Charge, Outcome, OutcomeState


class DemoProvider:
    """A payment provider that accepts every payment at once.

    To try out failures, use an e-mail address that starts with “declined”. Its payments are declined.
    """

    name = "demo"
    has_payment_page = False

    def charge(self, charge: Charge) -> Outcome:
        if charge.email.startswith("declined"):
            return Outcome(OutcomeState.FAILED, failure_text="The card was declined.")
        fingerprint = hashlib.sha256(charge.email.encode()).hexdigest()[:16]
        return Outcome(OutcomeState.SUCCEEDED, reference=f"demo-{charge.key}", fingerprint=fingerprint)

    def refund(self, *, key: str, payment_reference: str, amount_minor: int, currency: str) -> Outcome:
        return Outcome(OutcomeState.SUCCEEDED, reference=f"demo-{key}")

    def look_up_refund(self, reference: str) -> Outcome:
        return Outcome(OutcomeState.SUCCEEDED, reference=reference)
