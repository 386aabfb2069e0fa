"""The page of a seller: who it is, how to reach it, its products on sale, and the clips that show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, FloatField, Sum
from django.db.models.functions import Cast, NullIf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import is_adult
from catalog.merchants.seller_profile import read_profile
from catalog.models import Merchant, Product, ProductQuerySet
from catalog.stars import average_stars
from videos.models import Clip

PRODUCTS_PER_PAGE = 24
CLIPS_SHOWN = 12
SORTS = {
    "newest": _("Newest"),
    "cheapest": _("Lowest price"),
    "dearest": _("Highest price"),
    "rated": _("Best rated"),
}
_STARS = Cast("rating_sum", FloatField()) / NullIf(F("rating_count"), 0)
ORDERS: Mapping[str, tuple[Any, ...]] = {
    "newest": ("-created_at", "-pk"),
    "cheapest": ("price_minor", "-pk"),
    "dearest": ("-price_minor", "-pk"),
    "rated": (_STARS.desc(nulls_last=True), "-rating_count", "-pk"),
}


@dataclass(frozen=True)
class SellerRating:
    """The average of all ratings of a seller's products, to one decimal, and their number."""

    average: float | None
    count: int


@require_safe
def show_seller(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an approved seller, also while it has nothing on sale. Others are not found."""
    merchant, is_adult_viewer = find_seller(slug), is_adult(request.user)
    visible = list_products(merchant, is_adult=is_adult_viewer)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "newest"
    pages = Paginator(visible.with_pictures().order_by(*ORDERS[sort]), PRODUCTS_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    clips = Clip.objects.published().suitable_for(is_adult=is_adult_viewer).filter(tags__product__in=visible).distinct()
    clips = clips.with_interest().select_related("creator", "source").order_by("-published_at", "-pk")
    context = {
        "merchant": merchant,
        "profile": read_profile(merchant),
        "pickup_places": merchant.pickup_places.offered().order_by("name", "pk"),
        "rating": rate_seller(visible),
        "page": page,
        "sort": sort,
        "sorts": SORTS,
        "clips": clips[:CLIPS_SHOWN] if page.number == 1 else [],
    }
    return render(request, "shop/seller.html", context)


def find_seller(slug: str) -> Merchant:
    """Return an approved merchant. Raises Http404."""
    return get_object_or_404(Merchant.objects.approved(), slug=slug)


def list_products(merchant: Merchant, *, is_adult: bool) -> ProductQuerySet:
    return Product.objects.on_sale().suitable_for(is_adult=is_adult).filter(merchant=merchant)


def rate_seller(products: ProductQuerySet) -> SellerRating:
    sums = products.aggregate(stars=Sum("rating_sum", default=0), count=Sum("rating_count", default=0))
    return SellerRating(average_stars(sums["stars"], sums["count"]), sums["count"])
