"""Refunds and their lines."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.installation import get_installation_id
from accounts.transitions import TransitionQuerySet
from shop.models.order import Order
from shop.models.order_line import OrderLine
from shop.models.prepayment import Prepayment
from shop.refund_reasons import local_reason
from shop.states import REFUND_MOVES, RefundState


class RefundNotice(models.TextChoices):
    """Kinds of email about a refund."""

    REQUESTED = "requested", _("Return requested")
    ACCEPTED = "accepted", _("Return accepted")
    RECEIVED = "received", _("Return received")
    DECLINED = "declined", _("Return declined")
    REFUNDED = "refunded", _("Refunded")
    FAILED = "failed", _("Refund failed")
    ELSEWHERE = "elsewhere", _("Refunded in another way")


NOTICE_DUE = (
    Q(state=RefundState.REQUESTED, last_notice="")
    | Q(state=RefundState.ACCEPTED, last_notice__in=("", RefundNotice.REQUESTED))
    | (Q(state=RefundState.RECEIVED) & ~Q(last_notice=RefundNotice.RECEIVED))
    | (Q(state=RefundState.REFUSED) & ~Q(last_notice=RefundNotice.DECLINED))
    | (
        Q(state__in=(RefundState.PENDING, RefundState.DONE), is_paid_elsewhere=False)
        & ~Q(last_notice=RefundNotice.REFUNDED)
    )
    | Q(state=RefundState.FAILED, last_notice=RefundNotice.REFUNDED)
    | (Q(state=RefundState.DONE, is_paid_elsewhere=True) & ~Q(last_notice=RefundNotice.ELSEWHERE))
)
"""What the shopper does not know yet. Of a failed refund they hear only if they were told that it was made."""

UNSETTLED = (RefundState.PLANNED, RefundState.SENDING, RefundState.PENDING)


class RefundQuerySet(TransitionQuerySet["Refund"]):
    transitions = REFUND_MOVES

    def unsent_at(self, now: datetime) -> Self:
        """Return refunds that are due to be sent at `now`.

        These are planned refunds, and refunds that were sent but not answered by the provider.
        """
        return self.filter(state__in=(RefundState.PLANNED, RefundState.SENDING), send_after__lte=now)

    def unsettled_at(self, now: datetime) -> Self:
        """Return refunds that are due at `now` to be sent to the provider or looked up there."""
        return self.filter(state__in=UNSETTLED, send_after__lte=now)

    def with_notice_due(self) -> Self:
        """Return refunds of orders about which the shopper must still be emailed."""
        return self.filter(NOTICE_DUE, order__isnull=False)


class Refund(models.Model):
    """Money to send back for an order or a prepayment. It counts as refunded as soon as the refund is planned.

    The parts add up to the amount, which contains the tax if the order's prices do. Refunds without goods from before
    amounts were divided have no parts. The idempotency key consists of the installation id, the refund's id and its
    attempt. `installation` is empty in refunds that are older than it.
    """

    order: models.ForeignKey[Any, Any] = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds", verbose_name=_("order")
    )
    prepayment: models.ForeignKey[Any, Any] = models.ForeignKey(
        Prepayment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="refunds",
        db_index=False,
        verbose_name=_("prepayment"),
    )
    state = models.CharField(_("state"), max_length=10, choices=RefundState, default=RefundState.PLANNED)
    goods_minor = models.PositiveBigIntegerField(default=0)
    shipping_minor = models.PositiveBigIntegerField(default=0)
    tax_minor = models.PositiveBigIntegerField(default=0)
    taxes: models.Field[Any, list[dict[str, Any]]] = models.JSONField(
        _("tax by rate"), default=list, db_default=[], blank=True
    )
    amount_minor = models.PositiveBigIntegerField(_("amount"), default=0)
    currency = models.CharField(max_length=3)
    installation = models.CharField(max_length=12, default=get_installation_id, db_default="", editable=False)
    is_made_at_provider = models.BooleanField(
        _("made at the provider"),
        default=False,
        db_default=False,
        help_text=_("In its dashboard, or by a lost dispute; not sent from here."),
    )
    is_paid_elsewhere = models.BooleanField(
        _("paid in another way"),
        default=False,
        db_default=False,
        help_text=_("By staff, after the provider could not pay it."),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decline_reason = models.CharField(_("reason for declining"), max_length=300, blank=True, default="")
    is_restocked = models.BooleanField(_("returned to stock"), default=True)
    reference = models.CharField(_("provider reference"), max_length=120, blank=True)
    attempt = models.PositiveSmallIntegerField(
        _("attempt"), default=1, help_text=_("Increases when staff retry a refund that failed.")
    )
    failure_text = models.CharField(_("reason for the failure"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"))
    send_after = models.DateTimeField()
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    last_notice = models.CharField(max_length=10, choices=RefundNotice, blank=True, editable=False)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        permissions = [("approve_refund", "Can approve refunds above the limit")]
        indexes = [
            models.Index(fields=["created_at"], name="shop_refund_by_date"),
            models.Index(
                fields=["prepayment"], condition=Q(prepayment__isnull=False), name="shop_refund_of_prepayment"
            ),
            models.Index(
                fields=["send_after"],
                condition=Q(state__in=("planned", "sending", "pending")),
                name="shop_refund_unsettled",
            ),
            models.Index(fields=["created_at"], condition=NOTICE_DUE, name="shop_refund_notice_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False, prepayment=None) | Q(order=None, prepayment__isnull=False),
                name="shop_refund_of_order_or_prepayment",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor=F("goods_minor") + F("shipping_minor") + F("tax_minor"))
                | Q(amount_minor=F("goods_minor") + F("shipping_minor"), tax_minor__lte=F("amount_minor"))
                | Q(goods_minor=0, shipping_minor=0, tax_minor=0),
                name="shop_refund_amount_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return str(_("refund %(number)d: %(state)s")) % {"number": self.pk, "state": self.get_state_display()}

    @property
    def purchase(self) -> Order | Prepayment:
        """Return what is refunded."""
        purchase: Order | Prepayment = self.order or self.prepayment
        return purchase

    @property
    def local_reason(self) -> str:
        return local_reason(self.reason)

    @property
    def local_decline_reason(self) -> str:
        return local_reason(self.decline_reason)

    @property
    def key(self) -> str:
        return self._key_of(self.attempt)

    @property
    def earlier_keys(self) -> list[str]:
        """Return the keys of the attempts that failed."""
        return [self._key_of(attempt) for attempt in range(1, self.attempt)]

    def _key_of(self, attempt: int) -> str:
        name = f"{self.installation}-refund-{self.pk}" if self.installation else f"refund-{self.pk}"
        return name if attempt == 1 else f"{name}-{attempt}"


class RefundLine(models.Model):
    """The returned units of one order line, and the commission that is reversed for them."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="refund_lines", verbose_name=_("order line")
    )
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    received_quantity = models.PositiveSmallIntegerField(
        _("received quantity"), null=True, help_text=_("Of a return: how many arrived.")
    )
    amount_minor = models.PositiveBigIntegerField()
    tax_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    commission_minor = models.PositiveBigIntegerField(help_text=_("The part of the commission that is reversed."))
    agency_minor = models.PositiveBigIntegerField(default=0, help_text=_("The agency's part of that commission."))

    class Meta:
        verbose_name = _("refund line")
        verbose_name_plural = _("refund lines")
        constraints = [models.UniqueConstraint(fields=["refund", "order_line"], name="shop_refund_line_once")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.order_line.product_name}"
