"""What merchants list, and change of what they list. Text and pictures wait for the house's review; see ADR 0027.

Whoever changes a listing locks its product first, so that a decision and a change never pass each other.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.picture_rules import StoredPicture
from catalog.images import append_image, remove_image
from catalog.imports.names import BrandNames, product_slugs
from catalog.merchants.listing_values import apply_fields, apply_options, find_brand, present_values
from catalog.models import (
    ChangeState,
    ListingChange,
    Merchant,
    Product,
    ProductImage,
    StockMovementKind,
    Variant,
)
from catalog.stock_movements import move_stock

MAX_PICTURES = 20


class ListingRefused(Exception):
    """A change of a listing that cannot be made. Nothing was changed. The message says why."""


@transaction.atomic
def create_listing(
    *,
    merchant: Merchant,
    values: Mapping[str, Any],
    variant: Mapping[str, Any],
    stock: int,
    is_listed: bool,
    sent_by: User,
    now: datetime,
) -> Product:
    """Create a product with its first variant, and send it for review. Nobody but the merchant and staff sees it.

    Raises ListingRefused if another request took the SKU first.
    """
    slug = product_slugs([(values["name"], f"{merchant.pk} {now.isoformat()}")])[0]
    brand = find_brand(values["brand"])
    product = Product(merchant=merchant, slug=slug, is_reviewed=False, is_listed=is_listed)
    product.price_minor, product.stock = variant["price_minor"], 0
    apply_fields(product, values, brand=brand or BrandNames().find(""))
    product.save()
    row = product.variants.get()
    for name, value in variant.items():
        setattr(row, name, value)
    _save_row(row)
    if stock:
        reason, kind = _("Opening stock"), StockMovementKind.RECEIVED
        move_stock(variant_id=row.pk, kind=kind, number=stock, reason=reason, created_by=sent_by, now=now)
    send_for_review(product, {} if brand else {"brand": values["brand"]}, sent_by=sent_by, now=now)
    return product


def lock_product(product_id: int) -> Product:
    """Lock a product and, as orders do, its variants before it."""
    variants = Variant.objects.filter(product=product_id).order_by("pk").select_for_update(no_key=True)
    list(variants.values_list("pk", flat=True))
    return Product.objects.select_for_update(of=("self",), no_key=True).select_related("brand").get(pk=product_id)


@transaction.atomic
def change_listing(*, product_id: int, values: Mapping[str, Any], sent_by: User, now: datetime) -> ListingChange | None:
    """Change what is reviewed of a product. Return what now waits, or None if nothing does.

    Of a product that is public, the present text stays until the change is approved.
    """
    product = lock_product(product_id)
    brand = find_brand(values["brand"]) if "brand" in values else None
    values = {**values, "brand": brand.name} if brand else values
    if has_been_public(product):
        return send_for_review(product, values, sent_by=sent_by, now=now)
    columns = apply_fields(product, values, brand=brand)
    product.save(update_fields=[*columns, "updated_at"])
    apply_options(product, values.get("options", {}))
    proposal = {"brand": values["brand"]} if "brand" in values else {}
    return send_for_review(product, proposal, sent_by=sent_by, now=now)


def send_for_review(
    product: Product, values: Mapping[str, Any], *, sent_by: User | None, now: datetime
) -> ListingChange | None:
    """Add changes to what waits for this locked product. Return None if what waited is as the product is, or taken back."""
    waiting = ListingChange.objects.select_for_update().filter(product=product, state=ChangeState.IN_REVIEW).first()
    change = waiting or ListingChange(product=product, is_new=not has_been_public(product))
    merged = {**change.values, **values}
    if "options" in values:
        merged["options"] = {**change.values.get("options", {}), **values["options"]}
    if "removed_pictures" in values:
        merged["removed_pictures"] = [*change.values.get("removed_pictures", []), *values["removed_pictures"]]
    present = present_values(product, merged)
    if "options" in merged:
        stated, known = merged["options"], present["options"]
        merged["options"] = {key: value for key, value in stated.items() if value != known.get(key)}
        present["options"] = {}
    change.values = {name: value for name, value in merged.items() if value != present[name]}
    if product.is_reviewed and not (change.values or has_unreviewed_parts(product)):
        if waiting is not None:
            waiting.delete()
        return None
    change.version += 0 if waiting is None else 1
    change.sent_by, change.sent_at = sent_by, now
    change.save()
    return change


def has_been_public(product: Product) -> bool:
    """Return whether anybody has seen the product. Clips that show it name it even while it is off sale."""
    earlier = ListingChange.objects.filter(Q(is_new=False) | Q(state=ChangeState.APPROVED), product=product)
    return product.is_reviewed or earlier.exists()


def note_change(product_ids: Iterable[int]) -> None:
    """Note that what waits is no longer what a reviewer may have seen, because these products changed themselves."""
    waiting = ListingChange.objects.filter(product__in=product_ids, state=ChangeState.IN_REVIEW)
    waiting.update(version=F("version") + 1)


def has_unreviewed_parts(product: Product) -> bool:
    """Return whether pictures or variants of the product wait for review."""
    pictures = ProductImage.with_waiting.waiting().filter(product=product)
    return pictures.exists() or Variant.objects.filter(product=product, is_reviewed=False).exists()


@transaction.atomic
def set_listed(*, product_id: int, is_listed: bool, now: datetime) -> bool:
    """Put a product on sale or take it off sale, and return whether that changed anything. It takes no review."""
    rows = Product.objects.filter(pk=product_id, is_listed=not is_listed)
    return rows.update(is_listed=is_listed, updated_at=now) == 1


def set_pickup(*, product_id: int, can_be_picked_up: bool, now: datetime) -> None:
    """Offer a product at the pickup places of its merchant, or no longer. It takes no review."""
    rows = Product.objects.filter(pk=product_id, can_be_picked_up=not can_be_picked_up)
    rows.update(can_be_picked_up=can_be_picked_up, updated_at=now)


@transaction.atomic
def add_picture(*, product_id: int, stored: StoredPicture, alternative_text: str, sent_by: User, now: datetime) -> None:
    """Append a picture that waits for review. Raises ListingRefused; the caller then deletes the files."""
    product = lock_product(product_id)
    if ProductImage.with_waiting.filter(product=product).count() >= MAX_PICTURES:
        raise ListingRefused(_("A product can have %(most)d pictures at most.") % {"most": MAX_PICTURES})
    append_image(product=product, stored=stored, alternative_text=alternative_text, is_reviewed=False)
    send_for_review(product, {}, sent_by=sent_by, now=now)


@transaction.atomic
def remove_picture(*, product_id: int, image_id: int, sent_by: User, now: datetime) -> bool:
    """Remove a picture at once, which makes nothing public. Return False if it is gone already."""
    product = lock_product(product_id)
    image = ProductImage.with_waiting.filter(product=product, pk=image_id).first()
    if image is None:
        return False
    remove_image(image)
    if product.listing_changes.filter(state=ChangeState.IN_REVIEW).exists():
        send_for_review(product, {}, sent_by=sent_by, now=now)
    return True


@transaction.atomic
def save_variant(*, variant: Variant, columns: list[str], stock: int, sent_by: User, now: datetime) -> None:
    """Add a variant, or write these columns of one. What its options say waits if the product was ever public.

    Raises ListingRefused if another request took the SKU or the options first.
    """
    product = lock_product(variant.product_id)
    is_new, is_seen = variant.pk is None, has_been_public(product)
    if is_new:
        variant.is_reviewed = not is_seen
        variant.is_active = variant.is_active and variant.is_reviewed
        _save_row(variant)
        if stock:
            reason, kind = _("Opening stock"), StockMovementKind.RECEIVED
            move_stock(variant_id=variant.pk, kind=kind, number=stock, reason=reason, created_by=sent_by, now=now)
    free = [name for name in columns if name != "option_values" or not (is_seen and variant.is_reviewed)]
    if not is_new and free:
        _save_row(variant, update_fields=[*free, "sku_key", *(["options_key"] if "option_values" in free else [])])
    if is_new or ("option_values" in columns and "option_values" in free):
        send_for_review(product, {}, sent_by=sent_by, now=now)
    elif "option_values" in columns:
        options = {"options": {str(variant.pk): variant.option_values}}
        send_for_review(product, options, sent_by=sent_by, now=now)


def _save_row(variant: Variant, **kwargs: Any) -> None:
    try:
        with transaction.atomic():
            variant.save(**kwargs)
    except IntegrityError as error:
        raise ListingRefused(_("Another variant has this SKU or these options.")) from error
