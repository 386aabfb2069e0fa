"""What each merchant bears of a refund."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Merchant
from catalog.prices import Price
from shop.models.refund import Refund


class RefundShare(models.Model):
    """The part of a refund that a merchant other than the house bears, and what the house gives it back for that.

    `amount_minor` is what the shopper gets of the merchant's sale. `fee_minor` and `discount_minor` belong to the units
    that came back: the house returns the fee, and takes back the discount that it had paid for.
    """

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="shares", verbose_name=_("refund"))
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="refund_shares", verbose_name=_("merchant")
    )
    goods_minor = models.PositiveBigIntegerField(default=0)
    tax_minor = models.PositiveBigIntegerField(default=0)
    taxes: models.Field[Any, list[dict[str, Any]]] = models.JSONField(_("tax by rate"), default=list, blank=True)
    amount_minor = models.PositiveBigIntegerField(_("amount"), default=0)
    fee_minor = models.PositiveBigIntegerField(_("fee"), default=0)
    discount_minor = models.PositiveBigIntegerField(_("discount"), default=0)

    class Meta:
        verbose_name = _("refund share")
        verbose_name_plural = _("refund shares")
        constraints = [
            models.UniqueConstraint(fields=["refund", "merchant"], name="shop_refund_share_once"),
            models.CheckConstraint(
                condition=Q(amount_minor=F("goods_minor") + F("tax_minor"))
                | Q(amount_minor=F("goods_minor"), tax_minor__lte=F("amount_minor")),
                name="shop_refund_share_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merchant}: {self.amount.text}"

    @property
    def amount(self) -> Price:
        return Price(self.amount_minor, self.refund.currency)
