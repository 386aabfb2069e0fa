"""The product page: the product, its current price, and the clips that show it."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import is_adult
from accounts.keys import parse_key
from catalog.models import Product
from creators.access import is_creator
from shop.states import OrderState
from shop.structured_data import describe_product
from shop.variant_offers import offer_variants
from videos.models import Clip
from videos.models.clip import Verdict

CLIPS_SHOWN = 12
KNOWN_AFTER = timedelta(days=30)
"""How old an account is whose clicks count."""


def show_product(request: HttpRequest, slug: str) -> HttpResponse:
    visible = Product.objects.on_sale().suitable_for(is_adult=is_adult(request.user)).with_pictures()
    visible = visible.select_related("merchant")
    product = get_object_or_404(visible, slug=slug)
    clips = Clip.objects.shown_to(request.user).filter(tags__product=product)
    clips = clips.with_interest().select_related("creator", "source")
    critical = find_critical_clip(clips)
    others = clips.exclude(pk=critical.pk) if critical else clips
    choice = offer_variants(product, chosen_id=parse_key(request.GET.get("variant", "")), viewer=request.user)
    images = sorted(product.images.all(), key=lambda image: image.position)
    context = {
        "product": product,
        "images": images,
        "critical": critical,
        "shows_others": critical is not None and critical.tags.exclude(product=product).exists(),
        "clips": others.order_by("-published_at")[:CLIPS_SHOWN],
        "prices_include_tax": settings.PRICES_INCLUDE_TAX,
        "choice": choice,
        "offers_sample": product.merchant.offers_samples and is_creator(request.user) and not product.is_outbound,
        "structured": describe_product(product, images, [offer.variant for offer in choice.offers]),
    }
    return render(request, "shop/product.html", context)


def find_critical_clip(clips: QuerySet[Clip]) -> Clip | None:
    """Return the best of the clips whose verdict is “mixed” or “not for me”, or None if there is none.

    It is the one from which most orders came, and then the one from which most people opened products. Clicks of
    visitors and new accounts don't count, because anybody can make any number of them, and neither do the creator's own.
    """
    critical = clips.filter(verdict__in=(Verdict.MIXED, Verdict.NOT_FOR_ME))
    others = ~Q(clicks__user=F("creator__user"))
    is_known = Q(clicks__user__date_joined__lte=timezone.now() - KNOWN_AFTER)
    has_bought = Q(clicks__order_lines__order__state__in=(OrderState.PAID, OrderState.PARTLY_REFUNDED))
    counted = critical.annotate(
        order_count=Count("clicks__order_lines__order", filter=others & has_bought, distinct=True),
        viewer_count=Count("clicks__user", filter=others & is_known, distinct=True),
    )
    return counted.order_by("-order_count", "-viewer_count", "-published_at", "-pk").first()
