"""The demo's orders: placed and paid as the product sheet does it, after a click in a clip."""

import uuid
from datetime import datetime

from accounts.models import User
from shop.attribution import Buyer
from shop.checkout import check_out
from shop.models import Order
from shop.models.address import Address
from shop.orders import RequestedItem
from shop.shopper import Shopper
from videos.models import Clip
from videos.playback.impressions import Serving, issue_token

ORDERS = 4


def place_orders(user: User, *, now: datetime) -> None:
    """Buy the first product of some published clips; a second run finds the orders there and buys nothing."""
    if Order.objects.filter(user=user).exists():
        return
    shopper = Shopper(user=user, visitor="")
    address = Address(
        name="Robin Demo",
        street="12 Harbour Lane",
        city="Portland",
        region="OR",
        postal_code="97201",
        country_code="US",
    )
    buyer = Buyer(shopper=shopper, email=user.email, address=address)
    for clip in Clip.objects.published().order_by("published_at").prefetch_related("tags__product")[:ORDERS]:
        product = clip.tags.all()[0].product
        if product.is_outbound or not product.is_in_stock:
            continue
        seen = issue_token(Serving(uuid.uuid4(), clip.pk, now, 0, ""))
        check_out(buyer=buyer, items=[RequestedItem(product.slug, 1, seen)], key=f"demo-{clip.code}", now=now)
