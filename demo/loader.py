"""Filling the demo's shop, in the order in which a visitor wants to see it: clips with their goods, the rest, orders."""

import time
from collections.abc import Callable

from django.utils import timezone

from accounts.models import User
from demo.accounts import make_accounts
from demo.catalogue import Tick, put_up_shelves, shelve
from demo.clips import (
    Verdict,
    code_of,
    invite_creators,
    is_settled,
    open_campaigns,
    review_waiting,
    submit_film,
)
from demo.drawing.films import FILMS
from demo.goods import PRODUCTS
from demo.orders import place_orders
from videos.models import Clip, DecisionAction

FEED_PLAYS_AT = 3
"""Published clips after which the feed is worth opening."""

FINISHED_WITHIN_SECONDS = 900
LEFT_WAITING = {code_of(film) for film in FILMS[-3:]}
WORDS = {
    "bottle-drop-test": Verdict(
        DecisionAction.REQUEST_CHANGES,
        "too_short",
        "The dumbbells are gone before one can read the weight. Give them a second more, and it is in.",
    ),
    "hands-and-face": Verdict(
        DecisionAction.REJECT, "claims", "“Works in one night” is a promise that nobody can keep."
    ),
}
VERDICTS = {code_of(film): WORDS[film.slug] for film in FILMS if film.slug in WORDS}


def count_steps() -> int:
    return len(PRODUCTS) + 2 * len(FILMS) - len(LEFT_WAITING)


def fill_demo(tick: Tick, announce: Callable[[], None]) -> None:
    """Add what is missing; `announce` is called once, as soon as the feed plays."""
    now = timezone.now()
    users = make_accounts(now=now)
    put_up_shelves()
    enrolments = invite_creators(open_campaigns(now=now)[0], now=now)
    tell = _Once(announce)
    missing = {product.slug for product in PRODUCTS}
    for film in FILMS:
        shelve(missing.intersection(film.products), tick)
        missing.difference_update(film.products)
        submit_film(film, enrolments[film.creator])
        tick(film.caption)
        review_waiting(users["moderator"], VERDICTS, LEFT_WAITING, tick)
        tell.when(Clip.objects.published().count() >= FEED_PLAYS_AT)
    shelve(missing, tick)
    _finish(users["moderator"], tick, tell)
    tell.when(True)
    place_orders(users["shopper"], now=timezone.now())


def _finish(moderator: User, tick: Tick, tell: "_Once") -> None:
    """Review clips as the workers finish them, and go on without those that take too long."""
    codes = {code_of(film) for film in FILMS}
    deadline = time.monotonic() + FINISHED_WITHIN_SECONDS
    while not is_settled(codes) and time.monotonic() < deadline:
        review_waiting(moderator, VERDICTS, LEFT_WAITING, tick)
        tell.when(Clip.objects.published().count() >= FEED_PLAYS_AT)
        time.sleep(1)
    review_waiting(moderator, VERDICTS, LEFT_WAITING, tick)


class _Once:
    """Call something the first time that a condition holds."""

    def __init__(self, call: Callable[[], None]) -> None:
        self.call: Callable[[], None] | None = call

    def when(self, holds: bool) -> None:
        call = self.call
        if holds and call is not None:
            self.call = None
            call()
