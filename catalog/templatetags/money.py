"""Filter that formats amounts: `{% load money %}`, then `{{ product.price_minor|money:product.currency }}`."""

from django import template

from catalog.prices import format_money, plain_decimal

register = template.Library()
register.filter("money", format_money)
register.filter("plain_money", plain_decimal)
