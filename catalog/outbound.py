"""The way to a product at another shop: an address of ours that is signed, runs out, and leads to the stored one only."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.urls import reverse

GOOD_FOR = timedelta(days=2)
"""As long as a clip's products can be clicked: a page may stay open overnight."""
LONGEST_SEEN = 400
_SALT = "catalog.outbound"


@dataclass(frozen=True)
class WayOut:
    """Which product is left for, and the token of the clip that led there; empty without one."""

    product_id: int
    seen: str


def outbound_address(product_id: int, *, seen: str = "") -> str:
    signed = signing.dumps([product_id, seen[:LONGEST_SEEN]], salt=_SALT)
    return reverse("outbound", args=[signed])


def read_outbound(signed: str) -> WayOut | None:
    """Return what an address was signed for; None when it is not ours or has run out."""
    try:
        product_id, seen = signing.loads(signed, salt=_SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    return WayOut(product_id, seen)
