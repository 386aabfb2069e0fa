"""What a reader of analytics may see: a creator the own posts, and a merchant published posts with its products.

A merchant sees what people did with such a post, and the orders of its own lines only. Every number is a sum of counts.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timezone import get_default_timezone

from catalog.models import Merchant
from creators.models import Creator
from payouts.models import Posting, PostingKind
from programme.models import AudienceCount, AudienceCountQuerySet, SalesCount, SalesCountQuerySet
from programme.periods import Period
from videos.models import Clip, ProductTag


@dataclass(frozen=True)
class Scope:
    """Posts whose counts a reader may see, who is either a creator or a merchant."""

    clips: QuerySet[Clip]
    creator: Creator | None = None
    merchant: Merchant | None = None

    @classmethod
    def of_creator(cls, creator: Creator) -> "Scope":
        return cls(Clip.objects.filter(creator=creator), creator=creator)

    @classmethod
    def of_merchant(cls, merchant: Merchant) -> "Scope":
        tagged = ProductTag.objects.filter(product__merchant=merchant)
        return cls(Clip.objects.published().filter(pk__in=tagged.values("clip")), merchant=merchant)

    def narrowed_to(self, code: str) -> "Scope":
        """Return the scope of one of its posts. It is empty if the post is not among them."""
        return Scope(self.clips.filter(code=code), creator=self.creator, merchant=self.merchant)

    @property
    def money_column(self) -> str:
        """Return the column of amounts: what a creator earned, or what a merchant sold."""
        return "earned_minor" if self.creator else "sold_minor"

    def find_audience(self, period: Period) -> AudienceCountQuerySet:
        return AudienceCount.objects.during(period).filter(clip__in=self.clips)

    def find_sales(self, period: Period) -> SalesCountQuerySet:
        sales = SalesCount.objects.during(period).filter(clip__in=self.clips, currency=settings.CURRENCY)
        return sales if self.merchant is None else sales.filter(merchant=self.merchant)

    def find_fees(self, period: Period) -> QuerySet[Posting]:
        """Return the postings of a creator's fees, which depend on no viewer. A merchant pays none."""
        if self.creator is None:
            return Posting.objects.none()
        zone = get_default_timezone()
        return Posting.objects.filter(
            creator=self.creator,
            kind__in=(PostingKind.FEE, PostingKind.REVERSAL),
            slot__clip_code__in=self.clips.values("code"),
            currency=settings.CURRENCY,
            occurred_at__gte=datetime.combine(period.first, time(), zone),
            occurred_at__lt=datetime.combine(period.last + timedelta(days=1), time(), zone),
        )
