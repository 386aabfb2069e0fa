"""Suspensions of creators: who suspended whom, when and why, and who lifted it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Creator


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def active(self) -> Self:
        """Return suspensions that have not been lifted."""
        return self.filter(lifted_at=None)


class Suspension(models.Model):
    """A time in which a creator may not bring in new clips. It is active until staff lift it.

    While a suspension that hides clips is active, a trigger keeps `Creator.is_hidden` true.
    """

    creator = models.ForeignKey(
        Creator, on_delete=models.PROTECT, related_name="suspensions", verbose_name=_("creator")
    )
    reason = models.TextField(_("reason"), max_length=1000, help_text=_("The creator reads it in an email."))
    hides_clips = models.BooleanField(_("hides clips"), default=False)
    is_for_fraud = models.BooleanField(_("because of fraud"), default=False)
    suspended_at = models.DateTimeField(_("suspended at"))
    suspended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("suspended by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lifted by"),
    )

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        permissions = [("suspend_creator", "Can suspend creators, and lift suspensions")]
        constraints = [
            models.UniqueConstraint(
                fields=["creator"], condition=Q(lifted_at=None), name="creators_suspension_one_active"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="creators_suspension_lifted_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.creator} {self.suspended_at:%Y-%m-%d}"
