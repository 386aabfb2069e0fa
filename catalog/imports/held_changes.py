"""What a merchant's import may not make public by itself: it is sent for the house's review. ADR 0027."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from catalog.imports.names import BrandNames
from catalog.imports.offers import stored_description
from catalog.imports.plans import ProductPlan
from catalog.merchants.listings import has_been_public, send_for_review
from catalog.models import HOUSE_ID, Brand, Import, ListingChange, Product, Variant


class HeldChanges:
    """Collects what waits of the products of one chunk. Those of the house wait for nobody."""

    def __init__(self, run: Import, brands: BrandNames, now: datetime) -> None:
        self._run, self._brands, self._now = run, brands, now
        self._is_house = run.source.merchant_id == HOUSE_ID
        self._new: list[tuple[Product, dict[str, Any]]] = []
        self._sent: dict[int, tuple[Product, dict[str, Any]]] = {}

    def begin(self, product: Product, brand: str) -> Brand:
        """Note a new product, which nobody sees before it is reviewed. Return its brand for the time being."""
        if self._is_house:
            return self._brands.find(brand)
        product.is_reviewed = False
        known = self._known_brand(brand)
        self._new.append((product, {} if known else {"brand": brand}))
        return known or self._brands.find("")

    def take(self, product: Product, plan: ProductPlan) -> dict[str, Any]:
        """Return which of the planned changes are written at once. The others wait."""
        changes = dict(plan.merged.changes)
        if self._is_house:
            return changes
        texts = {name: changes[name] for name in changes if name != "is_active"}
        if "description" in texts:
            texts["description"] = stored_description(plan.match.offer.description)
        if "brand" in texts:
            known = self._known_brand(plan.match.offer.brand)
            texts["brand"] = known.name if known else plan.match.offer.brand
        is_seen = has_been_public(product)
        if texts:
            self._send(product, texts if is_seen else {name: texts[name] for name in ("brand",) if name in texts})
        if is_seen:
            return {name: changes[name] for name in changes if name == "is_active"}
        is_known = self._known_brand(plan.match.offer.brand) is not None
        return {name: value for name, value in changes.items() if name != "brand" or is_known}

    def _known_brand(self, name: str) -> Brand | None:
        """Return the brand, the shop's own if none is named, or None if it would be new."""
        return self._brands.get(name) if name else self._brands.find("")

    def take_variant(self, product: Product, variant: Variant, values: dict[str, Any]) -> dict[str, Any]:
        """Return what is written of a variant at once. New ones and options of a product that is public wait."""
        if self._is_house or product.pk is None:
            return values
        if variant.pk is None:
            variant.is_reviewed = not has_been_public(product)
            self._send(product, {})
        elif "options" in values and variant.is_reviewed and has_been_public(product):
            self._send(product, {"options": {str(variant.pk): values["options"]}})
            values = {name: value for name, value in values.items() if name != "options"}
        elif "options" in values:
            self._send(product, {})
        return values if variant.is_reviewed else values | {"is_active": False}

    def write(self) -> None:
        """Send everything for review, after the products and variants were written."""
        by, now = self._run.created_by, self._now
        ListingChange.objects.bulk_create(
            ListingChange(product=product, is_new=True, values=values, sent_by=by, sent_at=now)
            for product, values in self._new
        )
        for product, values in self._sent.values():
            send_for_review(product, values, sent_by=by, now=now)

    def _send(self, product: Product, values: dict[str, Any]) -> None:
        _product, sent = self._sent.setdefault(product.pk, (product, {}))
        options = {**sent.get("options", {}), **values.get("options", {})}
        sent |= values | ({"options": options} if options else {})


def find_proposals(product_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what merchants proposed last for products, by their ids, if it waits or was declined.

    A source that says the same again changes nothing, and one that says something else proposes that.
    """
    latest = ListingChange.objects.filter(product__in=product_ids).order_by("product_id", "-pk").distinct("product_id")
    return {change.product_id: change.values for change in latest if change.state != "approved"}
