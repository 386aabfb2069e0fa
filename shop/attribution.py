"""Which clip led to a purchase: the last product click within the window, and never one's own.

A click counts when it carries the signed token of the impression that it came from: that the clip was served.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.models import Product
from creators.models import Creator
from shop.models import Address, Click, PostalAddress
from shop.shopper import Shopper
from videos.models import Clip, DecisionAction, Revision
from videos.playback.impressions import read_token, token_key

CLICK_WITHIN = timedelta(days=2)
"""How long after a clip was served its products can be clicked: a page may stay open overnight."""


@dataclass(frozen=True)
class Buyer:
    """What is known of who pays, for telling whether a creator buys through a clip of their own."""

    shopper: Shopper
    email: str
    address: PostalAddress


def record_click(*, shopper: Shopper, seen: str, product: Product, now: datetime) -> Click | None:
    """Note that the shopper opened a product from a clip; `seen` is the token of the impression.

    None when the token is not ours or too old, or when its clip is not published or does not show the product.
    """
    serving = read_token(seen, key=token_key())
    if serving is None or not now - CLICK_WITHIN <= serving.served_at <= now:
        return None
    clip = Clip.objects.published().filter(pk=serving.clip_id, tags__product=product).first()
    if clip is None:
        return None
    return Click.objects.create(
        clip=clip,
        revision=_live_revision(clip),
        product=product,
        user=shopper.user,
        visitor=shopper.visitor,
        served_at=serving.served_at,
        clicked_at=now,
    )


def find_click(*, shopper: Shopper, product: Product, now: datetime) -> Click | None:
    """Return the click that a purchase counts for: the shopper's last one on the product within the window.

    A campaign whose terms credit the whole category also earns from other products of the clicked product's category.
    """
    clicks = Click.objects.of(shopper).live_at(now).select_related("clip__creator__user", "clip__enrolment__terms")
    exact = clicks.filter(product=product).first()
    if exact is not None:
        return exact
    return clicks.filter(
        product__category=product.category_id, clip__enrolment__terms__is_category_credited=True
    ).first()


def is_own_purchase(creator: Creator, buyer: Buyer) -> bool:
    """Tell whether the creator pays: the same account, mailbox or door."""
    user = creator.user
    if buyer.shopper.user is not None and buyer.shopper.user.pk == user.pk:
        return True
    if mailbox_of(buyer.email) == mailbox_of(user.email):
        return True
    home = Address.objects.filter(user=user).first()
    return home is not None and home.fingerprint == buyer.address.fingerprint


def mailbox_of(email: str) -> str:
    """Reduce an address to its mailbox: small letters, without +tags and the dots that most providers ignore."""
    local, _at, domain = email.casefold().strip().rpartition("@")
    return f"{local.split('+')[0].replace('.', '')}@{domain}"


def find_clicks(
    *, shopper: Shopper, products: Sequence[Product], named: dict[int, str], now: datetime
) -> dict[int, Click]:
    """Return the click for each product id that a clip led to; `named` holds the tokens that came with the order."""
    found: dict[int, Click] = {}
    for product in products:
        seen = named.get(product.pk, "")
        click = record_click(shopper=shopper, seen=seen, product=product, now=now) if seen else None
        click = click or find_click(shopper=shopper, product=product, now=now)
        if click is not None:
            found[product.pk] = click
    return found


def _live_revision(clip: Clip) -> Revision | None:
    approval = (
        clip.decisions.filter(action=DecisionAction.APPROVE).select_related("revision").order_by("-decided_at").first()
    )
    return approval.revision if approval else None
