"""Samples: products that creators ask for, to film them, and get for free."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.transitions import TransitionQuerySet
from catalog.models import Merchant, Variant
from creators.models.creator import Creator


class SampleState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("sample", "Requested")
    APPROVED = "approved", pgettext_lazy("sample", "Being sent")
    REFUSED = "refused", pgettext_lazy("sample", "Declined")
    SENT = "sent", pgettext_lazy("sample", "On its way")
    DUE = "due", pgettext_lazy("sample", "Clip due")
    OVERDUE = "overdue", pgettext_lazy("sample", "Clip overdue")
    DONE = "done", pgettext_lazy("sample", "Clip published")
    WITHDRAWN = "withdrawn", pgettext_lazy("sample", "Withdrawn")


SAMPLE_MOVES: dict[SampleState, frozenset[SampleState]] = {
    SampleState.REQUESTED: frozenset({SampleState.APPROVED, SampleState.REFUSED, SampleState.WITHDRAWN}),
    SampleState.APPROVED: frozenset({SampleState.SENT, SampleState.WITHDRAWN}),
    SampleState.SENT: frozenset({SampleState.DUE, SampleState.DONE, SampleState.WITHDRAWN}),
    SampleState.DUE: frozenset({SampleState.OVERDUE, SampleState.DONE}),
    SampleState.OVERDUE: frozenset({SampleState.DONE}),
    SampleState.REFUSED: frozenset(),
    SampleState.DONE: frozenset(),
    SampleState.WITHDRAWN: frozenset(),
}
"""Maps each state of a sample to the states that may follow it."""

OPEN_SAMPLES = (
    SampleState.REQUESTED,
    SampleState.APPROVED,
    SampleState.SENT,
    SampleState.DUE,
    SampleState.OVERDUE,
)
"""States of samples for which something is still to come: an answer, a parcel or a clip."""

RECEIVED_SAMPLES = (SampleState.SENT, SampleState.DUE, SampleState.OVERDUE, SampleState.DONE)
"""States of samples that left the merchant, so that posts about the product are commercial."""

FILMABLE = (SampleState.SENT, SampleState.DUE, SampleState.OVERDUE)
"""States of samples of which a clip is expected."""


class SampleQuerySet(TransitionQuerySet["Sample"]):
    transitions = SAMPLE_MOVES

    def open(self) -> Self:
        return self.filter(state__in=OPEN_SAMPLES)

    def received(self) -> Self:
        return self.filter(state__in=RECEIVED_SAMPLES)

    def newest_first(self) -> Self:
        return self.order_by("-requested_at", "-pk")

    def with_names(self) -> Self:
        return self.select_related("creator__user", "variant__product__brand", "merchant")


class Sample(models.Model):
    """A request by a creator for one unit of a variant, for free, to film it.

    `clip_code` is the clip that was submitted with it. `due_on` is the last day for that clip; it is known once the
    parcel has arrived.
    """

    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="samples", verbose_name=_("creator"))
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+", verbose_name=_("variant"))
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", verbose_name=_("merchant"))
    state = models.CharField(_("state"), max_length=10, choices=SampleState, default=SampleState.REQUESTED)
    plan = models.TextField(_("plan for the clip"), max_length=500, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("Why it was declined."))
    requested_at = models.DateTimeField(_("requested at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    due_on = models.DateField(_("clip due on"), null=True, blank=True)
    clip_code = models.CharField(_("clip"), max_length=16, blank=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        default_permissions = ("view", "change")
        indexes = [
            models.Index(fields=["creator", "-requested_at"], name="creators_sample_of_creator"),
            models.Index(fields=["merchant", "-requested_at"], name="creators_sample_of_merchant"),
            models.Index(fields=["state"], condition=Q(state__in=OPEN_SAMPLES), name="creators_sample_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["creator", "variant"], condition=Q(state__in=OPEN_SAMPLES), name="creators_sample_once"
            ),
            models.UniqueConstraint(fields=["clip_code"], condition=~Q(clip_code=""), name="creators_sample_per_clip"),
            models.CheckConstraint(
                condition=~Q(state__in=("due", "overdue")) | Q(due_on__isnull=False), name="creators_sample_due_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant.full_name}, @{self.creator.handle}"

    @property
    def is_requested(self) -> bool:
        return self.state == SampleState.REQUESTED
