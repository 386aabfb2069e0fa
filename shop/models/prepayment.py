"""Prepayments: amounts that somebody pays for what is no order, such as a sponsorship."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from shop.models.order import new_order_code
from shop.states import ORDER_MOVES, SETTLED, OrderState


class PrepaymentQuerySet(TransitionQuerySet["Prepayment"]):
    transitions = ORDER_MOVES


class Prepayment(models.Model):
    """An amount to pay in advance. It has payments, disputes and refunds as an order has, and the same states.

    `purpose` says what it is for, and `return_path` is the page to which the payer comes back; whoever asks for the
    prepayment sets both.
    """

    code = models.CharField(_("code"), max_length=16, unique=True, default=new_order_code, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="prepayments",
        verbose_name=_("user"),
    )
    email = models.EmailField(_("email address"))
    purpose = models.CharField(_("purpose"), max_length=80)
    return_path = models.CharField(max_length=200, editable=False)
    state = models.CharField(_("state"), max_length=16, choices=OrderState, default=OrderState.PENDING)
    currency = models.CharField(max_length=3)
    total_minor = models.PositiveBigIntegerField(_("total"))
    refunded_minor = models.PositiveBigIntegerField(_("refunded"), default=0)
    created_at = models.DateTimeField(_("created at"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)

    objects = PrepaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("prepayment")
        verbose_name_plural = _("prepayments")
        indexes = [models.Index(fields=["created_at"], name="shop_prepayment_by_date")]
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_minor__lte=F("total_minor")), name="shop_prepayment_refunded_at_most_all"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_settled(self) -> bool:
        """Whether it has been paid, even if it was refunded later."""
        return self.state in SETTLED

    @property
    def left_minor(self) -> int:
        """What was paid and not refunded, in minor units."""
        return self.total_minor - self.refunded_minor if self.is_settled else 0
