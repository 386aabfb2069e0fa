"""`{% load outbound %}`: links to products at other shops."""

from django import template

from catalog.outbound import outbound_address

register = template.Library()


@register.simple_tag
def outbound_url(product_id: int, seen: str = "") -> str:
    """Return the signed URL of a product; `seen` is the token of the clip in which it was seen."""
    return outbound_address(product_id, seen=seen)
