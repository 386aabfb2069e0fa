"""Payments for orders, and webhook events from payment providers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.trigrams import search_index
from shop.models.order import Order
from shop.states import PaymentState


class Payment(models.Model):
    """One attempt to charge the shopper for an order.

    The payment's id is part of the idempotency key, so a repeated call to the provider charges only once.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    reference = models.CharField(_("provider reference"), max_length=120, blank=True)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.STARTED)
    failure_text = models.CharField(max_length=300, blank=True)
    fingerprint = models.CharField(
        max_length=120, blank=True, help_text=_("The provider's fingerprint of the card or account, never its number.")
    )
    started_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            search_index("reference", name="shop_payment_search"),
            models.Index(fields=["started_at"], name="shop_payment_by_date"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=~Q(state=PaymentState.FAILED), name="shop_payment_one_open_per_order"
            ),
            models.UniqueConstraint(
                fields=["provider", "reference"], condition=~Q(reference=""), name="shop_payment_reference_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk} {self.state}"

    @property
    def key(self) -> str:
        return f"payment-{self.pk}"


class ProviderEvent(models.Model):
    """A webhook event that has been handled. The row is stored so that repeated deliveries are ignored."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="shop_provider_event_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
