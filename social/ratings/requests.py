"""Emails that ask shoppers to rate what was delivered: one for each order, and none for those who stopped them.

The queue consists of the delivered orders without a RatingRequest, whose row says once that an order is dealt with.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.constraints import violated_constraint
from accounts.letters import write_email
from accounts.mail_stops import read_token, stop_headers, write_token
from accounts.models import User
from accounts.sweeps import do_each
from catalog.models import Product
from catalog.site import site_name
from shop.delivery.summary import ARRIVING
from shop.models import Order, OrderLine, Parcel
from social.models import Rating, RatingMailStop, RatingRequest
from social.models.rating import BOUGHT

ASKED_FOR = timedelta(days=30)
"""How long after the day nobody is asked any more, so that an upgrade, or a long halt, asks for no old orders."""
_SALT = "social.rating-requests"


def delivered_orders(*, since: datetime, until: datetime) -> QuerySet[Order]:
    """Return orders whose last parcel arrived in this time; where parcels are not recorded, those paid in it."""
    counts_as_delivered = timedelta(days=settings.DELIVERED_AFTER_DAYS)
    arrived_at = Coalesce("delivered_at", F("sent_at") + counts_as_delivered, output_field=DateTimeField())
    parcels = Parcel.objects.filter(state__in=ARRIVING).annotate(arrived_at=arrived_at)
    has_arrived = Q(pk__in=parcels.filter(arrived_at__gte=since, arrived_at__lt=until).values("order"))
    is_under_way = Q(pk__in=parcels.filter(arrived_at__gte=until).values("order"))
    is_recorded = Q(records_parcels=True)
    is_paid = Q(paid_at__gte=since, paid_at__lt=until)
    return Order.objects.filter((is_recorded & has_arrived & ~is_under_way) | (~is_recorded & is_paid))


def orders_to_ask_about(now: datetime) -> QuerySet[Order]:
    """Return the orders of users that were delivered long enough ago, and that are not dealt with."""
    until = now - timedelta(days=settings.RATING_REQUEST_DAYS)
    is_settled = Exists(RatingRequest.objects.filter(order=OuterRef("pk")))
    orders = delivered_orders(since=until - ASKED_FOR, until=until)
    return orders.filter(~is_settled, state__in=BOUGHT, sample_order=None, user__is_active=True)


def ask_for_ratings(*, now: datetime, at_most: int = 100) -> int:
    """Email shoppers about their delivered orders, oldest first. Return how many emails were sent."""
    if not settings.RATING_REQUEST_DAYS:
        return 0
    orders = orders_to_ask_about(now).order_by("paid_at", "pk")[:at_most]
    return do_each(orders.select_related("user"), lambda order: _ask_about(order, now))


@transaction.atomic
def _ask_about(order: Order, now: datetime) -> int:
    user = order.user
    assert user is not None
    products = [] if RatingMailStop.objects.filter(user=user).exists() else unrated_products(order)
    try:
        with transaction.atomic():
            RatingRequest.objects.create(order=order, is_mailed=bool(products), settled_at=now)
    except IntegrityError as error:  # another worker was first
        if "order_id" not in violated_constraint(error):
            raise
        return 0
    if products:
        _write(order, user, products).send()
    return int(bool(products))


def unrated_products(order: Order) -> list[Product]:
    """Return the products of an order that can be rated: not refunded as a whole, still on sale, and not rated yet."""
    lines = OrderLine.objects.filter(order=order, refunded_quantity__lt=F("quantity"))
    products = Product.objects.on_sale().filter(pk__in=lines.values("product"))
    return list(products.exclude(ratings__in=Rating.objects.filter(user=order.user)).order_by("pk"))


def _write(order: Order, user: User, products: list[Product]) -> EmailMessage:
    stop_url = settings.SITE_URL + stop_path(user)
    context = {"order": order, "products": products, "stop_url": stop_url, "site_url": settings.SITE_URL}
    with override(user.language or order.language):
        text = render_to_string("social/mail/rating_request.txt", context | {"site_name": site_name()})
        return write_email(_("How do you like what you bought?"), text, to=user.email, headers=stop_headers(stop_url))


def stop_path(user: User) -> str:
    """Return the path of the page on which the user stops these emails, without signing in."""
    return reverse("stop-rating-emails", args=[write_token(user, salt=_SALT)])


def find_reader(token: str) -> User | None:
    """Return the user whom a link in such an email names, or None if the link is not ours or the account is deleted."""
    reader = read_token(token, salt=_SALT)
    return reader[0] if reader else None


def stop_requests(*, user: User, is_stopped: bool, now: datetime) -> None:
    """Send the user no such emails any more, or send them again. Repeating a call changes nothing."""
    if is_stopped:
        RatingMailStop.objects.bulk_create([RatingMailStop(user=user, stopped_at=now)], ignore_conflicts=True)
    else:
        RatingMailStop.objects.filter(user=user).delete()
