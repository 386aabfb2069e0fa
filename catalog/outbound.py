"""Links to products at other shops: signed, expiring URLs on this site that redirect to the product's stored link."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.urls import reverse

VALID_FOR = timedelta(days=2)
"""How long a signed URL stays valid. Long enough for a page that stays open overnight."""
MAX_TOKEN_CHARS = 400
_SALT = "catalog.outbound"


@dataclass(frozen=True)
class OutboundLink:
    """A product at another shop. `seen` is the impression token of the clip that linked to it, or ""."""

    product_id: int
    seen: str


def outbound_address(product_id: int, *, seen: str = "") -> str:
    """Return the signed URL, on this site, that redirects to a product at another shop."""
    signed = signing.dumps([product_id, seen[:MAX_TOKEN_CHARS]], salt=_SALT)
    return reverse("outbound", args=[signed])


def read_outbound(signed: str) -> OutboundLink | None:
    """Return the link that a signed URL contains, or None if the signature is invalid or has expired."""
    try:
        product_id, seen = signing.loads(signed, salt=_SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    return OutboundLink(product_id, seen)
