"""`{% load sentences %}`: sentences that begin with the name of a row."""

from django import template
from django.template.defaultfilters import stringfilter

register = template.Library()


@register.filter(is_safe=True)
@stringfilter
def begin_sentence(text: str) -> str:
    """Return the text with a capital letter first, unless it begins with an address, a handle or a code."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.isalpha() else text
