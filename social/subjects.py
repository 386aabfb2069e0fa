"""Lookup of subjects that can be reported: clips, products and creators."""

from typing import Any

from django.shortcuts import get_object_or_404

from accounts.access import is_adult
from catalog.models import Product
from creators.models import Creator
from videos.models import Clip


def find_subject(kind: str, key: str, user: Any) -> Clip | Product | Creator:
    """Return the clip, product or creator with this code, slug or handle. Raises Http404 if the user cannot see it."""
    if kind == "clip":
        return get_object_or_404(Clip.objects.published().suitable_for(is_adult=is_adult(user)), code=key)
    if kind == "product":
        return get_object_or_404(Product.objects.on_sale().suitable_for(is_adult=is_adult(user)), slug=key)
    return get_object_or_404(Creator, handle=key)
