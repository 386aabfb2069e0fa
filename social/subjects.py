"""Lookup of what users can report: clips, products and creators."""

from typing import Any

from django.shortcuts import get_object_or_404

from accounts.access import is_adult
from catalog.models import Product
from creators.models import Creator
from videos.models import Clip


def find_subject(kind: str, key: str, user: Any) -> Clip | Product | Creator:
    """Return a clip by its code, a product by its slug, or a creator by their handle.

    `kind` is "clip", "product" or "creator". Raises Http404 if there is none or the user may not see it.
    """
    if kind == "clip":
        return get_object_or_404(Clip.objects.published().suitable_for(is_adult=is_adult(user)), code=key)
    if kind == "product":
        return get_object_or_404(Product.objects.on_sale().suitable_for(is_adult=is_adult(user)), slug=key)
    return get_object_or_404(Creator, handle=key)
