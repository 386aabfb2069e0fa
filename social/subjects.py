"""Lookup of what users can report: clips, products and creators."""

from typing import Any

from django.shortcuts import get_object_or_404

from accounts.access import is_adult
from catalog.models import Product
from creators.models import Creator
from videos.models import Clip


def find_subject(kind: str, key: str, user: Any) -> Clip | Product | Creator:
    """Return the clip, product or creator that a user wants to report.

    `kind` is "clip", "product" or "creator". `key` is the clip's code, the product's slug or the creator's handle.
    Raises Http404 if there is no such subject, or if the user may not see it.
    """
    if kind == "clip":
        return get_object_or_404(Clip.objects.published().suitable_for(is_adult=is_adult(user)), code=key)
    if kind == "product":
        return get_object_or_404(Product.objects.on_sale().suitable_for(is_adult=is_adult(user)), slug=key)
    return get_object_or_404(Creator.objects.with_handle(key))
