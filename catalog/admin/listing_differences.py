"""What the page of a change shows: each field before and after, new variants and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.descriptions import plain_description
from catalog.merchants.listing_values import present_values
from catalog.models import Category, ChangeState, ListingChange, Product, ProductImage, Variant
from catalog.models.variant import OPTION_SEPARATOR

LABELS = {
    "name": _("name"),
    "brand": _("brand"),
    "category": _("category"),
    "description": _("description"),
    "option_names": _("options"),
    "outbound_url": _("link to another shop"),
}


@dataclass(frozen=True)
class Difference:
    label: Any
    before: str
    after: str


def describe_change(change: ListingChange) -> dict[str, Any]:
    """Return the differences, and the variants and pictures that wait. Of a new product, all of its text is new."""
    product, waits = change.product, change.state == ChangeState.IN_REVIEW
    before = present_values(product, change.values) if waits else change.previous
    differences = list(_list_new(product, change.values) if change.is_new else _list_changes(before, change.values))
    images = ProductImage.with_waiting.filter(product=product).order_by("position", "pk")
    variants = Variant.objects.filter(product=product).in_order()
    if not change.is_new:
        images, variants = images.filter(is_reviewed=False), variants.filter(is_reviewed=False)
    return {
        "differences": differences,
        "images": list(images) if waits else [],
        "variants": list(variants[:50]) if waits else [],
    }


def _list_new(product: Product, values: Mapping[str, Any]) -> list[Difference]:
    texts = {name: present_values(product, {name: ""})[name] for name in LABELS} | dict(values)
    return [Difference(label, "", _write(name, texts[name])) for name, label in LABELS.items() if texts[name]]


def _list_changes(before: Mapping[str, Any], values: Mapping[str, Any]) -> list[Difference]:
    fields = [
        Difference(LABELS[name], _write(name, before.get(name)), _write(name, value))
        for name, value in values.items()
        if name in LABELS
    ]
    old = before.get("options") or {}
    options = values.get("options", {})
    for key, texts in options.items():
        fields.append(Difference(_("variant"), _write("", old.get(key)), _write("", texts)))
    return fields


def _write(name: str, value: Any) -> str:
    if name == "category":
        return str(Category.objects.filter(pk=value).first() or "–")
    if name == "description":
        return plain_description(value or "")
    return OPTION_SEPARATOR.join(value) if isinstance(value, list) else str(value or "")
