"""`{% load distances %}`, then `{{ distance_m|kilometres }}`: such as “1.2 km”."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def kilometres(distance_m: int) -> str:
    """Return the distance with one decimal below 10 km, and without decimals from there."""
    decimals = 1 if distance_m < 9_950 else 0
    return _("%(number)s km") % {"number": number_format(round(distance_m / 1000, decimals), decimals)}
