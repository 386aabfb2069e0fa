"""The fields of a product that are reviewed before they are public, as rows of ListingChange keep them.

`name`, `description`, `option_names` and `outbound_url` are as the product has them, `category` is an id, `brand` a name,
which may be that of no brand yet. `options` has values of variants by their ids, `removed_pictures` ids.
"""

from collections.abc import Mapping
from typing import Any

from catalog.imports.values.text import comparable
from catalog.models import Brand, Product, Variant

PLAIN_FIELDS = ("name", "description", "option_names", "outbound_url")


def find_brand(name: str) -> Brand | None:
    """Return the brand with this name, without difference of letter case and spaces."""
    key = comparable(name)
    likely = Brand.objects.filter(name__iexact=" ".join(name.split())).order_by("pk").first()
    return likely or next((brand for brand in Brand.objects.order_by("pk") if comparable(brand.name) == key), None)


def present_values(product: Product, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the product has in these fields."""
    return {name: _present_value(product, name, names[name]) for name in names}


def _present_value(product: Product, name: str, value: Any) -> Any:
    match name:
        case "brand":
            return product.brand.name
        case "category":
            return product.category_id
        case "options":
            rows = Variant.objects.filter(product=product, pk__in=value).values_list("pk", "option_values")
            return {str(pk): values for pk, values in rows}
        case "removed_pictures":
            return []
        case _:
            return getattr(product, name)


def apply_fields(product: Product, values: Mapping[str, Any], *, brand: Brand | None) -> list[str]:
    """Set the product's own fields, and return the names of the columns that are to be written."""
    columns = [name for name in PLAIN_FIELDS if name in values]
    for name in columns:
        setattr(product, name, values[name])
    if "category" in values:
        product.category_id = values["category"]
        columns.append("category")
    if brand is not None:
        product.brand = brand
        columns.append("brand")
    return columns


def apply_options(product: Product, options: Mapping[str, list[str]]) -> None:
    """Write the option values of variants. The longest keys change first, so that two variants can swap their values."""
    variants = {str(variant.pk): variant for variant in product.variants.filter(pk__in=options)}
    for key, variant in variants.items():
        Variant.objects.filter(pk=variant.pk).update(options_key=f"… {key}")
    for key, variant in variants.items():
        variant.option_values = options[key]
        variant.save(update_fields=["option_values", "options_key", "sku_key"])
