"""Tag for stars: `{% load stars %}`, then `{% stars product.rating_average product.rating_count %}`."""

from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("catalog/stars.html")
def stars(average: float | None, count: int) -> dict[str, Any]:
    """Render an average and the number of ratings, or nothing if there is none."""
    return {"average": average, "count": count}
