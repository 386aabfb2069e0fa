"""`{% load pickup %}`, then `{% pickup_code parcel %}`: the code that its shopper shows when they pick it up."""

from django import template

from shop.delivery.pickup_codes import pickup_code as find_code
from shop.models import Parcel

register = template.Library()


@register.simple_tag
def pickup_code(parcel: Parcel) -> str:
    return find_code(parcel.pk)
