"""Statement lines, which are read from a database view.

The view contains the postings in the ledger, the slots and sales for which a creator earned nothing, and the
commissions that only count after the return period.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import OuterRef, Subquery

from catalog.prices import Price
from creators.models import Creator, Slot
from payouts.models.ledger import Posting
from payouts.models.payout import Payout
from shop.models import OrderLine, RefundLine
from videos.models import Clip


class StatementLineQuerySet(models.QuerySet["StatementLine"]):
    def of(self, creator: Creator) -> Self:
        return self.filter(creator=creator)

    def between(self, start: datetime, end: datetime) -> Self:
        """Return statement lines dated from `start`, inclusive, to `end`, exclusive."""
        return self.filter(occurred_at__gte=start, occurred_at__lt=end)

    def newest_first(self) -> Self:
        return self.order_by("-occurred_at", "-id")

    def with_reasons(self) -> Self:
        """Fetch each line's related rows, which `payouts.descriptions` reads, and its clip's caption in the same query."""
        captions = Clip.objects.filter(code=OuterRef("clip_code")).values("caption")
        return self.annotate(clip_caption=Subquery(captions)).select_related(
            "slot__terms__campaign",
            "slot__agency",
            "order_line__agency",
            "order_line__order",
            "payout",
            "posting",
        )


class StatementLine(models.Model):
    """One line of a creator's statement. The page, CSV, PDF and API all read this view, so they cannot disagree.

    A pending line has no amounts yet, so that all lines together are the balance. `pending_minor` says what it will
    bring after the agency's share.
    """

    id = models.CharField(primary_key=True, max_length=60)
    creator = models.ForeignKey(Creator, on_delete=models.DO_NOTHING, related_name="statement_lines")
    kind = models.CharField(max_length=14)
    occurred_at = models.DateTimeField()
    clip_code = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField()
    agency_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    pending_minor = models.BigIntegerField()
    reason = models.CharField(max_length=16)
    clip_caption: str | None
    posting = models.ForeignKey(Posting, on_delete=models.DO_NOTHING, null=True, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.DO_NOTHING, null=True, related_name="+")
    order_line = models.ForeignKey(OrderLine, on_delete=models.DO_NOTHING, null=True, related_name="+")
    refund_line = models.ForeignKey(RefundLine, on_delete=models.DO_NOTHING, null=True, related_name="+")
    payout = models.ForeignKey(Payout, on_delete=models.DO_NOTHING, null=True, related_name="+")

    objects = StatementLineQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "payouts_statement_line"

    def __str__(self) -> str:
        return self.id

    @property
    def clip_name(self) -> str:
        """Return the caption of the clip or, if it has none any more, its code. For lines fetched using `with_reasons()`."""
        return self.clip_caption or self.clip_code

    @property
    def gross(self) -> Price:
        return Price(self.gross_minor, self.currency)

    @property
    def agency(self) -> Price:
        return Price(self.agency_minor, self.currency)

    @property
    def net(self) -> Price:
        return Price(self.net_minor, self.currency)

    @property
    def pending(self) -> Price:
        return Price(self.pending_minor, self.currency)
