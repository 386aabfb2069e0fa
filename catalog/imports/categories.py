"""Categories of the shop for those of a source: confirmed once by a person, and remembered."""

from datetime import datetime

from django.db import transaction

from catalog.imports.names import UNSORTED_SLUG
from catalog.merchants.listings import note_change
from catalog.models import CategoryMapping, Product, SourcedProduct


@transaction.atomic
def apply_mapping(*, mapping: CategoryMapping, now: datetime) -> int:
    """Give the products that waited for it the mapping's category, put them on sale, and return how many waited.

    Products to which staff gave a category stay in it.
    """
    if mapping.category is None:
        return 0
    waiting = SourcedProduct.objects.filter(mapping=mapping, product__category__slug=UNSORTED_SLUG)
    records = list(waiting.select_for_update(of=("self",)).order_by("product_id"))
    ids = [record.product_id for record in records]
    Product.objects.filter(pk__in=ids).update(category=mapping.category, updated_at=now)
    note_change(ids)
    on_sale = [record.product_id for record in records if record.is_waiting]
    Product.objects.filter(pk__in=on_sale, is_listed=False).update(is_listed=True)
    for record in records:
        record.stated |= {"category": mapping.category_id, "is_active": record.is_waiting or record.stated["is_active"]}
        record.is_waiting = False
    SourcedProduct.objects.bulk_update(records, ["stated", "is_waiting"])
    return len(records)
