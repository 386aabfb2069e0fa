"""`{% load promises %}`, then `{% promise earliest latest is_pickup %}`: when an order should arrive."""

from datetime import date

from django import template

from shop.delivery.promises import word_promise

register = template.Library()


@register.simple_tag
def promise(earliest_on: date | None, latest_on: date | None, is_pickup: bool) -> str:
    return word_promise(earliest_on, latest_on, is_pickup=is_pickup)
