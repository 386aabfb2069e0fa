"""`{% load outbound %}`: the way to a product at another shop."""

from django import template

from catalog.outbound import outbound_address

register = template.Library()


@register.simple_tag
def way_out(product_id: int, seen: str = "") -> str:
    """Return the signed address of a product as seen in the clip whose token this is."""
    return outbound_address(product_id, seen=seen)
