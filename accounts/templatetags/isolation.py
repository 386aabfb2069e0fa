"""Text of other people inside a sentence, which may run in another direction."""

from django import template

register = template.Library()
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


@register.filter
def isolate(text: object) -> str:
    """Return the text so that its direction does not change the order of what is around it. HTML uses <bdi> instead."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
