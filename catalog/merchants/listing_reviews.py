"""The house's decisions about what merchants list: approve, or decline with a reason. Each is of what its maker saw."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.images import remove_image
from catalog.imports.names import UNSORTED_SLUG, BrandNames
from catalog.merchants.access import acts_for
from catalog.merchants.listing_mail import mail_decisions
from catalog.merchants.listing_values import apply_fields, apply_options, present_values
from catalog.merchants.listings import lock_product
from catalog.models import (
    HOUSE_ID,
    Category,
    ChangeState,
    ListingChange,
    Product,
    ProductImage,
    SourcedPicture,
    Variant,
)


class ListingDecisionRefused(Exception):
    """A decision that cannot be carried out. Nothing was changed. The message says why."""


@transaction.atomic
def approve_change(*, change_id: int, version: int, decided_by: User, now: datetime) -> ListingChange:
    """Make a new product or a change public, as it was in this version. Raises ListingDecisionRefused."""
    change, product = _lock(change_id, version, decided_by)
    values = change.values
    category = Category.objects.get(pk=values.get("category", product.category_id))
    if category.slug == UNSORTED_SLUG:
        raise ListingDecisionRefused(_("It has no category yet. The merchant, or you, can choose one."))
    previous = present_values(product, values)
    brand = BrandNames().find(values["brand"]) if "brand" in values else None
    columns = apply_fields(product, values, brand=brand)
    product.is_reviewed = True
    try:
        with transaction.atomic():
            product.save(update_fields=[*columns, "is_reviewed", "updated_at"])
            apply_options(product, values.get("options", {}))
            Variant.objects.filter(product=product, is_reviewed=False).update(is_reviewed=True, is_active=True)
    except IntegrityError as error:
        raise ListingDecisionRefused(_("Two variants would have the same options. Decline the change.")) from error
    previous["pictures"] = _show_pictures(product, values.get("removed_pictures", []))
    _decide(change, ChangeState.APPROVED, decided_by=decided_by, decided_at=now, previous=previous)
    return change


@transaction.atomic
def decline_change(*, change_id: int, version: int, reason: str, decided_by: User, now: datetime) -> ListingChange:
    """Decline a new product or a change, and delete the pictures of a change. Raises ListingDecisionRefused."""
    change, product = _lock(change_id, version, decided_by)
    if not change.is_new:
        for image in ProductImage.with_waiting.waiting().filter(product=product):
            remove_image(image)
    previous = present_values(product, change.values)
    _decide(change, ChangeState.REFUSED, reason=reason, decided_by=decided_by, decided_at=now, previous=previous)
    return change


@transaction.atomic
def take_off_sale(*, product_id: int, reason: str, decided_by: User, now: datetime) -> None:
    """Take a product off sale for the house. A merchant's has to be changed and reviewed before it is back, and is told."""
    product = lock_product(product_id)
    if product.merchant_id == HOUSE_ID:
        Product.objects.filter(pk=product_id).update(is_listed=False, updated_at=now)
        return
    Product.objects.filter(pk=product_id).update(is_reviewed=False, updated_at=now)
    change = product.listing_changes.filter(state=ChangeState.IN_REVIEW).first()
    change = change or ListingChange(product=product, sent_at=now)
    change.state, change.reason = ChangeState.REFUSED, reason[:500]
    change.decided_by, change.decided_at = decided_by, now
    change.save()
    mail_decisions([change], is_taken_off=True)


def _lock(change_id: int, version: int, decided_by: User) -> tuple[ListingChange, Product]:
    """Lock a change that waits, after its product. Raises ListingDecisionRefused, also to those who act for its merchant."""
    product_id = ListingChange.objects.values_list("product_id", flat=True).filter(pk=change_id).first()
    product = lock_product(product_id) if product_id else None
    change = ListingChange.objects.select_for_update().filter(pk=change_id).first()
    if product is None or change is None:
        raise ListingDecisionRefused(_("The merchant took this back meanwhile."))
    if acts_for(decided_by, product.merchant_id):
        raise ListingDecisionRefused(_("You can't decide about a merchant for which you act."))
    if change.state != ChangeState.IN_REVIEW:
        raise ListingDecisionRefused(_("This was decided meanwhile."))
    if change.version != version:
        raise ListingDecisionRefused(_("The merchant changed this meanwhile. Look at it again."))
    return change, product


def _show_pictures(product: Product, removed: list[int]) -> list[str]:
    """Make the pictures public that were waiting, and give them to their variants. Return the stems of what goes."""
    waiting = list(ProductImage.with_waiting.waiting().filter(product=product).values_list("pk", flat=True))
    ProductImage.with_waiting.filter(pk__in=waiting).update(is_reviewed=True)
    for picture in SourcedPicture.objects.filter(image__in=waiting):
        bare = Variant.objects.filter(pk__in=picture.variants, product=product, picture=None)
        bare.update(picture=picture.image_id)
    gone = list(ProductImage.with_waiting.filter(product=product, pk__in=removed))
    for image in gone:
        remove_image(image)
    return [image.stem for image in gone]


def _decide(change: ListingChange, state: ChangeState, **values: Any) -> None:
    """Raises ListingDecisionRefused if somebody decided it first."""
    if not ListingChange.objects.move(change.pk, ChangeState.IN_REVIEW, state, **values):
        raise ListingDecisionRefused(_("This was decided meanwhile."))
    change.refresh_from_db()
