"""`{% load pictures %}`: a product's picture in the best size and format that the browser supports."""

from typing import Any

from django import template

from catalog.models import ProductImage

register = template.Library()


@register.inclusion_tag("catalog/picture.html")
def picture(image: ProductImage | None, sizes: str, loading: str = "lazy") -> dict[str, Any]:
    """Render `image`. `sizes` is the HTML attribute of that name: the picture's width on the page."""
    if image is None:
        return {"image": None}
    sets = {
        ending: ", ".join(f"{image.address(width, ending)} {width}w" for width in ProductImage.WIDTHS_PX)
        for ending in ("avif", "webp")
    }
    return {"image": image, "sets": sets, "sizes": sizes, "loading": loading, "fallback": image.address(640, "jpeg")}
