"""What came of clicks on products, on its way to the feed."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.models.click import Click
from shop.models.order_line import OrderLine
from shop.states import OrderState


class OutcomeKind(models.TextChoices):
    BAGGED = "bagged", _("Put into the bag")
    BOUGHT = "bought", _("Bought")


class ClickOutcomeQuerySet(models.QuerySet["ClickOutcome"]):
    def ready_at(self, now: datetime) -> Self:
        return self.filter(ready_at__lte=now).order_by("ready_at", "pk")


class ClickOutcome(models.Model):
    """A product that was put into the bag or bought after a click. The row waits until the feed has counted it.

    A purchase is ready when it can no longer be cancelled by the shopper. Only these rows make such events: what a
    browser says counts for nothing.
    """

    click = models.ForeignKey(Click, on_delete=models.CASCADE, related_name="outcomes")
    kind = models.CharField(max_length=6, choices=OutcomeKind)
    order_line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, null=True, related_name="+")
    ready_at = models.DateTimeField()

    objects = ClickOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome of a click")
        verbose_name_plural = _("outcomes of clicks")
        indexes = [models.Index(fields=["ready_at"], name="shop_outcome_ready")]

    def __str__(self) -> str:
        return f"{self.kind} after click {self.click_id}"

    @property
    def is_genuine(self) -> bool:
        """Return whether it still holds. A purchase does not if it was refunded or disputed, or is the creator's own."""
        line = self.order_line
        if line is None:
            return self.kind == OutcomeKind.BAGGED
        is_kept = line.order.state in (OrderState.PAID, OrderState.PARTLY_REFUNDED) and line.refundable_quantity > 0
        return is_kept and not line.unpaid_reason
