"""Template tag for the number of open cases: `{% load cases %}`."""

from django import template

from social.cases import count_cases

register = template.Library()


@register.simple_tag
def count_open_cases() -> int:
    return sum(count_cases().values())
