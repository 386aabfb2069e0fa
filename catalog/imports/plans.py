"""What a run does with each product of a source: decided for a dry run and for a run by the same code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.imports.limits import MAX_NAME_CHARS
from catalog.imports.matches import MatchedProduct
from catalog.imports.merged_values import Merge, merge, move_units
from catalog.imports.names import UNSORTED_SLUG, category_words
from catalog.imports.offers import (
    MAX_BRAND_CHARS,
    MAX_OUTBOUND_CHARS,
    outbound_url,
    present_product,
    present_variant,
    product_values,
    variant_values,
)
from catalog.imports.remarks import Remark, RunReason
from catalog.imports.results import SourceProduct, SourceVariant
from catalog.models import (
    HOUSE_ID,
    CatalogueSource,
    CategoryMapping,
    RowOutcome,
    SourcedVariant,
    Variant,
    default_currency,
)
from catalog.models.variant import make_key
from catalog.prices import plain_decimal
from catalog.stock import LARGEST_STOCK

NO_CHANGE = Merge({}, {})
SHOWN_CHARS = 80


@dataclass(slots=True)
class VariantPlan:
    offer: SourceVariant
    variant: Variant | None
    """None is new."""
    stated: dict[str, Any]
    merged: Merge = NO_CHANGE
    units: int = 0
    """By how many the stock changes."""
    refusal: Remark | None = None
    remarks: list[Remark] = field(default_factory=list)

    @property
    def outcome(self) -> RowOutcome:
        if self.refusal:
            return RowOutcome.REFUSED
        if self.variant is None:
            return RowOutcome.CREATED
        return RowOutcome.CHANGED if self.merged.changes or self.units else RowOutcome.UNCHANGED


@dataclass(slots=True)
class ProductPlan:
    match: MatchedProduct
    mapping: CategoryMapping
    stated: dict[str, Any]
    is_waiting: bool
    """Off sale only for lack of a category."""
    merged: Merge
    variants: list[VariantPlan]

    @property
    def accepted(self) -> list[VariantPlan]:
        return [plan for plan in self.variants if plan.refusal is None]


@dataclass(slots=True)
class Taken:
    """Ids of what rows of this run are already."""

    variants: set[int] = field(default_factory=set)
    products: set[int] = field(default_factory=set)

    def add(self, other: "Taken") -> None:
        self.variants |= other.variants
        self.products |= other.products


@dataclass(frozen=True)
class Planner:
    """Plans products of one source. `records` have what it stated last, by variant. `earlier` was taken by other chunks."""

    source: CatalogueSource
    mappings: Mapping[str, CategoryMapping]
    records: Mapping[int, SourcedVariant]
    earlier: Taken
    now: datetime
    is_own: bool
    run_id: int
    taken: Taken = field(default_factory=Taken)

    def plan(self, match: MatchedProduct) -> ProductPlan:
        """Plan a product. A product of the shop that another one of the file is as well, changes only its variants."""
        offer, product = match.offer, match.product
        mapping = self.mappings[category_words(offer)]
        lacks_category = product is None or product.category.slug == UNSORTED_SLUG
        is_waiting = _sells(offer) and mapping.category_id is None and lacks_category
        stated = product_values(offer, category_id=mapping.category_id, is_active=_sells(offer) and not is_waiting)
        merged = NO_CHANGE
        if product is not None and self._is_first(match):
            last = match.record.stated if match.record else {}
            merged = merge(stated, last=last, present=present_product(product, match.proposed), is_edit=self.is_own)
            if match.record is None and not self.is_own and merged.changes.get("is_active"):
                del merged.changes["is_active"]  # off sale by staff, before the source had any part in it
            self.taken.products.add(product.pk)
        plan = ProductPlan(match, mapping, stated, is_waiting, merged, [])
        plan.variants = list(self._plan_variants(match, merged))
        if plan.accepted:
            plan.accepted[0].remarks += _remark_product(plan)
            if self.source.merchant_id != HOUSE_ID and _awaits_review(plan):
                plan.accepted[0].remarks.append(Remark(RunReason.WAITS_FOR_REVIEW))
        return plan

    def _is_first(self, match: MatchedProduct) -> bool:
        is_taken = match.product_id in self.taken.products or match.product_id in self.earlier.products
        return not is_taken and not (match.record and match.record.seen_in_id == self.run_id)

    def _is_taken(self, variant_id: int) -> bool:
        record = self.records.get(variant_id)
        is_seen = record is not None and record.seen_in_id == self.run_id
        return is_seen or variant_id in self.taken.variants or variant_id in self.earlier.variants

    def _plan_variants(self, match: MatchedProduct, merged: Merge) -> Iterator[VariantPlan]:
        present = match.proposed.get("option_names", match.product.option_names) if match.product else None
        names = merged.changes.get("option_names", present)
        holders = {variant.options_key: variant.pk for variant in match.siblings}
        is_one_of_many = len(match.siblings) > 1 or len(match.offer.variants) > 1
        for offer in match.offer.variants:
            is_active = not is_one_of_many or bool(offer.price_minor and not offer.is_download)
            stated = variant_values(offer, self.source, is_active=is_active, now=self.now)
            plan = VariantPlan(offer, match.variants.get(offer.key), stated)
            if plan.variant is not None and self._is_taken(plan.variant.pk):
                plan.refusal = Remark(RunReason.HELD_ELSEWHERE)
            elif plan.variant is not None:
                self.taken.variants.add(plan.variant.pk)
                self._merge(plan, match.proposed, holders, options=None if names is None else len(names))
            elif holders.setdefault(make_key(offer.options), 0):
                plan.refusal = Remark(RunReason.OPTIONS_HELD, {"options": " / ".join(offer.options)})
            else:
                plan.units = stated.get("stock", 0)
            yield plan

    def _merge(
        self, plan: VariantPlan, proposed: Mapping[str, Any], holders: dict[str, int], *, options: int | None
    ) -> None:
        """Plan the changes of a variant. Options that do not fit the product, or that another variant has, stay."""
        variant = plan.variant
        assert variant is not None
        record = self.records.get(variant.pk)
        last, present = (record.stated if record else {}), present_variant(variant, proposed)
        values = {name: value for name, value in plan.stated.items() if name != "stock"}
        merged = plan.merged = merge(values, last=last, present=present, is_edit=self.is_own)
        if "options" in merged.changes:
            new = merged.changes["options"]
            holder = holders.setdefault(make_key(new), variant.pk)
            if len(new) != options or holder != variant.pk:
                merged.edited["options"] = merged.changes.pop("options")
        is_counted = merged.changes.get("is_counted", variant.is_counted)
        if "stock" in plan.stated and is_counted:
            stated = plan.stated["stock"]
            last_units = last.get("stock") if variant.is_counted else None
            plan.units = min(move_units(variant.stock, stated=stated, last=last_units), LARGEST_STOCK - variant.stock)
            if last_units is not None and plan.units != stated - last_units:
                values = {"change": last_units - stated, "stock": variant.stock}
                plan.remarks.append(Remark(RunReason.FEWER_UNITS, values))
        plan.remarks += _remark_variant(plan, present)


def _sells(offer: SourceProduct) -> bool:
    """Return whether a product can be put on sale. One without any price waits for a person who confirms it."""
    is_priced = any(variant.price_minor and not variant.is_download for variant in offer.variants)
    return offer.is_on_sale and is_priced and len(outbound_url(offer)) <= MAX_OUTBOUND_CHARS


def _awaits_review(plan: ProductPlan) -> bool:
    """Return whether a merchant's import brings text, pictures or variants that are not public before they are reviewed."""
    has_text = bool(plan.merged.changes.keys() - {"is_active"})
    return has_text or any(
        accepted.variant is None or "options" in accepted.merged.changes for accepted in plan.accepted
    )


def _remark_product(plan: ProductPlan) -> Iterator[Remark]:
    offer, product = plan.match.offer, plan.match.product
    if plan.is_waiting:
        yield Remark(RunReason.WAITS_FOR_CATEGORY, {"words": category_words(offer)})
    if MAX_BRAND_CHARS < len(offer.brand) <= MAX_NAME_CHARS:
        yield Remark(RunReason.BRAND_TOO_LONG, {"text": offer.brand[:40], "limit": MAX_BRAND_CHARS})
    if any(variant.is_download for variant in offer.variants):
        yield Remark(RunReason.DOWNLOADS)
    if product is None:
        return
    if plan.stated["is_active"] and not product.is_listed and "is_active" not in plan.merged.changes:
        yield Remark(RunReason.STAYS_OFF_SALE)
    texts = {"name": offer.title, "description": offer.description, "brand": offer.brand}
    texts["category"] = category_words(offer)
    for name in plan.merged.changes:
        yield Remark(RunReason.FIELD_CHANGED, {"field": name})
    for name, value in plan.merged.edited.items():
        if name != "is_active":
            text = str(texts.get(name, value))[:SHOWN_CHARS]
            yield Remark(RunReason.FIELD_KEPT, {"field": name, "text": text})


def _remark_variant(plan: VariantPlan, present: Mapping[str, Any]) -> Iterator[Remark]:
    for name, value in plan.merged.changes.items():
        values = {"field": name, "old": _shown(name, present[name]), "new": _shown(name, value)}
        yield Remark(RunReason.FIELD_CHANGED_TO, values)
    for name, value in plan.merged.edited.items():
        yield Remark(RunReason.FIELD_KEPT, {"field": name, "text": _shown(name, value)})
    if plan.units and plan.variant is not None:
        old = plan.variant.stock
        values = {"field": "stock", "old": str(old), "new": str(old + plan.units)}
        yield Remark(RunReason.FIELD_CHANGED_TO, values)


def _shown(name: str, value: Any) -> str:
    """Return a value as remarks keep it, the same in all languages."""
    if value in (None, "", []):
        return "–"
    if name in ("price", "compare_at"):
        return plain_decimal(value, default_currency())
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return " / ".join(value) if isinstance(value, list) else str(value)
