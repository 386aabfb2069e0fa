"""Fields of which a file says nothing, because its format has columns for them and the file has not, such as a price list.

Such a field is not blank: what the shop has stays, and so do a sale and a compare-at price that the source stated before.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from catalog.imports.results import SalePrice, SourceVariant
from catalog.models import SourcedVariant

COLUMNS: Mapping[str, frozenset[str]] = {
    "description": frozenset({"description", "short_description"}),
    "brand": frozenset({"brand"}),
    "category": frozenset({"category", "product_types"}),
    "is_active": frozenset({"status", "published"}),
    "outbound_url": frozenset({"outbound_url"}),
    "option_names": frozenset({"option1", "option1_name", "attribute1", "color", "size", "material", "pattern"}),
    "options": frozenset({"option1", "option1_name", "attribute1", "color", "size", "material", "pattern"}),
    "barcode": frozenset({"barcode"}),
    "weight": frozenset({"weight", "weight_grams", "weight_kg", "weight_g", "weight_lbs", "weight_oz"}),
    "compare_at": frozenset({"compare_at_price"}),
    "sale": frozenset({"sale_price"}),
}
"""Of each field of the shop, the fields of files that say something about it."""


def find_silent_fields(possible: Collection[str], present: Collection[str]) -> frozenset[str]:
    """Return the shop's fields that columns of a format say something about, but no column of a file."""
    return frozenset(
        name for name, columns in COLUMNS.items() if columns.intersection(possible) and columns.isdisjoint(present)
    )


def drop_silent(stated: Mapping[str, Any], silent: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in stated.items() if name not in silent}


def with_last_prices(offer: SourceVariant, record: SourcedVariant, silent: Collection[str]) -> SourceVariant:
    """Return the variant with the sale and the compare-at price that the source stated last, if they are still above."""
    if "sale" in silent and record.sale_minor is not None and record.sale_minor < offer.price_minor:
        offer = replace(offer, sale=SalePrice(record.sale_minor, record.sale_starts_at, record.sale_ends_at))
    if "compare_at" in silent and (record.compare_at_minor or 0) > offer.price_minor:
        offer = replace(offer, compare_at_minor=record.compare_at_minor)
    return offer
