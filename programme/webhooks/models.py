"""Endpoints of webhooks, the events about which they are told, deliveries and their attempts."""

import base64
import secrets
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from catalog.models import HOUSE_ID, Merchant
from payouts.models.encrypted import EncryptedTextField
from programme.webhooks.event_types import EventSubject

SECRET_BYTES = 32


def make_secret() -> str:
    """Return a new secret as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


class EndpointState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    OFF = "off", _("Switched off")


class EndpointQuerySet(TransitionQuerySet["WebhookEndpoint"]):
    transitions: ClassVar = {state: frozenset(set(EndpointState) - {state}) for state in EndpointState}

    def idle(self, now: object) -> Self:
        """Return endpoints to which nothing is being sent, and that did not ask for a pause."""
        return self.filter(Q(busy_until=None) | Q(busy_until__lte=now), state=EndpointState.ACTIVE)

    def with_next_delivery(self, now: object) -> Self:
        """Annotate `next_delivery`: the id of the first delivery that is due, and leave out endpoints without one."""
        due = WebhookDelivery.objects.deliverable(now).filter(endpoint=OuterRef("pk")).order_by("due_at", "pk")
        return self.annotate(next_delivery=Subquery(due.values("pk")[:1])).exclude(next_delivery=None)


class WebhookEndpoint(models.Model):
    """An address that is told of changes, for a merchant or for the house, which is told of everybody's.

    Whoever sets `busy_until` by compare-and-set sends the next delivery, so an endpoint gets one request at a time.
    """

    merchant: models.ForeignKey[Merchant | int, Merchant] = models.ForeignKey(
        Merchant,
        on_delete=models.CASCADE,
        default=HOUSE_ID,
        related_name="webhook_endpoints",
        verbose_name=_("merchant"),
    )
    address = models.CharField(
        _("address"),
        max_length=2000,
        help_text=_("It begins with https:// and leads to a server on the public internet."),
    )
    description = models.CharField(_("description"), max_length=120, blank=True, default="")
    subjects = ArrayField(models.CharField(max_length=10, choices=EventSubject), verbose_name=_("events"))
    state = models.CharField(_("state"), max_length=6, choices=EndpointState, default=EndpointState.ACTIVE)
    off_reason = models.CharField(_("why it was switched off"), max_length=200, blank=True, default="", editable=False)
    secret = EncryptedTextField(default=make_secret, editable=False)
    former_secret = EncryptedTextField(blank=True, default="", editable=False)
    former_secret_until = models.DateTimeField(null=True, editable=False)
    busy_until = models.DateTimeField(null=True, editable=False)
    failed_in_row = models.PositiveIntegerField(_("failed attempts in a row"), default=0, editable=False)
    last_success_at = models.DateTimeField(_("last success"), null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")

    def __str__(self) -> str:
        return self.description or self.address.partition("?")[0]


class WebhookEvent(models.Model):
    """A change of one row. Triggers write it while there is an endpoint; `body` and `type` follow with its deliveries.

    Ids of events of one row grow in the order of its changes, because the change holds the row's lock.
    """

    subject = models.CharField(_("about"), max_length=10, choices=EventSubject)
    row_id = models.BigIntegerField()
    column = models.CharField(max_length=20)
    value = models.CharField(max_length=40)
    previous = models.CharField(max_length=40, blank=True, default="")
    happened_at = models.DateTimeField(_("happened at"))
    type = models.CharField(_("event"), max_length=50, blank=True, default="")
    body = models.TextField(_("body"), blank=True, default="")
    fanned_out_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        indexes = [
            models.Index(fields=["id"], condition=Q(fanned_out_at=None), name="programme_event_waiting"),
            models.Index(fields=["happened_at"], name="programme_event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")


class DeliveryQuerySet(TransitionQuerySet["WebhookDelivery"]):
    transitions: ClassVar = {
        DeliveryState.WAITING: frozenset({DeliveryState.DELIVERED, DeliveryState.GIVEN_UP}),
        DeliveryState.DELIVERED: frozenset(),
        DeliveryState.GIVEN_UP: frozenset(),
    }

    def deliverable(self, now: object) -> Self:
        """Return deliveries that are due and before which no other of the same subject waits for the same endpoint."""
        earlier = WebhookDelivery.objects.filter(
            state=DeliveryState.WAITING,
            endpoint=OuterRef("endpoint"),
            subject_key=OuterRef("subject_key"),
            pk__lt=OuterRef("pk"),
        )
        return self.filter(~Exists(earlier), state=DeliveryState.WAITING, due_at__lte=now)


class WebhookDelivery(models.Model):
    """An event on its way to an endpoint. A replay is a delivery of its own, with the same id and body."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("endpoint")
    )
    event = models.ForeignKey(
        WebhookEvent, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("event")
    )
    subject_key = models.CharField(max_length=32)
    state = models.CharField(_("state"), max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    is_replay = models.BooleanField(_("sent again by staff"), default=False)
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"))
    created_at = models.DateTimeField(_("created at"))

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "endpoint"], condition=Q(is_replay=False), name="programme_delivery_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at", "id"], condition=Q(state="waiting"), name="programme_delivery_due"
            ),
            models.Index(
                fields=["endpoint", "subject_key", "id"],
                condition=Q(state="waiting"),
                name="programme_delivery_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.endpoint_id}"


class WebhookAttempt(models.Model):
    """One request to an endpoint: the status that it answered, or why there was no answer."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    sent_at = models.DateTimeField(_("sent at"))
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    failure = models.CharField(_("failure"), max_length=200, blank=True, default="")
    duration_ms = models.PositiveIntegerField(_("duration"))

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M:%S} {self.status or self.failure}"
