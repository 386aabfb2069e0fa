"""The demo shop's payment provider. It moves no money."""

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from shop.providers.port import (
    CardFacts,
    Charge,
    Decline,
    DisputeNews,
    Outcome,
    OutcomeState,
    ProviderUnavailable,
    RefundNews,
)


class DemoProvider:
    """A payment provider that accepts every payment at once.

    To try out failures, use an email address that starts with “declined”. Its payments are declined.
    """

    name = "demo"
    has_payment_page = False

    def charge(self, charge: Charge) -> Outcome:
        if charge.email.startswith("declined"):
            return Outcome(OutcomeState.FAILED, failure_text="The card was declined.", decline=Decline.DECLINED)
        fingerprint = hashlib.sha256(charge.email.encode()).hexdigest()[:16]
        outcome = Outcome(OutcomeState.SUCCEEDED, reference=f"demo-{charge.key}", fingerprint=fingerprint)
        if not charge.keeps_card:
            return outcome
        year = datetime.now(UTC).year + 3
        return replace(outcome, card=CardFacts(f"demo-card-{charge.key}", "visa", "4242", 12, year, fingerprint))

    def look_up_payment(self, charge: Charge, *, session: str, since: datetime) -> Outcome | None:
        return None

    def close_payment(self, session: str) -> Outcome:
        return Outcome(OutcomeState.FAILED)

    def find_fingerprint(self, payment_reference: str) -> str:
        return ""

    def refund(
        self, *, key: str, installation: str, payment_reference: str, amount_minor: int, currency: str
    ) -> Outcome:
        return Outcome(OutcomeState.SUCCEEDED, reference=f"demo-{key}")

    def list_refunds(self, payment_reference: str) -> Iterable[RefundNews]:
        return ()

    def look_up_refund(self, reference: str) -> Outcome:
        return Outcome(OutcomeState.SUCCEEDED, reference=reference)

    def look_up_dispute(self, reference: str) -> DisputeNews:
        raise ProviderUnavailable("The demo has no disputes.")

    def list_news(self, since: datetime) -> Iterable[RefundNews]:
        return ()

    def account(self) -> str:
        return ""

    def is_live(self) -> bool | None:
        return None

    def payable_step(self, currency: str) -> int:
        return 1

    def least_payable(self, currency: str) -> int:
        return 1

    def most_payable(self, currency: str) -> int:
        return sys.maxsize


class DemoCards:
    """Implements `CardKeeper`. It keeps one test card for each payment that was to keep one, and no list of them."""

    def create_customer(self, *, key: str, installation: str, email: str) -> str:
        return f"demo-{key}"

    def find_customer(self, *, key: str, since: datetime) -> str:
        return ""

    def list_cards(self, customer: str) -> list[CardFacts] | None:
        return None

    def remove_card(self, card: str) -> None:
        return

    def delete_customer(self, customer: str) -> None:
        return
