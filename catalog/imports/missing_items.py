"""What a source no longer has: it goes off sale, and is never deleted."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from catalog.models import CatalogueSource, Import, ImportState, Product, SourcedProduct, SourcedVariant, Variant

CHUNK_VARIANTS = 500
FEW_MISSING = 2
LARGE_DROP_PERCENT = 10


def count_missing(source: CatalogueSource, present: set[int]) -> tuple[int, int]:
    """Return how many variants that the source had last are not among those present, and how many it had."""
    had = set(SourcedVariant.objects.filter(source=source, missing_since=None).values_list("variant_id", flat=True))
    return len(had - present), len(had)


def is_large_drop(missing: int, total: int) -> bool:
    """Return whether so much is missing that a person has to say what becomes of it."""
    return missing > 0 and (missing == total or missing > max(FEW_MISSING, total * LARGE_DROP_PERCENT // 100))


def take_off_missing(run: Import, *, now: datetime) -> None:
    """Take everything off sale that the source had and this run did not see. Stops when the run is paused."""
    while _take_off_some(run, now=now):
        pass


@transaction.atomic
def _take_off_some(run: Import, *, now: datetime) -> bool:
    """Take some variants off sale, and return whether there were any."""
    if not Import.objects.filter(pk=run.pk, state=ImportState.RUNNING).update(active_at=now):
        return False
    missing = SourcedVariant.objects.filter(source=run.source_id, missing_since=None).exclude(seen_in=run)
    records = list(missing.select_related("variant").order_by("variant__product_id", "variant_id")[:CHUNK_VARIANTS])
    by_variant = {record.variant_id: record for record in records}
    product_ids = {record.variant.product_id for record in records}
    siblings = Variant.objects.filter(product__in=product_ids).order_by("product_id", "pk")
    variants = list(siblings.select_for_update(no_key=True))
    sizes = Counter(variant.product_id for variant in variants)
    elsewhere = set(_offered_elsewhere(run).filter(variant__in=by_variant).values_list("variant_id", flat=True))
    missed = by_variant.keys() - elsewhere
    off = [v.pk for v in variants if v.pk in missed and v.is_active and sizes[v.product_id] > 1]
    Variant.objects.filter(pk__in=off).update(is_active=False)
    for pk in off:
        by_variant[pk].stated["is_active"] = False
    for record in records:
        record.missing_since = now
    SourcedVariant.objects.bulk_update(records, ["stated", "missing_since"])
    _take_products_off(run, product_ids, now=now)
    return bool(records)


def _take_products_off(run: Import, product_ids: set[int], *, now: datetime) -> None:
    """Take products off sale of which the source has no variant left. Those with variants of others stay."""
    present = Variant.objects.filter(product=OuterRef("pk"), is_active=True).exclude(pk__in=_missing(run))
    products = Product.objects.filter(pk__in=product_ids, is_listed=True).exclude(Exists(present))
    ids = list(products.values_list("pk", flat=True))
    Product.objects.filter(pk__in=ids).update(is_listed=False, updated_at=now)
    records = list(SourcedProduct.objects.filter(source=run.source_id, product__in=ids))
    for record in records:
        record.stated["is_active"] = False
    SourcedProduct.objects.bulk_update(records, ["stated"])


def _missing(run: Import) -> QuerySet[SourcedVariant, int]:
    """Return the variants that this source no longer has, and no other source either."""
    records = SourcedVariant.objects.filter(source=run.source_id, missing_since__isnull=False)
    elsewhere = _offered_elsewhere(run).filter(variant=OuterRef("variant"))
    return records.exclude(Exists(elsewhere)).values_list("variant_id", flat=True)


def _offered_elsewhere(run: Import) -> QuerySet[SourcedVariant]:
    return SourcedVariant.objects.filter(missing_since=None).exclude(source=run.source_id)
