"""Fetches the pictures that wait, and stores each once, in the order of the source."""

import hashlib
import io
import logging
import time
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from accounts.picture_rules import PictureRefused, StoredPicture
from accounts.pictures import delete_picture, store_picture
from catalog.images import RULES, append_image
from catalog.imports.limits import MAX_PICTURES
from catalog.imports.pictures.fetcher import Fetched, NotFetched, PictureFetcher
from catalog.imports.pictures.queue import claim_picture, postpone_host
from catalog.imports.remarks import PictureFailure, Remark
from catalog.imports.run_remarks import pack_remark
from catalog.merchants.listings import lock_product, send_for_review
from catalog.models import HOUSE_ID, ImportRow, PictureState, ProductImage, SourcedPicture, Variant
from catalog.public_web.client import Validators

logger = logging.getLogger(__name__)
SLICE_S = 50.0
PAUSES = (timedelta(minutes=10), timedelta(hours=3))
"""After the first and the second try. The third is the last, until a run names the picture again."""
PICTURES_LOCK = 7_304_119
"""Of the pictures of one product: no two workers store the same one, or take the same place."""


def fetch_waiting_pictures(*, fetcher: PictureFetcher, slice_s: float = SLICE_S) -> int:
    """Fetch pictures until none is due or the time is over, and return how many were tried."""
    ends_at, tried = time.monotonic() + slice_s, 0
    while time.monotonic() < ends_at and (picture := claim_picture(now=timezone.now())):
        _take(picture, fetcher)
        tried += 1
    return tried


def _take(picture: SourcedPicture, fetcher: PictureFetcher) -> None:
    known = Validators(picture.etag, picture.last_modified) if picture.image_id else Validators()
    if picture.is_removed:
        SourcedPicture.objects.filter(pk=picture.pk, image=None).update(state=PictureState.STORED)
        return
    if picture.attempts > len(PAUSES) + 1:  # whoever tried it before has died of it
        _fail(picture, PictureFailure.NOT_A_PICTURE, now=timezone.now())
        return
    try:
        fetched = fetcher.fetch(picture.address, known)
        if fetched.data is None:
            _finish(picture, image=picture.image, fetched=fetched, digest=picture.digest)
        else:
            _store(picture, fetched, fetched.data)
    except NotFetched as error:
        _fail(picture, error.failure, now=timezone.now())
        if error.failure == PictureFailure.TOO_SLOW:
            postpone_host(picture.address, now=timezone.now())
    except PictureRefused as refusal:
        logger.info("A picture of an import was refused: %s", refusal, extra={"picture": picture.pk})
        _fail(picture, PictureFailure.NOT_A_PICTURE, now=timezone.now())


def _store(picture: SourcedPicture, fetched: Fetched, data: bytes) -> None:
    """Store what was fetched, unless the product has it already or staff have removed it. Raises PictureRefused."""
    digest = hashlib.sha256(data).hexdigest()
    if (same := _find_same(picture, digest)) is None:
        stored = store_picture(io.BytesIO(data), rules=RULES)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PICTURES_LOCK, picture.sourced.product_id])
            same = _find_same(picture, digest)
            if same is None and _has_room(picture):
                image = _keep(picture, stored)
                _finish(picture, image=image, fetched=fetched, digest=digest)
                return
        delete_picture(stored.stem, rules=RULES)
    if same is None:
        _fail(picture, PictureFailure.TOO_MANY, now=timezone.now())
    else:
        _finish(picture, image=same.image, fetched=fetched, digest=digest)


def _find_same(picture: SourcedPicture, digest: str) -> SourcedPicture | None:
    """Return a picture of the product with the same bytes, perhaps this one."""
    of_product = SourcedPicture.objects.filter(sourced__product=picture.sourced.product_id, digest=digest)
    return of_product.select_related("image").order_by("pk").first()


def _has_room(picture: SourcedPicture) -> bool:
    images = ProductImage.with_waiting.filter(product=picture.sourced.product_id)
    return picture.image_id is not None or images.count() < MAX_PICTURES


def _is_alone(picture: SourcedPicture) -> bool:
    """Return whether it has an image, which no other address shares."""
    return picture.image_id is not None and SourcedPicture.objects.filter(image=picture.image_id).count() == 1


def _keep(picture: SourcedPicture, stored: StoredPicture) -> ProductImage | None:
    """Show what was stored or, of a merchant's product, send it for review. There, the old version stays meanwhile."""
    if picture.sourced.product.merchant_id == HOUSE_ID:
        return _replace(picture, stored) if _is_alone(picture) else _add(picture, stored)
    product = lock_product(picture.sourced.product_id)
    replaced = [picture.image_id] if _is_alone(picture) else []
    image = _add(picture, stored)
    values = {"removed_pictures": replaced} if replaced else {}
    sent_by = picture.run.created_by if picture.run else None
    send_for_review(product, values, sent_by=sent_by, now=timezone.now())
    return image


def _replace(picture: SourcedPicture, stored: StoredPicture) -> ProductImage | None:
    """Show the new version where the old one stood. A picture that staff removed meanwhile stays away."""
    image = picture.image and ProductImage.objects.select_for_update().filter(pk=picture.image.pk).first()
    old_stem = image.stem if image else stored.stem
    if image:
        image.stem, image.width_px, image.height_px = stored.stem, stored.width_px, stored.height_px
        image.save(update_fields=["stem", "width_px", "height_px"])
    transaction.on_commit(partial(delete_picture, old_stem, rules=RULES))
    return image


def _add(picture: SourcedPicture, stored: StoredPicture) -> ProductImage:
    """Append it, or insert it before the first picture that the source names after it."""
    product = picture.sourced.product
    is_reviewed = product.merchant_id == HOUSE_ID
    image = append_image(
        product=product, stored=stored, alternative_text=picture.alternative_text, is_reviewed=is_reviewed
    )
    later = SourcedPicture.objects.filter(sourced=picture.sourced_id, place__gt=picture.place).exclude(image=None)
    followers = set(later.values_list("image", flat=True))
    images = list(ProductImage.with_waiting.filter(product=product).order_by("position", "pk"))
    place = next((index for index, other in enumerate(images) if other.pk in followers), None)
    if place is not None:
        images.insert(place, images.pop())
        for position, other in enumerate(images):
            other.position = position
        ProductImage.with_waiting.bulk_update(images, ["position"])
    return image


@transaction.atomic
def _finish(picture: SourcedPicture, *, image: ProductImage | None, fetched: Fetched, digest: str) -> None:
    """Note what was stored, and give it to its variants that have no picture. Variants are locked first, as runs do."""
    if image is not None and image.is_reviewed and image.pk != picture.image_id:
        shown = Variant.objects.filter(pk__in=picture.variants, product=image.product_id, picture=None)
        ids = list(shown.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        Variant.objects.filter(pk__in=ids).update(picture=image)
    validators = fetched.validators
    values = {"etag": validators.etag, "last_modified": validators.last_modified, "digest": digest, "failure": ""}
    of_claim = SourcedPicture.objects.filter(pk=picture.pk, state=PictureState.WAITING)
    of_claim.update(state=PictureState.STORED, image=image, fetched_at=timezone.now(), **values)


@transaction.atomic
def _fail(picture: SourcedPicture, failure: PictureFailure, *, now: datetime) -> None:
    """Try again later or, after the last try, say so on the row of the import. A stored version stays."""
    logger.info("A picture was not fetched", extra={"picture": picture.pk, "code": failure.value})
    of_claim = SourcedPicture.objects.filter(pk=picture.pk, state=PictureState.WAITING, attempts=picture.attempts)
    if picture.attempts <= len(PAUSES) and failure != PictureFailure.TOO_MANY:
        of_claim.update(failure=failure, next_try_at=now + PAUSES[picture.attempts - 1])
        return
    if of_claim.update(state=PictureState.FAILED, failure=failure, fetched_at=now):
        remark = Remark(failure, {"address": picture.address[:200], "limit": MAX_PICTURES})
        of_row = ImportRow.objects.filter(run=picture.run_id, row=picture.row, part=picture.part)
        for row in of_row.select_for_update():
            row.remarks = [*row.remarks, pack_remark(remark)]
            row.save(update_fields=["remarks"])
