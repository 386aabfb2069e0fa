"""Disputes: cardholders who ask their bank for the money of a payment."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from shop.models.payment import Payment


class DisputeState(models.TextChoices):
    INQUIRY = "inquiry", _("The bank asks")
    INQUIRY_CLOSED = "inquiry_closed", _("The bank asked; closed")
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


_CLOSED = frozenset({DisputeState.INQUIRY_CLOSED, DisputeState.WON, DisputeState.LOST})

DISPUTE_MOVES: dict[DisputeState, frozenset[DisputeState]] = {
    DisputeState.INQUIRY: frozenset({DisputeState.OPEN}) | _CLOSED,
    DisputeState.INQUIRY_CLOSED: frozenset({DisputeState.OPEN, DisputeState.WON, DisputeState.LOST}),
    DisputeState.OPEN: frozenset({DisputeState.WON, DisputeState.LOST}),
    DisputeState.WON: frozenset(),
    DisputeState.LOST: frozenset(),
}
"""Maps each state of a dispute to the states that may follow it. News that came late never opens a dispute again."""


class DisputeQuerySet(TransitionQuerySet["Dispute"]):
    transitions = DISPUTE_MOVES

    def open(self) -> Self:
        """Return disputes that are not decided yet."""
        return self.filter(state__in=(DisputeState.INQUIRY, DisputeState.OPEN))

    def with_notice_due(self) -> Self:
        """Return disputes about whose state staff must still be emailed."""
        return self.exclude(state=models.F("notified_state"))


class Dispute(models.Model):
    """A payment whose money the cardholder asked the bank for. The provider has withdrawn it if the state is OPEN.

    While it is open, the order is disputed and its commissions are held. A lost dispute refunds the order, a won one
    makes it paid again. The fee is the provider's, and stays even if the dispute is won.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("payment"))
    reference = models.CharField(_("provider reference"), max_length=120)
    state = models.CharField(_("state"), max_length=14, choices=DisputeState)
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(max_length=3)
    cause = models.CharField(_("cause"), max_length=60, blank=True, help_text=_("As the provider calls it."))
    answer_by = models.DateTimeField(_("answer until"), null=True, blank=True)
    fee_minor = models.PositiveBigIntegerField(_("dispute fee"), default=0)
    fee_currency = models.CharField(max_length=3, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    notified_state = models.CharField(max_length=14, blank=True, editable=False)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(state__in=("inquiry", "open")), name="shop_dispute_open"),
        ]
        constraints = [models.UniqueConstraint(fields=["payment", "reference"], name="shop_dispute_once")]

    def __str__(self) -> str:
        return self.reference
