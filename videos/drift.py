"""Prices and names that have moved since a clip was approved: noticed, shown, and looked at again."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F, Func, IntegerField, QuerySet
from django.utils.translation import gettext as _

from catalog.prices import format_money
from videos.flagging import raise_flag
from videos.models import Clip, FlagKind, ProductTag
from videos.states import ClipState

ALL_BPS = 10_000


@dataclass(frozen=True)
class Drift:
    """How a tagged product differs from when the clip was approved."""

    filmed_minor: int
    now_minor: int
    currency: str

    @property
    def text(self) -> str:
        """Say it on the card: “filmed at $19.00, now $27.00”."""
        filmed, now = format_money(self.filmed_minor, self.currency), format_money(self.now_minor, self.currency)
        return _("filmed at %(filmed)s, now %(now)s") % {"filmed": filmed, "now": now}


def is_past_limit(filmed_minor: int, now_minor: int) -> bool:
    return abs(now_minor - filmed_minor) * ALL_BPS > filmed_minor * settings.DRIFT_LIMIT_BPS


def find_drift(tag: ProductTag) -> Drift | None:
    """Return the drift of one tag, with its product loaded; None within the limit or before approval."""
    filmed = tag.approved_price_minor
    if filmed is None or not is_past_limit(filmed, tag.product.price_minor):
        return None
    return Drift(filmed, tag.product.price_minor, tag.product.currency)


def drifted_tags() -> QuerySet[ProductTag]:
    """Return tags of published clips past the limit, whose clip has no open flag for it."""
    moved = Func(F("product__price_minor") - F("approved_price_minor"), function="abs", output_field=IntegerField())
    flagged = Clip.objects.filter(flags__kind=FlagKind.DRIFT, flags__settled_at=None)
    tags = ProductTag.objects.filter(clip__state=ClipState.PUBLISHED, approved_price_minor__isnull=False)
    tags = tags.annotate(moved=moved * ALL_BPS).filter(moved__gt=F("approved_price_minor") * settings.DRIFT_LIMIT_BPS)
    return tags.exclude(clip__in=flagged).select_related("product").order_by("pk")


def flag_drift(*, now: datetime, at_most: int = 500) -> int:
    """Send clips whose products have drifted to a light re-check; return how many tags were found."""
    found = list(drifted_tags()[:at_most])
    for tag in found:
        drift = find_drift(tag)
        if drift is not None:
            raise_flag(clip_id=tag.clip_id, kind=FlagKind.DRIFT, note=f"{tag.product.name}: {drift.text}", now=now)
    return len(found)
