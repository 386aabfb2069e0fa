"""Tag for product pictures: `{% load pictures %}`. The browser chooses a picture's size and format."""

from typing import Any

from django import template

from catalog.models import ProductImage

register = template.Library()


@register.simple_tag
def picture_address(image: ProductImage) -> str:
    """Return the URL of a picture in its smallest size, for tiles that show it cropped."""
    return image.address(ProductImage.WIDTHS_PX[0])


@register.inclusion_tag("catalog/picture.html")
def picture(image: ProductImage | None, sizes: str, loading: str = "lazy") -> dict[str, Any]:
    """Render a picture. `sizes` becomes the HTML attribute `sizes`, which gives the picture's width on the page."""
    if image is None:
        return {"image": None}
    sets = {
        ending: ", ".join(f"{image.address(width, ending)} {width}w" for width in ProductImage.WIDTHS_PX)
        for ending in ("avif", "webp")
    }
    return {"image": image, "sets": sets, "sizes": sizes, "loading": loading, "fallback": image.address(640, "jpeg")}
