"""Events of payment providers: those that were handled, and those that a person has to look at."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.trigrams import search_index


class ProviderEventState(models.TextChoices):
    HANDLED = "handled", _("Handled")
    SET_ASIDE = "set_aside", _("Set aside")
    RESOLVED = "resolved", _("Dealt with")


class SetAsideReason(models.TextChoices):
    """Reasons why an event was not booked."""

    UNKNOWN_KIND = "unknown_kind", _("Unknown kind of event")
    UNKNOWN_PAYMENT = "unknown_payment", _("No payment here has this reference")
    OTHER_INSTALLATION = "other_shop", _("Of another installation")
    OTHER_ACCOUNT = "other_account", _("Of another provider account, or of its test mode")
    OTHER_AMOUNT = "other_amount", _("Another amount or currency")
    PAID_TWICE = "paid_twice", _("The order has already been paid")
    TOO_MUCH = "too_much", _("More than is left of the payment")
    DECIDED_AGAIN = "decided_again", _("A dispute that was decided before")
    UNANSWERED = "unanswered", _("The provider does not tell whether this was paid")


class ProviderEventQuerySet(models.QuerySet["ProviderEvent"]):
    def set_aside(self) -> Self:
        return self.filter(state=ProviderEventState.SET_ASIDE)


class ProviderEvent(models.Model):
    """An event of a payment provider, or an answer that did not fit. Repeated deliveries are ignored.

    What fits none of our payments in every particular is set aside: stored with its payload, never booked.
    """

    provider = models.CharField(_("provider"), max_length=20)
    event_id = models.CharField(_("event"), max_length=120)
    kind = models.CharField(_("kind"), max_length=80)
    received_at = models.DateTimeField(_("received at"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ProviderEventState,
        default=ProviderEventState.HANDLED,
        db_default=ProviderEventState.HANDLED,
    )
    reason = models.CharField(_("reason"), max_length=16, choices=SetAsideReason, blank=True, db_default="")
    reference = models.CharField(
        _("provider reference"),
        max_length=120,
        blank=True,
        db_default="",
        help_text=_("Of the payment, the refund or the dispute."),
    )
    payment_reference = models.CharField(max_length=120, blank=True, db_default="", editable=False)
    payload = models.JSONField(_("content"), null=True, blank=True, help_text=_("Kept while nobody has dealt with it."))
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("dealt with by"),
    )
    resolved_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)

    objects = ProviderEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        indexes = [
            search_index("event_id", "reference", "payment_reference", name="shop_provider_event_search"),
            models.Index(fields=["received_at"], name="shop_provider_event_by_date"),
            models.Index(fields=["received_at"], condition=Q(state="set_aside"), name="shop_provider_event_set_aside"),
            models.Index(fields=["reference"], condition=~Q(reference=""), name="shop_provider_event_reference"),
        ]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="shop_provider_event_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class ProviderReview(models.Model):
    """How far a provider's own lists of refunds and disputes have been compared with ours."""

    provider = models.CharField(max_length=20, unique=True)
    checked_until = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.provider
