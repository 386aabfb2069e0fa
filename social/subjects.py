"""Lookup of what users can report: clips, products, creators, ratings and comments."""

from typing import Any

from django.shortcuts import get_object_or_404

from accounts.access import is_adult
from accounts.blocks import hidden_from
from catalog.models import Product
from creators.models import Creator
from social.models import Comment, Rating
from social.models.report import Subject
from videos.models import Clip


def find_subject(kind: str, key: str, user: Any) -> Subject:
    """Return what a user wants to report.

    `kind` is a key of REASONS_FOR. `key` is the clip's code, the product's slug, the creator's handle, or the id of the
    rating or comment.
    Raises Http404 if there is no such subject, or if the user may not see it.
    """
    if kind == "clip":
        return get_object_or_404(Clip.objects.published().suitable_for(is_adult=is_adult(user)), code=key)
    if kind == "product":
        return get_object_or_404(Product.objects.on_sale().suitable_for(is_adult=is_adult(user)), slug=key)
    if kind == "rating":
        products = Product.objects.on_sale().suitable_for(is_adult=is_adult(user))
        ratings = Rating.objects.public().filter(product__in=products).select_related("product")
        return get_object_or_404(ratings, pk=int(key))
    if kind == "comment":
        public = Comment.objects.public().exclude(hidden_from(user.pk, "author__user", includes_muted=False))
        comments = public.filter(clip__in=Clip.objects.shown_to(user)).select_related("clip", "author")
        return get_object_or_404(comments, pk=int(key))
    return get_object_or_404(Creator.objects.with_handle(key))
