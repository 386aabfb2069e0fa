"""Cards that shoppers keep at the provider, pay with in two taps, and remove."""

from typing import Any

from hypothesis import strategies as st

from shop.models import KeptCard
from tests.money_machine import books
from tests.money_machine.base import few, picks, step
from tests.money_machine.shoppers import Shopping
from tests.shop.stripe.errors import Refusal

OUTCOMES = ("", "", "authenticate", "generic_decline", "insufficient_funds")
"""What becomes of a charge: "" is a success."""


class Keeping(Shopping):
    @step(who=picks, what=picks, quantity=few, clip=st.none() | picks)
    def pay_and_keep_the_card(self, who: int, what: int, quantity: int, clip: int | None) -> bool:
        """Order with the tick, and pay on the page. A guest's tick keeps nothing."""
        quoted = self.add_quote(who, what, quantity, clip)
        quoted.body["keep_card"] = True
        self.confirm_quote(quoted)
        pages = [page for page in books.open_sessions(self.stripe) if books.order_of(page).code == quoted.code]
        for page in pages:
            self.stripe.pay(page["id"], fingerprint=quoted.person.card)
        return bool(pages)

    @step(
        "kept card",
        which=picks,
        what=picks,
        quantity=few,
        clip=st.none() | picks,
        outcome=st.sampled_from(OUTCOMES),
    )
    def buy_with_a_kept_card(self, which: int, what: int, quantity: int, clip: int | None, outcome: str) -> bool:
        card = self._pick_card(which)
        quoted = self.add_quote(self.people.index(self._owner_of(card)), what, quantity, clip)
        quoted.body["card_id"] = card.pk
        self.stripe.outcome = outcome
        is_placed = self.confirm_quote(quoted)
        self.stripe.outcome = ""
        return is_placed

    @step("payment to confirm", which=picks, is_confirmed=st.booleans())
    def answer_on_the_banks_page(self, which: int, is_confirmed: bool) -> bool:
        intent = self.pick(books.unconfirmed_intents(self.stripe), which)
        self.stripe.authenticate(intent["id"], is_confirmed=is_confirmed)
        return True

    @step("kept card", which=picks)
    def remove_a_card(self, which: int) -> bool:
        card = self._pick_card(which)
        self._owner_of(card).client.post(f"/cards/{card.pk}/remove/")
        return KeptCard.objects.exclude(removed_at=None).filter(pk=card.pk).exists()

    @step("kept card", which=picks)
    def detach_a_card_at_the_provider(self, which: int) -> bool:
        try:
            self.stripe.detach(self._pick_card(which).reference)
        except Refusal:
            return False
        return True

    def _pick_card(self, which: int) -> Any:
        return self.pick(KeptCard.objects.filter(removed_at=None), which)

    def _owner_of(self, card: KeptCard) -> Any:
        return next(person for person in self.people if person.user == card.customer.user)
