"""`{% load shipping_zones %}`, then `{% shipping_zones as zones %}`: a paragraph for each shipping zone."""

from django import template

from shop.delivery.zone_texts import describe_zones

register = template.Library()


@register.simple_tag
def shipping_zones() -> list[str]:
    return describe_zones()
