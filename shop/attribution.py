"""Attribution of purchases to clips.

A purchase is attributed to the clip in which the shopper last clicked on the product, if that was recent enough. A
click is recorded only with a signed impression token, which proves that the clip was served. A creator's discount code
comes before a click: see shop.commissions. Whether a purchase may earn
commission is another question: see shop.commission_holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from catalog.models import Product
from shop.models import Click, PostalAddress
from shop.shopper import Shopper
from videos.models import Clip, DecisionAction, Revision
from videos.playback.impressions import verify_token
from videos.playback.viewer_cookie import is_served_to

CLICK_WITHIN = timedelta(days=2)
"""The longest time between an impression and a click that counts. A page may stay open overnight."""


@dataclass(frozen=True)
class Buyer:
    """A shopper, with the email address and the delivery address for an order, and the billing address if it differs.

    `shipping_option_id` and `pickup_place_ids` are what the shopper chose, if anything. `vat_number` is that of a business, as
    `check_vat_number` returns it, or empty.
    """

    shopper: Shopper
    email: str
    address: PostalAddress
    vat_number: str = ""
    billing_address: PostalAddress | None = None
    shipping_option_id: int | None = None
    pickup_place_ids: Sequence[int] = ()
    agrees_to_download: bool = False


def record_click(*, shopper: Shopper, impression_token: str, product: Product, now: datetime) -> Click | None:
    """Record that the shopper opened a product from a clip, and return the click.

    The same token and product make one click, however often they are sent: it moves to the last time. Only after a
    purchase, to which it belongs, another one is recorded.

    Record nothing and return None if the token is invalid, too old or another viewer's, if the clip is not published, or
    if the clip does not show the product.
    """
    serving = verify_token(impression_token)
    if serving is None or not is_served_to(shopper.viewers, serving.viewer):
        return None
    if not now - CLICK_WITHIN <= serving.served_at <= now:
        return None
    clip = Clip.objects.published().filter(pk=serving.clip_id, tags__product=product).first()
    if clip is None:
        return None
    fields: dict[str, Any] = {
        "clip": clip,
        "product": product,
        "user": shopper.user,
        "visitor": shopper.visitor,
        "viewer": serving.viewer,
        "served_at": serving.served_at,
    }
    click = Click.objects.filter(**fields, order_lines=None).order_by("-pk").first()
    if click is None:
        return Click.objects.create(**fields, revision=_find_live_revision(clip), clicked_at=now)
    Click.objects.filter(pk=click.pk).update(clicked_at=now)
    click.clicked_at = now
    return click


def find_click(*, shopper: Shopper, product: Product, now: datetime) -> Click | None:
    """Return the shopper's last click on the product in the last ATTRIBUTION_DAYS, or None.

    If there is none, a click on another product of the same category counts, provided that the clip's campaign pays
    commission on the whole category.
    """
    clicks = Click.objects.of(shopper).live_at(now).select_related("clip__creator__user", "clip__enrolment__terms")
    exact = clicks.filter(product=product).first()
    if exact is not None:
        return exact
    return clicks.filter(
        product__category=product.category_id, clip__enrolment__terms__is_category_credited=True
    ).first()


def find_clicks(
    *, shopper: Shopper, products: Sequence[Product], impression_tokens: dict[int, str], now: datetime
) -> dict[int, Click]:
    """Return the click to which each purchase is attributed, by product id. Products without a click are left out.

    `impression_tokens` maps product ids to the tokens sent with the order. A valid token is recorded as a new click.
    """
    clicks: dict[int, Click] = {}
    for product in products:
        token = impression_tokens.get(product.pk, "")
        click = None
        if token:
            click = record_click(shopper=shopper, impression_token=token, product=product, now=now)
        click = click or find_click(shopper=shopper, product=product, now=now)
        if click is not None:
            clicks[product.pk] = click
    return clicks


def _find_live_revision(clip: Clip) -> Revision | None:
    approval = (
        clip.decisions.filter(action=DecisionAction.APPROVE).select_related("revision").order_by("-decided_at").first()
    )
    return approval.revision if approval else None
