"""Which products and variants of the shop a source means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.imports.results import SourceProduct, SourceVariant
from catalog.imports.source_rows import UNNAMED
from catalog.models import CatalogueSource, Product, SourcedProduct, SourcedVariant, Variant
from catalog.models.variant import make_key


@dataclass(slots=True)
class MatchedProduct:
    """A product of a source, and what of the shop and of earlier runs it is. None is new."""

    offer: SourceProduct
    product_id: int | None = None
    product: Product | None = None
    record: SourcedProduct | None = None
    variants: dict[str, Variant] = field(default_factory=dict)
    """Of the shop, by the source's key."""
    proposed: Mapping[str, Any] = field(default_factory=dict)
    """What its merchant proposed last, and is not approved."""
    siblings: list[Variant] = field(default_factory=list)
    """All variants of the product in the shop."""

    @property
    def present_options(self) -> dict[int, list[str]]:
        """Return the options of all variants of the product, by id: as proposed last, or else as they are in the shop."""
        proposed = self.proposed.get("options", {})
        return {variant.pk: proposed.get(str(variant.pk), variant.option_values) for variant in self.siblings}


@dataclass(slots=True)
class Matches:
    products: list[MatchedProduct]
    records: dict[int, SourcedVariant]
    """What the source stated last, by variant."""


def match_products(
    offers: Sequence[SourceProduct], source: CatalogueSource, *, is_own: bool, locks: bool = False
) -> Matches:
    """Find products by the keys of their variants, then by SKU, then by the source's name for the product.

    All are of the source's merchant: what other merchants sell under the same names is never found. `is_own` is for files
    of the shop itself, whose handles are its own slugs. `locks` locks variants and products in the order in which orders
    do: see lock_variants.
    """
    by_key, by_sku = _find_variants(offers, source)
    named = _find_named(offers, source, is_own=is_own)
    matches, ids = [], set[int]()
    for offer in offers:
        known = {v.key: by_key.get(v.key) or by_sku.get(_sku_key(v)) for v in offer.variants}
        match = MatchedProduct(offer, variants={key: variant for key, variant in known.items() if variant})
        match.product_id = next((variant.product_id for variant in match.variants.values()), None) or named.get(
            offer.handle if is_own else offer.key
        )
        matches.append(match)
        ids.update(variant.product_id for variant in match.variants.values())
        ids.update([match.product_id] if match.product_id else [])
    _read_shop(matches, source, ids, locks=locks)
    stated = SourcedVariant.objects.filter(source=source, variant__product__in=ids)
    return Matches(matches, {record.variant_id: record for record in stated})


def _sku_key(variant: SourceVariant) -> str:
    return make_key([variant.sku])


def _find_variants(
    offers: Iterable[SourceProduct], source: CatalogueSource
) -> tuple[dict[str, Variant], dict[str, Variant]]:
    """Return the variants of the source's merchant by the source's keys, and the others by SKU."""
    offered = [variant for offer in offers for variant in offer.variants]
    records = SourcedVariant.objects.filter(source=source, key__in=[variant.key for variant in offered])
    records = records.filter(variant__merchant=source.merchant_id)
    by_key = {record.key: record.variant for record in records.select_related("variant")}
    skus = {_sku_key(variant) for variant in offered if variant.sku and variant.key not in by_key}
    of_merchant = Variant.objects.filter(sku_key__in=skus, merchant=source.merchant_id)
    by_sku = {variant.sku_key: variant for variant in of_merchant}
    return by_key, by_sku


def _find_named(offers: Iterable[SourceProduct], source: CatalogueSource, *, is_own: bool) -> dict[str, int]:
    """Return the ids of products by the source's names for them."""
    if is_own:
        slugs = {offer.handle for offer in offers if offer.handle}
        own = Product.objects.filter(slug__in=slugs, merchant=source.merchant_id)
        return dict(own.values_list("slug", "pk"))
    keys = [offer.key for offer in offers if not offer.key.startswith(UNNAMED)]
    records = SourcedProduct.objects.filter(source=source, key__in=keys, product__merchant=source.merchant_id)
    return dict(records.values_list("key", "product_id"))


def _read_shop(matches: Iterable[MatchedProduct], source: CatalogueSource, ids: Iterable[int], *, locks: bool) -> None:
    """Read the products and all of their variants. The variants are locked first, as orders do."""
    variants = Variant.objects.filter(product__in=ids).order_by("product_id", "pk")
    products = Product.objects.filter(pk__in=ids).order_by("pk").select_related("brand", "category")
    if locks:
        variants = variants.select_for_update(no_key=True)
        products = products.select_for_update(of=("self",), no_key=True)
    rows = {variant.pk: variant for variant in variants}
    siblings: dict[int, list[Variant]] = {}
    for variant in rows.values():
        siblings.setdefault(variant.product_id, []).append(variant)
    by_id = {product.pk: product for product in products}
    records = SourcedProduct.objects.filter(source=source, product__in=by_id).select_related("mapping")
    records_by_product = {record.product_id: record for record in records}
    for match in matches:
        match.product = by_id.get(match.product_id or 0)
        match.record = records_by_product.get(match.product_id or 0)
        match.siblings = siblings.get(match.product_id or 0, [])
        match.variants = {key: rows[variant.pk] for key, variant in match.variants.items() if variant.pk in rows}
        _match_by_options(match)


def _match_by_options(match: MatchedProduct) -> None:
    """Take a variant with the same options for the same one, such as one that got a SKU since."""
    taken = {variant.pk for variant in match.variants.values()}
    free = {variant.options_key: variant for variant in match.siblings if variant.pk not in taken}
    for offered in match.offer.variants:
        if offered.key not in match.variants and (variant := free.pop(make_key(offered.options), None)):
            match.variants[offered.key] = variant
