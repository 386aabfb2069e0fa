"""How guests come back to an order: by the link in its emails, by its number and email address, or by signing up.

A link holds for as long as the order, unless staff replace it or correct the email address. It opens one order, in the
session of whoever follows it, and does not stay in the address bar.
"""

from datetime import datetime

from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.pasted_text import compared_address
from shop.buyers import note_buyer
from shop.models import Order
from shop.shopper import OPENED_ORDERS_KEY, VISITOR_KEY, Shopper, shopper_of
from shop.states import SETTLED, OrderState

MOST_OPENED = 20
"""How many orders one session keeps open. The oldest is closed first."""


def find_order_by_link(*, code: str, token: str) -> Order | None:
    order = Order.objects.filter(code=code).first()
    return order if order and constant_time_compare(order.link_token, token) else None


def find_order_by_email(*, code: str, email: str) -> Order | None:
    """Return the order with this number, typed in any case and with spaces, if the email address is its own."""
    plain = "".join(code.split()).replace("-", "").lower()
    order = Order.objects.filter(code=plain).first()
    return order if order and constant_time_compare(compared_address(order.email), compared_address(email)) else None


def open_order(request: HttpRequest, order: Order, *, by_email: bool) -> None:
    """Let the session see the order, until its link is replaced or somebody signs in: that may be the next person.

    `by_email` says that its email address was known. A link can be forwarded.
    """
    session, opener = request.session, request.user.pk or 0
    knows_email = by_email or knows_order_email(shopper_of(request), order)
    opened = [entry for entry in session.get(OPENED_ORDERS_KEY, []) if entry[0] != order.pk]
    session[OPENED_ORDERS_KEY] = [*opened, [order.pk, order.link_version, opener, int(knows_email)]][-MOST_OPENED:]


def may_claim(request: HttpRequest, order: Order) -> bool:
    """Return whether a user can take over an order that they see: it has no account, and they knew its email address."""
    return request.user.is_authenticated and order.user_id is None and knows_order_email(shopper_of(request), order)


def explain_unclaimable() -> str:
    return _("Open the order with its number and email address first.")


def knows_order_email(shopper: Shopper, order: Order) -> bool:
    """Return whether the order is the shopper's own, or was opened by its email address.

    Others, who have its link alone, neither read that address nor where the order goes, and can't change the address: with
    it, they could take the order.
    """
    if (order.pk, order.link_version) in shopper.known_orders:
        return True
    if shopper.user is not None:
        return order.user_id == shopper.user.pk
    return order.user_id is None and bool(shopper.visitor) and order.visitor == shopper.visitor


def mask_email(email: str) -> str:
    """Return the address as its owner recognizes it: g•••@example.org."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}•••{at}{domain}"


def was_placed_here(request: HttpRequest, code: str) -> bool:
    """Return whether a guest placed this order in the session of a user who has signed in since."""
    visitor = request.session.get(VISITOR_KEY, "") if request.user.is_authenticated else ""
    return bool(visitor) and Order.objects.filter(user=None, visitor=visitor, code=code).exists()


def claim_order(*, order_id: int, user: User) -> bool:
    """Move an order that was placed as a guest to an account. The caller has asked `may_claim`. Return False if it has one."""
    return Order.objects.filter(pk=order_id, user=None).exclude(visitor="").update(user=user) == 1


def replace_link(*, order_id: int) -> None:
    """Make all earlier links to the order invalid, and close it in the sessions in which it is open."""
    Order.objects.filter(pk=order_id).update(link_version=F("link_version") + 1)


def correct_email(*, order_id: int, email: str) -> None:
    """Send all further emails of the order to this address, with a new link, and what was confirmed once more."""
    Order.objects.filter(pk=order_id).update(email=email, link_version=F("link_version") + 1)
    Order.objects.filter(pk=order_id, state__in=SETTLED).update(mailed_at=None)
    Order.objects.filter(pk=order_id, state=OrderState.CANCELLED).update(cancellation_mailed_at=None)


def adopt_guest_orders(*, user: User, emails: list[str], now: datetime) -> int:
    """Give a user the paid orders that were placed as a guest with one of these addresses. Return how many.

    The caller has verified that the addresses are the user's. Anybody could have typed them, though: so what was not paid
    stays with the guest, and an adopted order tells nothing about the user. Orders of erased accounts stay without one.

    The database only finds candidates: by its rules, guest@gmaıl.com, which is another domain, is guest@gmail.com in
    capitals.
    """
    guests = Order.objects.filter(user=None, state__in=SETTLED).exclude(visitor="")
    own = {compared_address(email) for email in emails}
    order_ids = [
        order_id
        for spelling in own.union(emails)
        for order_id, email in guests.filter(email__iexact=spelling).values_list("pk", "email")
        if compared_address(email) in own
    ]
    count = guests.filter(pk__in=order_ids).update(user=user, adopted_at=now)
    if count:
        note_buyer(user.pk)
    return count
