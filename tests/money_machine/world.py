"""What all sequences share: people, goods, clips, and the servers of the payment provider and of the mail."""

import itertools
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import stripe
from django.contrib.auth.models import Group
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from catalog.models import HOUSE_ID, Merchant, Product
from creators.models import Agency, Creator
from creators.representation import accept_representation, offer_representation
from feedsite.celery import app
from feedsite.environment import parse_mailer
from shop.models import Address, DiscountCode
from tests.factories import (
    make_campaign,
    make_category,
    make_creator,
    make_enrolment,
    make_member,
    make_merchant,
    make_product,
    make_published_clip,
    make_user,
)
from tests.mail_server import ClosingController, MailServer, free_port
from tests.shop.conftest import ADDRESS
from tests.shop.stripe import StandInStripe, running_stripe
from videos.models import Clip

START = datetime(2026, 10, 28, 12, tzinfo=UTC)
STOCK = 12
PRICES = {"USD": (777, 1250), "JPY": (777, 1250), "KWD": (7770, 12500), "ISK": (777, 1250)}
"""The prices of the two products in each currency, in minor units; Stripe's differ for the króna and the dinar."""
HOME = ADDRESS | {"street": "3 Home Street"}
"""Where the creator Maya lives, and not alone."""
FREE = "card"
REFUSED = "550-refused@example.com"
"""The address of a guest whose mail server refuses every email for good."""


class Clock:
    """The time of a sequence, which only steps move."""

    def __init__(self) -> None:
        self.now = START

    def read(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


class ClockedStripe(StandInStripe):
    """A stand-in whose time is the clock's. The ids of its objects begin at `first_id`."""

    def __init__(self, clock: Clock, *, first_id: int = 1) -> None:
        super().__init__()
        self.clock = clock
        self.numbers = itertools.count(first_id)

    @property
    def now(self) -> int:
        return int(self.clock.now.timestamp())

    def start_afresh(self) -> None:
        """Forget everything, for the next sequence. The address stays the same."""
        self.objects.clear()
        self.numbers = itertools.count(1)
        self.answers.clear()
        self.requests.clear()
        self.events = []
        self.lost_answers = self.failures = 0
        self.refund_status = "succeeded"
        self.outcome = ""


@dataclass
class World:
    """Rows that every sequence begins with, and the servers."""

    clock: Clock
    stripe: ClockedStripe
    mail: MailServer
    shopper: User
    finance: list[User]
    packer: User
    creators: list[Creator]
    agency: Agency
    merchant: Merchant
    owner: User
    goods: dict[str, list[Product]]
    clips: list[Clip]
    tokens: dict[int, list[Clip]] = field(default_factory=dict)

    def clips_with(self, product: Product) -> list[Clip]:
        return self.tokens.get(product.pk, [])


@contextmanager
def open_world() -> Iterator[World]:
    """Start the servers, write the rows and yield them. The caller rolls the transaction back."""
    clock = Clock()
    mail = MailServer()
    controller = ClosingController(mail, hostname="127.0.0.1", port=free_port())
    controller.start()
    stack = ExitStack()
    with stack:
        stack.callback(controller.stop)
        logging.disable(logging.CRITICAL)  # refusals and retries are the rule here
        stack.callback(logging.disable, logging.NOTSET)
        stand_in = ClockedStripe(clock)
        stack.enter_context(running_stripe(stand_in))
        stack.enter_context(mock.patch.object(timezone, "now", clock.read))
        stack.enter_context(mock.patch.object(stripe.HTTPClient, "INITIAL_DELAY", 0.0))
        stack.enter_context(mock.patch.object(stripe.HTTPClient, "MAX_DELAY", 0.0))
        stack.enter_context(override_settings(**_settings(stand_in, controller.port)))
        was_eager, app.conf.task_always_eager = app.conf.task_always_eager, True
        stack.callback(setattr, app.conf, "task_always_eager", was_eager)
        yield _build_world(clock, stand_in, mail)


def _settings(stand_in: StandInStripe, mail_port: int) -> dict[str, Any]:
    return {
        "PAYMENT_PROVIDER": "stripe",
        "STRIPE_SECRET_KEY": stand_in.secret_key,
        "STRIPE_WEBHOOK_SECRET": stand_in.webhook_secret,
        "STRIPE_API_BASE": stand_in.url,
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}},  # nobody is limited
        "MAILERS": {
            "default": {"BACKEND": "accounts.mail_backend.OutboxBackend"},
            "delivery": parse_mailer(f"smtp://127.0.0.1:{mail_port}"),
        },
        "SESSION_COOKIE_AGE": 10 * 365 * 86400,  # the clock moves by months
        "PAYOUT_MINIMUM_MINOR": 100,
        "REFUND_APPROVAL_ABOVE_MINOR": 3000,
        "PAYOUT_DEBTOR_NAME": "The shop",
        "PAYOUT_DEBTOR_ACCOUNT": "DE89370400440532013000",
    }


def _make_codes(creator: Creator) -> None:
    """Add discount codes of each kind: odd shares, everything, few uses, and a creator's own."""
    values = {"currency": "USD", "valid_from": START - timedelta(days=1)}
    DiscountCode.objects.create(code="THIRD", percent_bps=3333, uses_per_person=1, **values)
    DiscountCode.objects.create(code="ALL", percent_bps=10_000, **values)
    DiscountCode.objects.create(code="FEW", amount_minor=333, uses_limit=2, **values)
    DiscountCode.objects.create(code="MAYA", percent_bps=777, creator=creator, **values)


def _build_world(clock: Clock, stand_in: ClockedStripe, mail: MailServer) -> World:
    shopper = make_user("sam@example.com", adult_confirmed_at=START)
    Address.objects.create(user=shopper, **ADDRESS)
    finance = [make_user(f"finance{number}@example.com", is_staff=True) for number in range(3)]
    for user in finance:
        user.groups.add(Group.objects.get(name="Finance"))
    packer = make_user("packer@example.com", is_staff=True)
    packer.groups.add(Group.objects.get(name="Fulfilment"))
    category = make_category("odd", commission_rate_bps=1333)
    house, oak = Merchant.objects.get(pk=HOUSE_ID), make_merchant("oak", fee_bps=777, address="2 Side Street")
    goods = {
        currency: [
            make_product(
                f"{name}-{currency.lower()}",
                currency=currency,
                price_minor=price,
                stock=STOCK,
                category=category,
                merchant=seller,
            )
            for name, price, seller in zip(("mug", "cup"), prices, (house, oak), strict=True)
        ]
        for currency, prices in PRICES.items()
    }
    campaign = make_campaign(clips_cap=20, clips_per_creator=10)
    creators = [make_creator("maya"), make_creator("noor")]
    Address.objects.create(user=creators[0].user, **HOME)
    clips = []
    for creator in creators:
        enrolment = make_enrolment(creator, campaign)
        for pair in (("USD", "JPY"), ("KWD", "ISK")):
            products = [product for currency in pair for product in goods[currency]]
            clips.append(make_published_clip(enrolment=enrolment, products=products, now=START - timedelta(days=3)))
    for currency in goods:
        free = make_product(f"{FREE}-{currency.lower()}", currency=currency, price_minor=0, stock=STOCK)
        goods[currency].append(free)
    agency = Agency.objects.create(slug="north", name="North Talent", user=make_user("north@example.com"))
    offer = offer_representation(agency=agency, creator=creators[0], share_bps=1500, now=START - timedelta(days=5))
    accept_representation(representation=offer, now=START - timedelta(days=5))
    _make_codes(creators[0])
    merchant = oak, make_member(oak)
    world = World(clock, stand_in, mail, shopper, finance, packer, creators, agency, *merchant, goods, clips)
    for clip in clips:
        for product_id in clip.tags.values_list("product_id", flat=True):
            world.tokens.setdefault(product_id, []).append(clip)
    return world
