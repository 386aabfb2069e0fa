"""Template filter: `{{ names|join_list }}` writes a list as people do in the active language, with “and” and its commas."""

from collections.abc import Iterable

from babel.lists import format_list
from django import template

from catalog.prices import active_locale

register = template.Library()


@register.filter
def join_list(items: Iterable[object]) -> str:
    return format_list([str(item) for item in items], locale=active_locale())
