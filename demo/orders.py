"""Demo orders, which are placed and paid for as if from the product sheet after a click in a clip."""

import uuid
from datetime import datetime

from accounts.idempotency import KeyReused
from accounts.models import User
from catalog.models import Product
from demo.clips import RECORD_BY_CODE, own_clips
from demo.progress import Progress
from shop.attribution import Buyer
from shop.checkout import check_out
from shop.models import OrderLine
from shop.models.address import Address
from shop.orders import OrderRefused, RequestedItem
from shop.payments import PaymentRefused
from shop.providers import ProviderUnavailable
from shop.shopper import Shopper
from videos.models import Clip
from videos.playback.impressions import Serving, issue_token

ORDERS = 4
REFUSALS = (KeyReused, OrderRefused, PaymentRefused, ProviderUnavailable)


def place_orders(user: User, progress: Progress, *, now: datetime) -> None:
    """Buy the first product of demo clips until the user has bought from enough clips."""
    bought_from = OrderLine.objects.filter(order__user=user, clip__code__in=RECORD_BY_CODE).values("clip")
    clips = own_clips().published().exclude(pk__in=bought_from).order_by("code").prefetch_related("tags__product")
    for clip in clips[: max(0, ORDERS - bought_from.count())]:
        try:
            _buy_from(clip, user, now=now)
        except REFUSALS as refusal:
            progress.note(f"The order from the clip {clip.code} was not placed: {refusal}")


def _buy_from(clip: Clip, user: User, *, now: datetime) -> None:
    """Buy the first product of the clip. Raises one of REFUSALS if a rule refuses the order."""
    product = min(clip.tags.all(), key=lambda tag: tag.start_ms or 0).product
    order_product(product, user, now=now, key=f"demo-{clip.code}", clip=clip)


def order_product(product: Product, user: User, *, now: datetime, key: str, clip: Clip | None = None) -> None:
    """Buy a product in its first variant in stock, through a clip if it is given. Raises one of REFUSALS."""
    variant = next((variant for variant in product.variants.in_order() if variant.sellable), None)
    if product.is_outbound or variant is None:
        return
    address = Address.objects.filter(user=user).first() or Address(
        name="Robin Demo",
        street="12 Harbour Lane",
        city="Portland",
        region="OR",
        postal_code="97201",
        country_code="US",
    )
    viewer = uuid.uuid4()
    buyer = Buyer(
        shopper=Shopper(user=user, visitor="", viewers=frozenset([viewer])), email=user.email, address=address
    )
    token = issue_token(Serving(viewer, clip.pk, now, 0, "")) if clip else ""
    check_out(buyer=buyer, items=[RequestedItem(product.slug, 1, token, variant.pk)], key=key, now=now)
