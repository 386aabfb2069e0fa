"""The shopper who sends a request. This is a signed-in user, or a visitor identified by a token in the session."""

import secrets
import uuid
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from accounts.browser_accounts import read_browser_accounts
from accounts.models import User
from accounts.networks import hash_network
from videos.playback.viewer_cookie import read_viewer_keys

VISITOR_KEY = "visitor"
OPENED_ORDERS_KEY = "opened_orders"


@dataclass(frozen=True)
class Shopper:
    """A signed-in user or a visitor.

    `visitor` is the token in the session. A user's session can also have one, from the time before the user signed in.
    `opened_orders` are the ids and link versions of orders that were opened by the link in their emails, or by their
    number and email address, by this user or guest: signing in closes them. `known_orders` are those of them whose email
    address was typed: the others may have been opened by a link that somebody forwarded. `network` is the keyed hash of the network
    that the request came from, or "".
    `browser_accounts` are the ids of users who were signed in with the same browser. `viewers` are the keys for which
    the feed has served clips to this browser.
    """

    user: User | None
    visitor: str
    opened_orders: tuple[tuple[int, int], ...] = ()
    known_orders: tuple[tuple[int, int], ...] = ()
    network: str = ""
    browser_accounts: tuple[int, ...] = ()
    viewers: frozenset[uuid.UUID] = frozenset()

    @property
    def owner(self) -> str:
        """Return the name under which the shopper's idempotency keys are stored."""
        return f"user {self.user.pk}" if self.user else f"visitor {self.visitor}"

    @property
    def is_known_adult(self) -> bool:
        return self.user is not None and self.user.is_known_adult


def shopper_of(request: HttpRequest) -> Shopper:
    """Return the shopper who sent a request.

    A visitor's first request that changes something creates the token and the session cookie. Before that, `visitor` is
    empty.
    """
    visitor = request.session.get(VISITOR_KEY, "")
    if not visitor and request.method not in ("GET", "HEAD", "OPTIONS"):
        visitor = request.session[VISITOR_KEY] = secrets.token_hex(16)
    user: AbstractBaseUser | object = request.user
    reader = request.user.pk or 0
    own = [entry for entry in request.session.get(OPENED_ORDERS_KEY, ()) if (entry[2:] or [0])[0] == reader]
    return Shopper(
        user=user if isinstance(user, User) else None,
        visitor=visitor,
        opened_orders=tuple((entry[0], entry[1]) for entry in own),
        known_orders=tuple((entry[0], entry[1]) for entry in own if entry[3:] == [1]),
        network=hash_network(request),
        browser_accounts=read_browser_accounts(request),
        viewers=read_viewer_keys(request),
    )
