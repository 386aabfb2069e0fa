"""Drift: tagged products whose price or name has changed since the clip was approved.

`Clip.drifted_at` says when the change was noticed. Such a clip ranks lower, and a flag sends it to the review desk. The
creator keeps the fee.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _

from accounts.sweeps import do_each
from catalog.models import Product, Variant
from catalog.money import WHOLE_BPS, differs_by_more_than
from catalog.prices import format_money
from videos.models import Clip, FlagKind, ProductTag
from videos.review.flags import raise_flag, settle_flags
from videos.states import ClipState


@dataclass(frozen=True)
class Drift:
    """What has changed about a tagged product since the clip was approved.

    `filmed_name` and `now_name` are empty if the name is still the same.
    """

    filmed_minor: int
    now_minor: int
    currency: str
    filmed_name: str = ""
    now_name: str = ""
    has_sold_out: bool = False

    @property
    def text(self) -> str:
        """Return a text about the changes for the product card, such as “filmed at $19.00, now $27.00”."""
        parts = []
        if exceeds_drift_limit(self.filmed_minor, self.now_minor):
            parts.append(describe_price_change(self.filmed_minor, self.now_minor, self.currency))
        if self.filmed_name:
            parts.append(
                _("filmed as “%(filmed)s”, now “%(now)s”") % {"filmed": self.filmed_name, "now": self.now_name}
            )
        if self.has_sold_out:
            parts.append(_("sold out since approval"))
        return "; ".join(parts)


def describe_price_change(filmed_minor: int, now_minor: int, currency: str) -> str:
    """Return a text about the price change, such as “filmed at $19.00, now $27.00”."""
    filmed, now = format_money(filmed_minor, currency), format_money(now_minor, currency)
    return _("filmed at %(filmed)s, now %(now)s") % {"filmed": filmed, "now": now}


def exceeds_drift_limit(filmed_minor: int, now_minor: int) -> bool:
    """Return whether the price has changed by more than DRIFT_LIMIT_BPS allows."""
    return differs_by_more_than(filmed_minor, now_minor, settings.DRIFT_LIMIT_BPS)


def find_drift(tag: ProductTag) -> Drift | None:
    """Return what has changed about a tagged product, or None if nothing exceeds the limits.

    The result is also None if the clip was never approved. Load `tag.product` beforehand to avoid a query.
    """
    filmed, product = tag.approved_price_minor, tag.product
    if filmed is None:
        return None
    has_sold_out = bool(tag.approved_stock) and product.stock == 0
    is_renamed = bool(tag.approved_name) and tag.approved_name != product.name
    is_repriced = exceeds_drift_limit(filmed, product.price_minor) and not _is_still_asked(product, filmed)
    if not (is_repriced or is_renamed or has_sold_out):
        return None
    names = (tag.approved_name, product.name) if is_renamed else ("", "")
    now_minor = product.price_minor if is_repriced else filmed
    return Drift(filmed, now_minor, product.currency, *names, has_sold_out=has_sold_out)


def _is_still_asked(product: Product, filmed_minor: int) -> bool:
    """Return whether a variant on sale, in stock or not, has about the price that was filmed."""
    prices = product.variants.filter(is_active=True).values_list("price_minor", flat=True)
    return any(not exceeds_drift_limit(filmed_minor, price) for price in prices)


def find_drifted_tags() -> QuerySet[ProductTag]:
    """Return the drifted tags of published clips.

    A tag has drifted if its product has a new name, or if the price has changed by more than DRIFT_LIMIT_BPS and no
    variant on sale has the filmed price any more. Products and variants that are sold out do not count, because stock
    comes and goes. The review desk only mentions products that are.
    """
    tags = ProductTag.objects.filter(clip__state=ClipState.PUBLISHED, approved_price_minor__isnull=False)
    variants = Variant.objects.filter(product=OuterRef("product"), is_active=True)
    is_still_asked = Exists(variants.exclude(_is_beyond_limit("price_minor", OuterRef("approved_price_minor"))))
    is_repriced = _is_beyond_limit("product__price_minor", F("approved_price_minor")) & ~is_still_asked
    is_renamed = ~Q(approved_name="") & ~Q(approved_name=F("product__name"))
    return tags.filter(is_repriced | is_renamed)


def _is_beyond_limit(price: str, filmed: F) -> Q:
    """Return the condition that a column of prices differs from `filmed` by more than DRIFT_LIMIT_BPS."""
    filmed_minor = Cast(filmed, BigIntegerField())
    change = Func(F(price) - filmed_minor, function="abs", output_field=BigIntegerField()) * WHOLE_BPS
    return Q(GreaterThan(change, filmed_minor * settings.DRIFT_LIMIT_BPS))


def flag_drift(*, now: datetime, at_most: int = 500) -> int:
    """Flag clips with drifted tags, and settle the flags of clips whose tags no longer drift.

    Return the number of newly drifted tags.
    """
    clear_resolved_drift(now=now)
    unflagged = find_drifted_tags().filter(clip__drifted_at=None).select_related("product").order_by("pk")
    tags = list(unflagged[:at_most])
    do_each(tags, lambda tag: _flag(tag, now))
    return len(tags)


def _flag(tag: ProductTag, now: datetime) -> None:
    drift = find_drift(tag)
    with transaction.atomic():
        if drift is not None:
            note = f"{tag.product.name}: {drift.text}"[:300]
            raise_flag(clip_id=tag.clip_id, kind=FlagKind.DRIFT, note=note, now=now)
        _set_drifted_at({tag.clip_id}, drifted_at=now, now=now)


def clear_resolved_drift(*, now: datetime) -> None:
    """Clear `drifted_at` and settle the drift flag for clips that no longer have drifted tags."""
    drifted = Clip.objects.published().exclude(drifted_at=None)
    resolved = set(drifted.exclude(pk__in=find_drifted_tags().values("clip")).values_list("pk", flat=True))
    with transaction.atomic():
        _set_drifted_at(resolved, drifted_at=None, now=now)
        settle_flags(clip_ids=resolved, kind=FlagKind.DRIFT, now=now)


def _set_drifted_at(clip_ids: Iterable[int], *, drifted_at: datetime | None, now: datetime) -> None:
    """Set the clips' `drifted_at`. Also set `updated_at`, so that the feed reloads the clips."""
    Clip.objects.filter(pk__in=clip_ids).update(drifted_at=drifted_at, updated_at=now)
