"""The page of a brand: its products on sale, and the clips that show them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import is_adult
from catalog.models import Brand, Product
from videos.models import Clip

PRODUCTS_PER_PAGE = 24
CLIPS_SHOWN = 12


@require_safe
def show_brand(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a brand that has something on sale which this viewer may see. Others are not found."""
    brand = get_object_or_404(Brand, slug=slug)
    visible = Product.objects.on_sale().suitable_for(is_adult=is_adult(request.user)).filter(brand=brand)
    page = Paginator(visible.with_pictures().order_by("-created_at", "-pk"), PRODUCTS_PER_PAGE)
    products = page.get_page(request.GET.get("page"))
    if not products.object_list:
        get_object_or_404(visible)
    clips = Clip.objects.shown_to(request.user).filter(tags__product__in=visible).distinct()
    clips = clips.with_interest().select_related("creator", "source").order_by("-published_at", "-pk")
    context = {"brand": brand, "page": products, "clips": clips[:CLIPS_SHOWN] if products.number == 1 else []}
    return render(request, "shop/brand.html", context)
