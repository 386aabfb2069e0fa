"""Links to products that other shops sell. A link can redirect only to the URL stored with its product."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.same_site import is_same_site
from catalog.models import Product
from catalog.outbound import read_outbound
from shop.attribution import record_click
from shop.shopper import Shopper, shopper_of
from videos.playback.impressions import verify_token


@require_safe
@never_cache
def redirect_to_merchant(request: HttpRequest, signed: str) -> HttpResponse:
    """Redirect to the product's URL. If the shopper opened the link from a clip here, record the click.

    Raises Http404 if the link is forged, or if the product is not available to the shopper.
    """
    link = read_outbound(signed)
    if link is None:
        raise Http404
    shopper = shopper_of(request)
    sold_elsewhere = Product.objects.on_sale().suitable_for(is_adult=shopper.is_known_adult).exclude(outbound_url="")
    product = get_object_or_404(sold_elsewhere, pk=link.product_id)
    if request.method == "GET" and is_same_site(request) and _was_served_to(shopper, link.seen):
        record_click(shopper=shopper, impression_token=link.seen, product=product, now=timezone.now())
    response = HttpResponseRedirect(product.outbound_url)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _was_served_to(shopper: Shopper, impression_token: str) -> bool:
    """Return whether the token names the shopper's browser.

    Tokens that name nobody, from before the viewer's consent, don't do here: anybody could make others follow the link.
    """
    serving = verify_token(impression_token)
    return serving is not None and serving.viewer in shopper.viewers
