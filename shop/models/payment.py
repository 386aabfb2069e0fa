"""Payments for orders and prepayments."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.installation import get_installation_id
from accounts.transitions import TransitionQuerySet
from accounts.trigrams import search_index
from shop.models.order import Order
from shop.models.prepayment import Prepayment
from shop.states import PAYMENT_MOVES, PaymentState

OPEN = (PaymentState.STARTED, PaymentState.PROCESSING)
NO_PROVIDER = "none"
"""The provider of payments of nothing: an order that costs nothing is paid without one."""

GIVEN_UP = "given up by staff"
"""The failure of a payment whose order staff cancelled without the provider's answer. It may have been charged."""


class PaymentQuerySet(TransitionQuerySet["Payment"]):
    transitions = PAYMENT_MOVES

    def open(self) -> Self:
        """Return payments whose outcome is not known yet."""
        return self.filter(state__in=OPEN)

    def due_at(self, now: datetime) -> Self:
        """Return open payments about which the provider is to be asked."""
        return self.open().filter(ask_after__lte=now)

    def replaced_at(self, now: datetime) -> Self:
        """Return payments that were replaced while their pages could still be paid: those are to be closed."""
        return self.filter(state=PaymentState.FAILED, ask_after__lte=now)


class Payment(models.Model):
    """One attempt to charge somebody for an order or a prepayment: it belongs to one of them.

    The key consists of the installation id and the payment's id, so a repeated call to the provider charges only once,
    and other installations at the same provider have other keys. `installation` is empty in payments that are older
    than it, or that the code before it wrote during an upgrade. `session`, `reference`, `account` and `is_live` are as the provider told.
    """

    order: models.ForeignKey[Any, Any] = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="payments", verbose_name=_("order")
    )
    prepayment: models.ForeignKey[Any, Any] = models.ForeignKey(
        Prepayment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        db_index=False,
        verbose_name=_("prepayment"),
    )
    provider = models.CharField(_("provider"), max_length=20)
    installation = models.CharField(max_length=12, default=get_installation_id, db_default="", editable=False)
    reference = models.CharField(_("provider reference"), max_length=120, blank=True)
    session = models.CharField(_("payment page"), max_length=120, blank=True, db_default="")
    account = models.CharField(_("provider account"), max_length=60, blank=True, db_default="")
    is_live = models.BooleanField(_("real money"), null=True)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(_("state"), max_length=10, choices=PaymentState, default=PaymentState.STARTED)
    failure_text = models.CharField(_("reason for the failure"), max_length=300, blank=True)
    fingerprint = models.CharField(
        _("card fingerprint"),
        max_length=120,
        blank=True,
        help_text=_("The provider's fingerprint of the card or account, never its number."),
    )
    customer = models.CharField(
        _("customer at the provider"),
        max_length=120,
        blank=True,
        db_default="",
        help_text=_("The provider's name of the customer who pays with a kept card, or keeps this one."),
    )
    card = models.CharField(
        _("card"),
        max_length=120,
        blank=True,
        db_default="",
        help_text=_("The provider's name of the kept card that is charged."),
    )
    keeps_card = models.BooleanField(
        _("keeps the card"), default=False, db_default=False, help_text=_("Ticked by the shopper at checkout.")
    )
    is_review_due = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Whether the provider is to be asked for the card and for refunds."),
    )
    started_at = models.DateTimeField(_("started at"))
    expires_at = models.DateTimeField(_("payable until"), null=True, blank=True)
    ask_after = models.DateTimeField(null=True, blank=True, editable=False)
    attempted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When the shopper first tried to pay, as the provider told.")
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            search_index("reference", name="shop_payment_search"),
            search_index("session", name="shop_payment_session_search"),
            models.Index(fields=["started_at"], name="shop_payment_by_date"),
            models.Index(
                fields=["prepayment"], condition=Q(prepayment__isnull=False), name="shop_payment_of_prepayment"
            ),
            models.Index(
                fields=["ask_after"], condition=Q(state__in=("started", "processing")), name="shop_payment_open"
            ),
            models.Index(
                fields=["ask_after"],
                condition=Q(state="failed", ask_after__isnull=False),
                name="shop_payment_replaced",
            ),
            models.Index(fields=["settled_at"], condition=Q(is_review_due=True), name="shop_payment_review_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False, prepayment=None) | Q(order=None, prepayment__isnull=False),
                name="shop_payment_of_order_or_prepayment",
            ),
            models.UniqueConstraint(
                fields=["prepayment"],
                condition=~Q(state=PaymentState.FAILED),
                name="shop_payment_one_open_per_prepayment",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=~Q(state=PaymentState.FAILED), name="shop_payment_one_open_per_order"
            ),
            models.UniqueConstraint(
                fields=["provider", "reference"], condition=~Q(reference=""), name="shop_payment_reference_unique"
            ),
            models.UniqueConstraint(
                fields=["provider", "session"], condition=~Q(session=""), name="shop_payment_session_unique"
            ),
        ]

    def __str__(self) -> str:
        return str(_("payment %(number)d: %(state)s")) % {"number": self.pk, "state": self.get_state_display()}

    @property
    def key(self) -> str:
        return f"{self.installation}-payment-{self.pk}" if self.installation else f"payment-{self.pk}"

    @property
    def purchase(self) -> Order | Prepayment:
        """Return what is paid for."""
        purchase: Order | Prepayment = self.order or self.prepayment
        return purchase

    @property
    def return_path(self) -> str:
        """Return the page to which the provider sends the payer back."""
        if self.prepayment:
            return str(self.prepayment.return_path)
        return reverse("order", args=[self.order.code])
