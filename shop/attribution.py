"""Attribution of purchases to clips: the last product click within the window counts, except for own purchases.

A click counts only with an impression's signed token, which proves that the clip was served.
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
"""How long after an impression a click counts. A page may stay open overnight."""


@dataclass(frozen=True)
class Buyer:
    """A shopper with an e-mail and a delivery address, which reveal whether a creator is buying from their own clip."""

    shopper: Shopper
    email: str
    address: PostalAddress


def record_click(*, shopper: Shopper, impression_token: str, product: Product, now: datetime) -> Click | None:
    """Record that the shopper opened a product from a clip.

    Return None if the token is invalid or too old, or if its clip is not published or does not show the product.
    """
    serving = read_token(impression_token, key=token_key())
    if serving is None or not now - CLICK_WITHIN <= serving.served_at <= now:
        return None
    clip = Clip.objects.published().filter(pk=serving.clip_id, tags__product=product).first()
    if clip is None:
        return None
    return Click.objects.create(
        clip=clip,
        revision=_find_live_revision(clip),
        product=product,
        user=shopper.user,
        visitor=shopper.visitor,
        served_at=serving.served_at,
        clicked_at=now,
    )


def find_click(*, shopper: Shopper, product: Product, now: datetime) -> Click | None:
    """Return the shopper's last click on the product within the window, or None.

    If the clip's campaign credits the whole category, the click also counts for other products of that category.
    """
    clicks = Click.objects.of(shopper).live_at(now).select_related("clip__creator__user", "clip__enrolment__terms")
    exact = clicks.filter(product=product).first()
    if exact is not None:
        return exact
    return clicks.filter(
        product__category=product.category_id, clip__enrolment__terms__is_category_credited=True
    ).first()


def is_own_purchase(creator: Creator, buyer: Buyer) -> bool:
    """Return whether the buyer is the creator, judging by account, mailbox or delivery address."""
    user = creator.user
    if buyer.shopper.user is not None and buyer.shopper.user.pk == user.pk:
        return True
    if mailbox_of(buyer.email) == mailbox_of(user.email):
        return True
    home = Address.objects.filter(user=user).first()
    return home is not None and home.fingerprint == buyer.address.fingerprint


def mailbox_of(email: str) -> str:
    """Normalize an e-mail address: use lower case, and remove +tags and dots, which most providers ignore."""
    local, _at, domain = email.casefold().strip().rpartition("@")
    return f"{local.split('+')[0].replace('.', '')}@{domain}"


def find_clicks(
    *, shopper: Shopper, products: Sequence[Product], impression_tokens: dict[int, str], now: datetime
) -> dict[int, Click]:
    """Map product ids to attributed clicks. `impression_tokens` maps product ids to the tokens sent with the order."""
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
