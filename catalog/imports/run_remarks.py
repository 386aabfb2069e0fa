"""Remarks as runs and rows keep them, so that each person reads them in their own language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.imports.remarks import NoteKind, PictureFailure, RefusalReason, Remark, RunReason, StopReason

FIELD_NAMES = {
    "name": _("title"),
    "description": _("description"),
    "brand": _("brand"),
    "category": _("category"),
    "is_active": _("on sale"),
    "option_names": _("options"),
    "outbound_url": _("link to another shop"),
    "sku": _("SKU"),
    "options": _("options"),
    "price": _("price"),
    "compare_at": _("compare-at price"),
    "is_counted": _("stock is counted"),
    "barcode": _("barcode"),
    "weight": _("weight in grams"),
    "stock": _("in stock"),
}


type PackedRemark = list[Any]
"""The name of the kind's class, the kind, and the values of its sentence."""
KINDS: dict[str, type[StopReason | RefusalReason | NoteKind | RunReason | PictureFailure]] = {
    kind.__name__: kind for kind in (StopReason, RefusalReason, NoteKind, RunReason, PictureFailure)
}


def pack_remark(remark: Remark) -> PackedRemark:
    return [type(remark.kind).__name__, remark.kind.value, dict(remark.values)]


def unpack_remark(packed: PackedRemark) -> Remark:
    """Return the remark, with fields under their names in the active language."""
    class_name, kind, values = packed
    if "field" in values:
        values = values | {"field": str(FIELD_NAMES[values["field"]])}
    return Remark(KINDS[class_name](kind), values)
