"""The queue of pictures: runs add what sources name, workers claim what is due."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction

from catalog.imports.plans import ProductPlan
from catalog.models import Import, PictureState, ProductImage, SourcedPicture, SourcedProduct, Variant

LEASE = timedelta(minutes=5)
"""After which a picture is claimed again, because its worker must have died."""
ASKED_AGAIN_AFTER = timedelta(hours=20)
"""A stored picture, if a run names it again: so a daily run asks whether it changed."""
SLOW_HOST_PAUSE = timedelta(minutes=5)
MAX_ALTERNATIVE_CHARS = 160
WRITTEN = ["place", "alternative_text", "variants", "state", "attempts", "next_try_at", "run", "row", "part"]


def queue_pictures(
    noted: Iterable[tuple[SourcedProduct, ProductPlan]], *, variants: Mapping[str, int], run: Import, now: datetime
) -> None:
    """Queue the pictures of products that a chunk has written: new ones, failed ones, and those that may have changed.

    `variants` has ids by the source's keys.
    """
    plans = {sourced.pk: (sourced, plan) for sourced, plan in noted if plan.match.offer.pictures}
    known = {
        (picture.sourced_id, picture.address): picture
        for picture in SourcedPicture.objects.filter(sourced__in=plans).select_for_update().order_by("pk")
    }
    new, changed = [], []
    for sourced, plan in plans.values():
        number = plan.accepted[0].offer.number
        for place, offer in enumerate(plan.match.offer.pictures):
            picture = known.get((sourced.pk, offer.address))
            if picture is None:
                picture = SourcedPicture(sourced=sourced, address=offer.address, next_try_at=now)
                new.append(picture)
            else:
                changed.append(picture)
            picture.place, picture.run = place, run
            picture.alternative_text = (offer.alternative_text or plan.match.offer.title)[:MAX_ALTERNATIVE_CHARS]
            picture.row, picture.part = number.row, number.part
            _show_variants(picture, plan, variants)
            _ask_again(picture, now)
    SourcedPicture.objects.bulk_create(new)
    SourcedPicture.objects.bulk_update(changed, WRITTEN)


def _show_variants(picture: SourcedPicture, plan: ProductPlan, variants: Mapping[str, int]) -> None:
    """Note which variants it shows. Of a picture that is stored already, give it to variants that are new."""
    shown = [accepted.offer.key for accepted in plan.accepted if accepted.offer.picture == picture.address]
    ids = [variants[key] for key in shown if key in variants]
    added = set(ids) - set(picture.variants)
    picture.variants = ids
    if added and picture.image_id and ProductImage.objects.filter(pk=picture.image_id).exists():
        of_product = Variant.objects.filter(product=picture.sourced.product_id, picture=None)
        of_product.filter(pk__in=added).update(picture=picture.image_id)


def _ask_again(picture: SourcedPicture, now: datetime) -> None:
    if picture.is_removed:
        return
    is_failed = picture.state == PictureState.FAILED
    is_kept = picture.state == PictureState.STORED and (picture.etag or picture.last_modified)
    is_old = picture.fetched_at is not None and picture.fetched_at < now - ASKED_AGAIN_AFTER
    if is_failed or (is_kept and is_old):
        picture.state, picture.attempts, picture.next_try_at = PictureState.WAITING, 0, now


@transaction.atomic
def claim_picture(*, now: datetime) -> SourcedPicture | None:
    """Return the picture that is due for the longest time. Nobody else gets it before the lease ends."""
    due = SourcedPicture.objects.filter(state=PictureState.WAITING, next_try_at__lte=now)
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("sourced")
    picture = locked.order_by("next_try_at", "pk").first()
    if picture is not None:
        picture.attempts, picture.next_try_at = picture.attempts + 1, now + LEASE
        picture.save(update_fields=["attempts", "next_try_at"])
    return picture


def postpone_host(address: str, *, now: datetime) -> None:
    """Let the pictures that are due at a host wait that answers too slowly: those at other hosts have their turn."""
    parts = urlsplit(address)
    due = SourcedPicture.objects.filter(state=PictureState.WAITING, next_try_at__lte=now)
    of_host = due.filter(address__startswith=f"{parts.scheme}://{parts.netloc}/")
    of_host.update(next_try_at=now + SLOW_HOST_PAUSE)
