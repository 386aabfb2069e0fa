"""Slots: places for clips within a campaign's caps."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.trigrams import search_index
from creators.models.agency import Agency
from creators.models.campaign import Enrolment, Terms


class SlotState(models.TextChoices):
    HELD = "held", _("Held")
    EARNED = "earned", _("Earned")
    RELEASED = "released", _("Released")


class SlotReason(models.TextChoices):
    """The reasons for releasing a slot."""

    REJECTED = "rejected", _("The clip was rejected.")
    WITHDRAWN = "withdrawn", _("The creator withdrew the clip.")
    EXPIRED = "expired", _("The requested changes were not made in time.")
    FAILED = "failed", _("The file could not be used.")
    SUSPENDED = "suspended", _("The creator was suspended.")


class SlotQuerySet(models.QuerySet["Slot"]):
    def held(self) -> Self:
        return self.filter(state=SlotState.HELD)

    def active(self) -> Self:
        """Return slots that are held or earned. Only these count towards the caps."""
        return self.exclude(state=SlotState.RELEASED)

    def earned(self) -> Self:
        return self.filter(state=SlotState.EARNED)


class Slot(models.Model):
    """A place for one clip within a campaign's caps. It is held from submission, so every approved clip can be paid.

    The fee and the agency's share are fixed when the slot is held.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="slots")
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="slots")
    clip_code = models.CharField(_("clip"), max_length=12, db_index=True, help_text=_("The clip for which it is held."))
    fee_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="slots", verbose_name=_("agency")
    )
    agency_share_bps = models.PositiveIntegerField(default=0)
    agency_minor = models.PositiveIntegerField(default=0, help_text=_("The agency's part of the fee."))
    state = models.CharField(_("state"), max_length=10, choices=SlotState, default=SlotState.HELD)
    reason = models.CharField(_("reason"), max_length=10, choices=SlotReason, blank=True)
    held_at = models.DateTimeField(_("held since"))
    settled_at = models.DateTimeField(
        _("settled at"), null=True, blank=True, help_text=_("When it was earned or released.")
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        indexes = [
            search_index("clip_code", name="creators_slot_search"),
            models.Index(fields=["enrolment", "state"], name="creators_slot_of_enrolment"),
            models.Index(fields=["settled_at"], condition=Q(state="earned"), name="creators_slot_earned"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clip_code"], condition=~Q(state=SlotState.RELEASED), name="creators_slot_once_per_clip"
            ),
            models.CheckConstraint(condition=Q(agency_minor__lte=F("fee_minor")), name="creators_slot_agency_in_fee"),
            models.CheckConstraint(
                condition=Q(state=SlotState.RELEASED) ^ Q(reason=""), name="creators_slot_reason_iff_released"
            ),
            models.CheckConstraint(
                condition=Q(state=SlotState.HELD) ^ Q(settled_at__isnull=False),
                name="creators_slot_settled_unless_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clip_code}: {self.get_state_display()}"
