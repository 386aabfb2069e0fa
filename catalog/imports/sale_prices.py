"""Sales of sources with a start and an end: they move prices when their time comes, without another file."""

from datetime import datetime

from django.db import transaction

from catalog.imports.offers import price_at
from catalog.imports.results import SalePrice
from catalog.models import SourcedVariant, Variant

BATCH = 500


@transaction.atomic
def move_sale_prices(*, now: datetime) -> int:
    """Start and end the sales that are due, at most 500, and return how many. A price that staff edited stays."""
    due = SourcedVariant.objects.filter(next_price_at__lte=now).values_list("variant_id", flat=True)
    ids = list(due.order_by("next_price_at")[:BATCH])
    locked = Variant.objects.filter(pk__in=ids).order_by("product_id", "pk").select_for_update(no_key=True)
    variants = {variant.pk: variant for variant in locked}
    records = list(SourcedVariant.objects.filter(next_price_at__lte=now, variant__in=variants))
    changed = {}
    for record in records:
        variant = variants[record.variant_id]
        if _move(record, variant, now):
            changed[variant.pk] = variant
    Variant.objects.bulk_update(changed.values(), ["price_minor", "compare_at_minor"])
    SourcedVariant.objects.bulk_update(records, ["stated", "next_price_at"])
    return len(records)


def _move(record: SourcedVariant, variant: Variant, now: datetime) -> bool:
    """Bring what the source says up to date, and return whether the variant's price follows."""
    sale = None
    if record.sale_minor is not None:
        sale = SalePrice(record.sale_minor, record.sale_starts_at, record.sale_ends_at)
    price, compare_at, record.next_price_at = price_at(now, record.regular_minor, record.compare_at_minor, sale)
    is_own = (variant.price_minor, variant.compare_at_minor) == (
        record.stated["price"],
        record.stated.get("compare_at"),
    )
    record.stated |= {"price": price, "compare_at": compare_at}
    if is_own:
        variant.price_minor, variant.compare_at_minor = price, compare_at
    return is_own
