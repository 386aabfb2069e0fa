"""Template tags about sellers: `{% load sellers %}`."""

from typing import Any

from django import template

from catalog.merchants.seller_profile import seller_path
from catalog.merchants.sellers import name_seller
from catalog.models import Merchant

register = template.Library()


@register.simple_tag
def seller_name(merchant: Merchant) -> str:
    return name_seller(merchant)


@register.inclusion_tag("catalog/sold_by.html")
def sold_by(merchant: Merchant) -> dict[str, Any]:
    """Show who sells, with a link to its page if it has one."""
    return {"name": name_seller(merchant), "path": seller_path(merchant)}
