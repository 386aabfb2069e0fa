"""`{% load photos %}`: photos of posts, with dots where their products are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template

from videos.models import Clip, Photo, ProductTag
from videos.models.photo import photo_srcset

register = template.Library()


@dataclass(frozen=True)
class Dot:
    """Where a product is on a photo, in pixels of the original."""

    tag: ProductTag
    x: int
    y: int


@register.inclusion_tag("videos/photo.html")
def photo(photo: Photo, sizes: str, tags: Iterable[ProductTag] = ()) -> dict[str, Any]:
    """Render a photo, with the tags among `tags` that are on it. `sizes` is its width on the page, as in HTML."""
    own = [tag for tag in tags if tag.photo_id == photo.pk]
    return {
        "photo": photo,
        "sizes": sizes,
        "avif": photo_srcset(photo.stem, "avif"),
        "jpeg": photo_srcset(photo.stem, "jpeg"),
        "source": photo.address(640),
        "dots": [Dot(tag, round((tag.x or 0) * photo.width_px), round((tag.y or 0) * photo.height_px)) for tag in own],
        "radius": round(max(photo.width_px, photo.height_px) / 50),
    }


@register.filter
def shown_photos(clip: Clip) -> list[Photo]:
    """Return the photos of a post, in order."""
    return list(clip.photos.exclude(position=None).order_by("position"))
