"""Writes planned products: a chunk of a run in one transaction, in bulk."""

from datetime import datetime

from django.db import connection
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from catalog.imports.held_changes import HeldChanges
from catalog.imports.names import BrandNames, product_slugs, unsorted_category
from catalog.imports.offers import keep_prices, stored_description
from catalog.imports.pictures.queue import queue_pictures
from catalog.imports.plans import ProductPlan
from catalog.imports.product_sums import sum_up
from catalog.imports.variant_plans import VariantPlan
from catalog.models import (
    Import,
    Product,
    SourcedProduct,
    SourcedVariant,
    StockMovement,
    StockMovementKind,
    Variant,
)
from catalog.stock import LARGEST_STOCK

PRODUCT_FIELDS = ["name", "description", "brand", "category", "is_listed", "option_names", "outbound_url", "updated_at"]
VARIANT_FIELDS = [
    *("sku", "sku_key", "option_values", "options_key", "price_minor", "compare_at_minor", "is_active", "is_counted"),
    *("barcode", "weight_g", "stock"),
]
COLUMNS = {"options": "option_values", "price": "price_minor", "compare_at": "compare_at_minor", "weight": "weight_g"}
RECORD_FIELDS = [
    *("key", "stated", "seen_in", "missing_since", "regular_minor", "compare_at_minor", "sale_minor", "sale_starts_at"),
    *("sale_ends_at", "next_price_at"),
]


class ChunkWriter:
    """Collects the rows of a chunk and writes them. One transaction has one."""

    def __init__(self, run: Import, records: dict[int, SourcedVariant], brands: BrandNames, now: datetime) -> None:
        self._run, self._records, self._brands, self._now = run, records, brands, now
        self._held = HeldChanges(run, brands, now)
        self._new: list[tuple[Product, ProductPlan]] = []
        self._changed: list[Product] = []
        self._new_variants: list[Variant] = []
        self._changed_variants: list[Variant] = []
        self._moved: list[int] = []
        """Ids of variants whose options change."""
        self._movements: list[StockMovement] = []
        self._stated: dict[int, SourcedProduct] = {}
        self._noted: list[tuple[SourcedProduct, ProductPlan]] = []
        self._stated_of_variants: list[SourcedVariant] = []

    def add(self, plan: ProductPlan) -> None:
        """Take a product of which at least one row was accepted."""
        product = plan.match.product
        if product is None:
            product = self._make_product(plan)
            self._new.append((product, plan))
        elif plan.merged.changes:
            self._change_product(product, plan)
        if plan.leads:
            self._note_product(product, plan)
        for sibling in plan.match.siblings:
            if sibling.pk in plan.fitted:
                fitted = self._held.take_variant(product, sibling, {"options": plan.fitted[sibling.pk]})
                if "options" in fitted:
                    self._give_options(sibling, fitted["options"])
        for place, variant in enumerate(plan.accepted):
            self._add_variant(product, variant, place)

    def write(self) -> None:
        """Write all rows. Products get their variants from here meanwhile, not from the trigger."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL catalog.variants_follow = 'on'")
            self._write()
            cursor.execute("SET LOCAL catalog.variants_follow = 'off'")

    def _write(self) -> None:
        names = [
            (plan.match.offer.handle or product.name, f"{self._run.source_id} {plan.accepted[0].offer.key}")
            for product, plan in self._new
        ]
        for (product, _plan), slug in zip(self._new, product_slugs(names), strict=True):
            product.slug = slug
        of_products: dict[int, list[Variant]] = {}
        for variant in self._new_variants:
            of_products.setdefault(id(variant.product), []).append(variant)
        for product, _plan in self._new:
            if variants := of_products.get(id(product)):
                sum_up(product, variants)
        Product.objects.bulk_create([product for product, _plan in self._new])
        Product.objects.bulk_update(self._changed, PRODUCT_FIELDS)
        # Of variants that swap their options, none may have those that the other still has.
        moved = Variant.objects.filter(pk__in=self._moved)
        moved.update(options_key=Concat(Value("\x7f"), Cast("pk", CharField())))
        Variant.objects.bulk_create(self._new_variants)
        Variant.objects.bulk_update(self._changed_variants, VARIANT_FIELDS)
        StockMovement.objects.bulk_create(self._movements)
        self._held.write()
        self._write_records()

    def _write_records(self) -> None:
        new = [record for record in self._stated.values() if record.pk is None]
        known = [record for record in self._stated.values() if record.pk is not None]
        SourcedProduct.objects.bulk_update(known, ["key", "mapping", "stated", "is_waiting", "seen_in"])
        SourcedProduct.objects.bulk_create(new)
        new_stated = [record for record in self._stated_of_variants if record.pk is None]
        known_stated = [record for record in self._stated_of_variants if record.pk is not None]
        SourcedVariant.objects.bulk_update(known_stated, RECORD_FIELDS)
        SourcedVariant.objects.bulk_create(new_stated)
        variants = {record.key: record.variant_id for record in self._stated_of_variants}
        queue_pictures(self._noted, variants=variants, run=self._run, now=self._now)

    def _make_product(self, plan: ProductPlan) -> Product:
        offer = plan.match.offer
        offered = [accepted.offer.price_minor for accepted in plan.accepted]
        product = Product(
            merchant_id=self._run.source.merchant_id,
            name=offer.title,
            category=plan.mapping.category or unsorted_category(),
            description=stored_description(offer.description),
            option_names=list(offer.option_names),
            price_minor=min(offered),
            is_listed=plan.stated["is_active"],
            outbound_url=plan.stated["outbound_url"] if len(plan.stated["outbound_url"]) <= 500 else "",
        )
        product.brand = self._held.begin(product, offer.brand)
        return product

    def _change_product(self, product: Product, plan: ProductPlan) -> None:
        offer = plan.match.offer
        for name, value in self._held.take(product, plan).items():
            match name:
                case "description":
                    product.description = stored_description(offer.description)
                case "brand":
                    product.brand = self._brands.find(offer.brand)
                case "category":
                    product.category_id = value
                case "is_active":
                    product.is_listed = value
                case _:
                    setattr(product, name, value)
        product.updated_at = self._now
        self._changed.append(product)

    def _note_product(self, product: Product, plan: ProductPlan) -> None:
        """Keep what the source says of the product. Of several products of the file that are this one, the first counts."""
        record = plan.match.record or SourcedProduct(source_id=self._run.source_id, product=product)
        if record.seen_in_id != self._run.pk and self._stated.setdefault(product.pk or id(product), record) is record:
            record.key, record.mapping = plan.match.offer.key, plan.mapping
            record.stated = record.stated | plan.stated
            record.is_waiting, record.seen_in = plan.is_waiting, self._run
            self._noted.append((record, plan))

    def _add_variant(self, product: Product, plan: VariantPlan, place: int) -> None:
        variant, offer = plan.variant, plan.offer
        values = plan.stated if variant is None else plan.merged.changes
        if variant is None:
            variant = Variant(product=product, position=place)
            self._new_variants.append(variant)
            values = self._held.take_variant(product, variant, values)
        elif values or plan.units:
            values = self._held.take_variant(product, variant, values)
            self._changed_variants.append(variant)
        if variant.pk and "options" in values:
            self._moved.append(variant.pk)
        for name, value in values.items():
            if name != "stock":
                setattr(variant, COLUMNS.get(name, name), value)
        variant.set_keys()
        if plan.units and variant.is_counted:
            variant.stock = min(variant.stock + plan.units, LARGEST_STOCK)
            self._movements.append(self._move(product, variant, plan.units))
        self._note_variant(variant, plan, offer.key)

    def _give_options(self, variant: Variant, values: list[str]) -> None:
        variant.option_values = values
        variant.set_keys()
        self._moved.append(variant.pk)
        self._changed_variants.append(variant)

    def _move(self, product: Product, variant: Variant, units: int) -> StockMovement:
        owner = {"product_id": variant.product_id} if variant.product_id else {"product": product}
        return StockMovement(
            **owner,
            variant=variant,
            kind=StockMovementKind.IMPORTED,
            change=units,
            stock_after=variant.stock,
            reason=self._run.source.name,
            created_at=self._now,
        )

    def _note_variant(self, variant: Variant, plan: VariantPlan, key: str) -> None:
        record = self._records.get(variant.pk) if variant.pk else None
        record = record or SourcedVariant(source_id=self._run.source_id, variant=variant)
        record.key, record.stated = key, record.stated | plan.stated
        record.seen_in, record.missing_since = self._run, None
        keep_prices(record, plan.offer, self._now)
        self._stated_of_variants.append(record)
