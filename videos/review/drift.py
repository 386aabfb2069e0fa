"""Products that are no longer what they were when a clip was approved: noticed, shown, and looked at again.

`Clip.drifted_at` says since when, for the ranking; the flag brings the clip to the desk; the creator keeps the fee.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Func, IntegerField, Q, QuerySet
from django.utils.translation import gettext as _

from catalog.money import WHOLE_BPS, differs_by_more_than
from catalog.prices import format_money
from videos.models import Clip, FlagKind, ProductTag
from videos.review.flags import raise_flag, settle_flags
from videos.states import ClipState


@dataclass(frozen=True)
class Drift:
    """How a tagged product differs from when the clip was approved; the names are empty when they are the same."""

    filmed_minor: int
    now_minor: int
    currency: str
    filmed_name: str = ""
    now_name: str = ""
    has_sold_out: bool = False

    @property
    def text(self) -> str:
        """Say it on the card: “filmed at $19.00, now $27.00”."""
        parts = []
        if exceeds_drift_limit(self.filmed_minor, self.now_minor):
            parts.append(describe_price_change(self.filmed_minor, self.now_minor, self.currency))
        if self.filmed_name:
            parts.append(
                _("filmed as “%(filmed)s”, now “%(now)s”") % {"filmed": self.filmed_name, "now": self.now_name}
            )
        if self.has_sold_out:
            parts.append(_("sold out since"))
        return "; ".join(parts)


def describe_price_change(filmed_minor: int, now_minor: int, currency: str) -> str:
    filmed, now = format_money(filmed_minor, currency), format_money(now_minor, currency)
    return _("filmed at %(filmed)s, now %(now)s") % {"filmed": filmed, "now": now}


def exceeds_drift_limit(filmed_minor: int, now_minor: int) -> bool:
    return differs_by_more_than(filmed_minor, now_minor, settings.DRIFT_LIMIT_BPS)


def find_drift(tag: ProductTag) -> Drift | None:
    """Return the drift of one tag, with its product loaded; None within the limit or before approval."""
    filmed, product = tag.approved_price_minor, tag.product
    if filmed is None:
        return None
    has_sold_out = bool(tag.approved_stock) and product.stock == 0
    is_renamed = bool(tag.approved_name) and tag.approved_name != product.name
    if not (exceeds_drift_limit(filmed, product.price_minor) or is_renamed or has_sold_out):
        return None
    names = (tag.approved_name, product.name) if is_renamed else ("", "")
    return Drift(filmed, product.price_minor, product.currency, *names, has_sold_out=has_sold_out)


def find_drifted_tags() -> QuerySet[ProductTag]:
    """Return tags of published clips whose price is past the limit or whose name is another one.

    What has sold out since is told at the desk, but brings no clip back: stock comes and goes.
    """
    moved = Func(F("product__price_minor") - F("approved_price_minor"), function="abs", output_field=IntegerField())
    tags = ProductTag.objects.filter(clip__state=ClipState.PUBLISHED, approved_price_minor__isnull=False)
    tags = tags.annotate(moved_bps=moved * WHOLE_BPS)
    is_dearer = Q(moved_bps__gt=F("approved_price_minor") * settings.DRIFT_LIMIT_BPS)
    is_renamed = ~Q(approved_name="") & ~Q(approved_name=F("product__name"))
    return tags.filter(is_dearer | is_renamed)


def flag_drift(*, now: datetime, at_most: int = 500) -> int:
    """Send clips whose products have drifted to a light re-check, and let those go that have come back.

    Returns how many tags were found that were not known.
    """
    clear_resolved_drift(now=now)
    fresh = find_drifted_tags().filter(clip__drifted_at=None).select_related("product").order_by("pk")
    found = list(fresh[:at_most])
    for tag in found:
        drift = find_drift(tag)
        if drift is not None:
            raise_flag(
                clip_id=tag.clip_id, kind=FlagKind.DRIFT, note=f"{tag.product.name}: {drift.text}"[:300], now=now
            )
    _mark({tag.clip_id for tag in found}, since=now, now=now)
    return len(found)


def clear_resolved_drift(*, now: datetime) -> None:
    """Take the mark off clips whose products are again what they were, with the question that it raised."""
    known = Clip.objects.published().exclude(drifted_at=None)
    back = set(known.exclude(pk__in=find_drifted_tags().values("clip")).values_list("pk", flat=True))
    with transaction.atomic():
        _mark(back, since=None, now=now)
        settle_flags(clip_ids=back, kind=FlagKind.DRIFT, now=now)


def _mark(clip_ids: Iterable[int], *, since: datetime | None, now: datetime) -> None:
    """Write the mark; the time of change tells the feed to read the clip anew."""
    Clip.objects.filter(pk__in=clip_ids).update(drifted_at=since, updated_at=now)
