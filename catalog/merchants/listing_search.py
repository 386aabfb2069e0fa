"""A merchant's products as its own list shows them: with what waits, and why something was declined."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import ChangeState, ListingChange, Merchant, Product, Variant
from catalog.stock import FEW_LEFT

FILTERS: dict[str, Promise] = {
    "on_sale": _("On sale"),
    "off_sale": _("Off sale"),
    "in_review": _("In review"),
    "declined": _("Declined"),
    "low_stock": _("Low stock"),
}


def list_products(merchant: Merchant, *, words: str = "", chosen: str = "") -> QuerySet[Product]:
    """Return the products, by name, with `waits` and the state and reason of the last decision about what was sent."""
    latest = ListingChange.objects.filter(product=OuterRef("pk")).order_by("-pk")
    products = Product.objects.filter(merchant=merchant).annotate(
        waits=Exists(latest.filter(state=ChangeState.IN_REVIEW)),
        last_state=Subquery(latest.values("state")[:1]),
        last_reason=Subquery(latest.values("reason")[:1]),
    )
    if words:
        with_code = Variant.objects.with_code(words).filter(merchant=merchant)
        products = products.matching(words) | products.filter(pk__in=with_code.values("product"))
    match chosen:
        case "on_sale":
            products = products.on_sale()
        case "off_sale":
            products = products.filter(is_listed=False)
        case "in_review":
            products = products.filter(waits=True)
        case "declined":
            products = products.filter(last_state=ChangeState.REFUSED)
        case "low_stock":
            is_low = Q(is_counted=True, stock__lte=FEW_LEFT, is_active=True)
            products = products.filter(Exists(Variant.objects.filter(is_low, product=OuterRef("pk"))))
    return products.select_related("brand", "category").prefetch_related("images").order_by("name", "pk")
