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
from catalog.imports.option_plans import fit_options, settle_options
from catalog.imports.remarks import Remark, RunReason
from catalog.imports.results import SourceProduct
from catalog.imports.silent_fields import drop_silent, with_last_prices
from catalog.imports.source_rows import UNNAMED
from catalog.imports.variant_plans import VariantPlan
from catalog.models import HOUSE_ID, CatalogueSource, CategoryMapping, SourcedVariant, Variant, default_currency
from catalog.prices import plain_decimal
from catalog.stock import LARGEST_STOCK

SHOWN_CHARS = 80


@dataclass(slots=True)
class ProductPlan:
    match: MatchedProduct
    mapping: CategoryMapping
    stated: dict[str, Any]
    is_waiting: bool
    """Off sale only for lack of a category."""
    merged: Merge
    variants: list[VariantPlan] = field(default_factory=list)
    leads: bool = True
    """Whether the product in the shop takes its own fields from here, and not only its variants."""
    fitted: dict[int, list[str]] = field(default_factory=dict)
    """New options of variants that are not in the file, by id."""

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
    silent: frozenset[str] = frozenset()
    """Fields of which the file says nothing."""
    taken: Taken = field(default_factory=Taken)

    def plan(self, match: MatchedProduct) -> ProductPlan:
        """Plan a product. A product of the shop that another one of the file is as well, changes only its variants."""
        offer, product, record = match.offer, match.product, match.record
        mapping = self.mappings[category_words(offer)]
        if "category" in self.silent and record and record.mapping:
            mapping = record.mapping
        sells = _sells(offer) and not self._stays_off(match)
        lacks_category = product is None or product.category.slug == UNSORTED_SLUG
        is_waiting = sells and mapping.category_id is None and lacks_category
        stated = product_values(offer, category_id=mapping.category_id, is_active=sells and not is_waiting)
        plan = ProductPlan(match, mapping, stated, is_waiting, Merge({}, {}))
        if product is not None:
            plan.stated = drop_silent(stated, self.silent.difference({"is_active"}))
            plan.leads = self._leads(match)
            if plan.leads:
                plan.merged = self._merge_product(match, plan.stated)
                self.taken.products.add(product.pk)
        plan.variants = list(self._plan_variants(match))
        if product is not None:
            self._settle_options(plan, match.proposed.get("option_names", product.option_names))
        for variant in plan.accepted:
            variant.remarks += _remark_variant(variant, match.proposed)
        if plan.accepted:
            plan.accepted[0].remarks += _remark_product(plan)
            if self.source.merchant_id != HOUSE_ID and _awaits_review(plan):
                plan.accepted[0].remarks.append(Remark(RunReason.WAITS_FOR_REVIEW))
        return plan

    def _merge_product(self, match: MatchedProduct, stated: dict[str, Any]) -> Merge:
        assert match.product is not None
        last = match.record.stated if match.record else {}
        merged = merge(stated, last=last, present=present_product(match.product, match.proposed), is_edit=self.is_own)
        if match.record is None and not self.is_own and merged.changes.get("is_active"):
            del merged.changes["is_active"]  # off sale by staff, before the source had any part in it
        return merged

    def _stays_off(self, match: MatchedProduct) -> bool:
        """Return whether a file without states leaves a product off sale that the source did not sell last."""
        if "is_active" not in self.silent or match.record is None or match.record.is_waiting:
            return False
        records = [self.records[variant.pk] for variant in match.variants.values() if variant.pk in self.records]
        is_back = bool(records) and all(record.missing_since for record in records)
        return not is_back and not match.record.stated.get("is_active", True)

    def _leads(self, match: MatchedProduct) -> bool:
        """Return whether this is what the product is at the source, and not a part that is a product of its own there."""
        record = match.record
        if match.product_id in self.taken.products | self.earlier.products or (
            record and record.seen_in_id == self.run_id
        ):
            return False
        if record is None or record.key == match.offer.key or record.key.startswith(UNNAMED):
            return True
        present = {variant.pk for variant in match.variants.values()}
        others = (self.records.get(variant.pk) for variant in match.siblings if variant.pk not in present)
        return not any(other and other.missing_since is None for other in others)

    def _is_taken(self, variant_id: int) -> bool:
        record = self.records.get(variant_id)
        is_seen = record is not None and record.seen_in_id == self.run_id
        return is_seen or variant_id in self.taken.variants or variant_id in self.earlier.variants

    def _plan_variants(self, match: MatchedProduct) -> Iterator[VariantPlan]:
        is_one_of_many = len(match.siblings) > 1 or len(match.offer.variants) > 1
        for offered in match.offer.variants:
            variant, offer, silent = match.variants.get(offered.key), offered, self.silent
            record = self.records.get(variant.pk) if variant and not self.is_own else None
            if record is not None:
                offer = with_last_prices(offered, record, silent)
            if record or offer.sale or (variant and (variant.compare_at_minor or 0) <= offer.price_minor):
                silent = silent - {"compare_at"}  # said, or no longer above the price
            is_active = not is_one_of_many or bool(offer.price_minor and not offer.is_download)
            stated = variant_values(offer, self.source, is_active=is_active, now=self.now)
            plan = VariantPlan(offer, variant, stated, match.present_options)
            if offer.outbound_url and self.source.merchant_id != HOUSE_ID:
                plan.refusal = Remark(RunReason.SOLD_ELSEWHERE)
            elif variant is None:
                plan.units = stated.get("stock", 0)
            elif self._is_taken(variant.pk):
                plan.refusal = Remark(RunReason.HELD_ELSEWHERE)
            else:
                self.taken.variants.add(variant.pk)
                plan.stated = drop_silent(stated, silent)
                self._merge(plan, variant, match.proposed)
            yield plan

    def _merge(self, plan: VariantPlan, variant: Variant, proposed: Mapping[str, Any]) -> None:
        """Plan the changes of a variant."""
        record = self.records.get(variant.pk)
        last, present = (record.stated if record else {}), present_variant(variant, proposed)
        values = {name: value for name, value in plan.stated.items() if name != "stock"}
        plan.merged = merge(values, last=last, present=present, is_edit=self.is_own)
        is_counted = plan.merged.changes.get("is_counted", variant.is_counted)
        if "stock" in plan.stated and is_counted:
            stated = plan.stated["stock"]
            last_units = last.get("stock") if variant.is_counted else None
            plan.units = min(move_units(variant.stock, stated=stated, last=last_units), LARGEST_STOCK - variant.stock)
            if last_units is not None and plan.units != stated - last_units:
                values = {"change": last_units - stated, "stock": variant.stock}
                plan.remarks.append(Remark(RunReason.FEWER_UNITS, values))

    def _settle_options(self, plan: ProductPlan, present: list[str]) -> None:
        """Let each variant of the product have a value for each of its options, in the file or not."""
        options, changes = plan.match.present_options, plan.merged.changes
        is_new = any(variant.variant is None for variant in plan.variants)
        if changes.get("option_names") == [] and (len(options) > 1 or is_new):
            del changes["option_names"]
            plan.stated = plan.stated | {"option_names": present}
        names = changes.get("option_names", present)
        settle_options(plan.variants, options, names)
        plan.fitted = fit_options(plan.variants, options, names)
        for variant in plan.accepted:
            if variant.variant is not None and variant.variant.pk in plan.fitted:
                variant.merged.changes["options"] = plan.fitted.pop(variant.variant.pk)


def _sells(offer: SourceProduct) -> bool:
    """Return whether a product can be put on sale. One without any price waits for a person who confirms it."""
    is_priced = any(variant.price_minor and not variant.is_download for variant in offer.variants)
    return offer.is_on_sale and is_priced and len(outbound_url(offer)) <= MAX_OUTBOUND_CHARS


def _awaits_review(plan: ProductPlan) -> bool:
    """Return whether a merchant's import brings text, pictures or variants that are not public before they are reviewed."""
    has_text = bool(plan.merged.changes.keys() - {"is_active"}) or bool(plan.fitted)
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


def _remark_variant(plan: VariantPlan, proposed: Mapping[str, Any]) -> Iterator[Remark]:
    present = present_variant(plan.variant, proposed) if plan.variant is not None else {}
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
