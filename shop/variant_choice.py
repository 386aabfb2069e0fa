"""Which variant is meant, where a request names a product, and perhaps one of its variants."""

from collections.abc import Iterable, Sequence

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from accounts.lists import join_list
from catalog.models import Product, Variant


class VariantRefused(Exception):
    """No variant is meant: the one that was named is gone, or one has to be chosen. The message says so."""


def choose_variant(product: Product, variant_id: int | None) -> Variant:
    """Return the product's variant with this id or, without one, the only variant on sale. Raises VariantRefused."""
    chosen = choose_variants([(product.slug, variant_id)])[0]
    if chosen is None:
        raise VariantRefused(explain_choice(product))
    return chosen


def choose_variants(named: Sequence[tuple[str, int | None]]) -> list[Variant | None]:
    """Return a variant for each slug of a product and id of a variant, or None. Their products have category and brand.

    Without an id, it is the product's only variant on sale. A product that has several on sale has none to return.
    """
    only = _find_only({slug for slug, variant_id in named if variant_id is None})
    wanted = [only.get(slug) if variant_id is None else variant_id for slug, variant_id in named]
    reviewed = Variant.objects.filter(is_reviewed=True, product__is_reviewed=True)
    variants = reviewed.select_related("product__category", "product__brand").in_bulk(
        [variant_id for variant_id in wanted if variant_id is not None]
    )
    return [
        variant
        if variant_id is not None and (variant := variants.get(variant_id)) and variant.product.slug == slug
        else None
        for (slug, _named), variant_id in zip(named, wanted, strict=True)
    ]


def explain_choice(product: Product) -> str:
    """Return the sentence for a request that names no variant that exists."""
    names = {"product": product.local_name, "options": join_list(product.option_names)}
    if not product.option_names:
        return _("%(product)s is no longer available.") % names
    return _("Choose a variant of %(product)s first: %(options)s.") % names


def _find_only(slugs: Iterable[str]) -> dict[str, int]:
    """Return the ids of variants by slug, of products with one variant on sale, or with only one at all."""
    rows = Variant.objects.filter(product__slug__in=slugs).values("product__slug")
    rows = rows.annotate(all=Count("pk"), first=Min("pk"))
    only = {row["product__slug"]: row["first"] for row in rows if row["all"] == 1}
    on_sale = Variant.objects.filter(product__slug__in=slugs, is_active=True).values("product__slug")
    counted = on_sale.annotate(all=Count("pk"), first=Min("pk"))
    return only | {row["product__slug"]: row["first"] for row in counted if row["all"] == 1}
