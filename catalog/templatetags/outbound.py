"""Tag for links to products at other shops: `{% load outbound %}`, then `{% outbound_url product.pk %}`."""

from django import template

from catalog.outbound import outbound_address

register = template.Library()


@register.simple_tag
def outbound_url(product_id: int, seen: str = "") -> str:
    """Return the signed URL for a product. `seen` is the impression token of the clip that links to it."""
    return outbound_address(product_id, seen=seen)
