"""A sequence: its settings, its people, and how its steps are run, counted and checked."""

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.test import Client, TestCase, override_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from accounts.idempotency import RETENTION
from accounts.models import User
from feedsite.celery import app
from payouts import tasks as payout_tasks
from payouts.models import PayoutAccount
from shop.models import Order
from tests.conftest import client_of
from tests.factories import PASSWORD
from tests.money_machine import books
from tests.money_machine.plan import StepCounts
from tests.money_machine.world import HOME, REFUSED, START, ClockedStripe, World
from tests.shop.conftest import ADDRESS

WAYS = ("card", "card", "slowly", "not yet")
picks = st.integers(0, 999)
few = st.integers(1, 3)

IBANS = ["DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606", "NL91ABNA0417164300"]
ACCOUNTS = {"csv": IBANS, "stripe": ["acct_maya0001", "acct_noor0001", "acct_north001", "acct_other001"]}


@dataclass
class Person:
    """Somebody who buys. `body` is what identifies a guest in each request."""

    name: str
    client: Client
    card: str
    user: User | None = None
    body: dict[str, Any] = field(default_factory=dict)


@dataclass
class Quoted:
    """A total that somebody saw, and what they send to confirm it."""

    person: Person
    body: dict[str, Any]
    key: str
    code: str = ""
    placed_at: datetime | None = None

    def is_forgotten(self, now: datetime) -> bool:
        """Return whether the shop may have forgotten the key of the order that was placed."""
        return self.placed_at is not None and self.placed_at < now - RETENTION


def step(needs: str = "", **drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., bool]], Any]:
    """Make a method a step. It returns whether it did anything. The books are checked after it.

    `needs` names what must exist for it to do anything: see `books.count_things`.
    """

    def decorate(method: Callable[..., bool]) -> Any:
        @functools.wraps(method)
        def run(self: "Sequenced", **values: Any) -> None:
            kind = method.__name__.replace("_", " ")
            self.counts.tried[kind] += 1
            self.is_sound = False
            self.world.clock.move(timedelta(seconds=1))
            with TestCase.captureOnCommitCallbacks(execute=True):
                self.counts.done[kind] += bool(method(self, **values))
            books.check_step(self.stripe)
            self.things = books.count_things(self.stripe)
            self.is_sound = True

        made: Any = rule(**drawn)(run)  # type: ignore[call-overload]  # it names no type for several strategies
        return precondition(lambda self: self.things[needs] > 0)(made) if needs else made

    return decorate


class Sequenced(RuleBasedStateMachine):
    """One sequence in a savepoint that is rolled back. Subclasses add the steps."""

    world: ClassVar[World]
    counts: ClassVar[StepCounts]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.is_sound = False
        self.stripe = self.world.stripe
        self.stripe.start_afresh()
        app.conf.task_always_eager = True
        self.rival = ClockedStripe(self.world.clock, first_id=1_000_000)
        self.world.clock.now = START
        self.world.mail.accepted.clear()
        self.world.mail.sender_reply = "250 OK"
        self.quotes: list[Quoted] = []
        self.owners: dict[str, Person] = {}
        self.lost: list[dict[str, Any]] = []
        self.bank = books.BankBook()
        self.number = 0
        self.things: Counter[str] = Counter()

    @initialize(
        currency=st.sampled_from(("USD", "USD", "JPY", "KWD", "ISK")),
        tax_bps=st.sampled_from((0, 0, 825, 2000)),
        includes_tax=st.booleans(),
        shipping=st.sampled_from((0, 490)),
        wait_days=st.sampled_from((0, 14)),
        bank=st.sampled_from(("csv", "stripe")),
        zone=st.sampled_from(("UTC", "Pacific/Auckland", "America/Los_Angeles")),
        is_resent=st.booleans(),
        approved_above=st.sampled_from((0, 10**6)),
        records_parcels=st.booleans(),
        orders=st.lists(st.tuples(picks, picks, few, picks, st.sampled_from(WAYS)), min_size=1, max_size=4),
    )
    def open_shop(
        self,
        currency: str,
        tax_bps: int,
        includes_tax: bool,
        shipping: int,
        wait_days: int,
        bank: str,
        zone: str,
        is_resent: bool,
        approved_above: int,
        records_parcels: bool,
        orders: list[tuple[int, int, int, int, str]],
    ) -> None:
        self.currency, self.is_resent, self.bank_name = currency, is_resent, bank
        self.stack.enter_context(
            override_settings(
                CURRENCY=currency,
                TAX_RATES_BPS={"US": tax_bps},
                PRICES_INCLUDE_TAX=includes_tax,
                SHIPPING_FEE_MINOR=shipping,
                SHIPPING_FREE_FROM_MINOR=10**6,
                PAYMENT_WAIT_DAYS=wait_days,
                PAYOUT_PROVIDER=bank,
                TIME_ZONE=zone,
                PAYOUT_APPROVAL_ABOVE_MINOR=approved_above,
                RECORD_PARCELS=records_parcels,
            )
        )
        self.goods = self.world.goods[currency]
        self._open_accounts()
        self._admit_people()
        with TestCase.captureOnCommitCallbacks(execute=True):
            payout_tasks.tally()
            for who, what, quantity, clip, way in orders:
                self.place_first_order(who, what % 2, quantity, clip, way)
        self.things = books.count_things(self.stripe)
        self.is_sound = True

    def place_first_order(self, who: int, what: int, quantity: int, clip: int, way: str) -> None:
        """Place an order before the first step, and pay it in one of the WAYS."""
        raise NotImplementedError

    def teardown(self) -> None:
        try:
            if self.is_sound:
                self.settle_everything()
                type(self).counts.sequences += 1
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)
            self.stack.close()

    def settle_everything(self) -> None:
        """Let everybody finish what they began, and compare all books."""
        raise NotImplementedError

    def pick(self, rows: Any, which: int) -> Any:
        """Return one of the rows, or None if there are none."""
        if not isinstance(rows, Sequence):
            ids = list(rows.order_by("pk").values_list("pk", flat=True))
            return rows.get(pk=ids[which % len(ids)]) if ids else None
        return rows[which % len(rows)] if rows else None

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def confirm_password(self, client: Client) -> None:
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    def learn_owners(self, person: Person) -> None:
        """Remember whose the new orders are."""
        for code in Order.objects.exclude(code__in=self.owners).values_list("code", flat=True):
            self.owners[code] = person

    def _open_accounts(self) -> None:
        PayoutAccount.objects.all().delete()
        numbers, (maya, noor) = ACCOUNTS[self.bank_name], self.world.creators
        PayoutAccount.objects.bulk_create(
            [
                PayoutAccount(creator=maya, holder_name="Maya", number=numbers[0], country_code="DE"),
                PayoutAccount(creator=noor, holder_name="Noor", number=numbers[1], country_code="DE"),
                PayoutAccount(agency=self.world.agency, holder_name="North", number=numbers[2], country_code="DE"),
                PayoutAccount(merchant=self.world.merchant, holder_name="Oak", number=numbers[3], country_code="DE"),
            ]
        )

    def _admit_people(self) -> None:
        guest = {"email": "gil@example.com", "address": ADDRESS | {"street": "2 Guest Road"}}
        refused = guest | {"email": REFUSED}
        maya = self.world.creators[0]
        self.people = [
            Person("sam", client_of(self.world.shopper), "card_sam", self.world.shopper),
            Person("gil", Client(), "card_gil", body=guest),
            Person("nobody", Client(), "card_nobody", body=refused),
            Person("maya", client_of(maya.user), "card_maya", maya.user, {"address": HOME}),
            Person("flatmate of maya", Client(), "card_flat", body={"email": "flat@example.com", "address": HOME}),
        ]
        self.as_creators = [client_of(creator.user) for creator in self.world.creators]
        self.as_packer = client_of(self.world.packer)
        self.as_owner = client_of(self.world.owner)
        self.as_finance = [client_of(user) for user in self.world.finance]
