"""Fraud holds, which stop a creator's payouts until staff have looked at the evidence."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from creators.models import Creator


class HoldKind(models.TextChoices):
    SAME_ACCOUNT = "same_account", _("Another creator is paid to the same account")
    SAME_TAX_ID = "same_tax_id", _("Another creator has the same tax ID")
    SAME_DEVICE = "same_device", _("Another creator shops from the same device")
    DUPLICATE_CLIP = "duplicate_clip", _("The same file was submitted twice")
    CLICK_PATTERN = "click_pattern", _("More clicks than a person can make")
    SUSPENSION = "suspension", _("Suspended because of fraud")


class HoldQuerySet(models.QuerySet["Hold"]):
    def active(self) -> Self:
        """Return holds that have not been released."""
        return self.filter(released_at=None)


class Hold(models.Model):
    """A stop on a creator's payouts, with the evidence for it. It is active until staff release it."""

    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="holds", verbose_name=_("creator"))
    kind = models.CharField(_("why"), max_length=16, choices=HoldKind)
    subject = models.CharField(
        max_length=80, help_text=_("Identifies the evidence, so that the same evidence is held only once.")
    )
    evidence = models.JSONField(_("evidence"), default=dict)
    placed_at = models.DateTimeField(_("held since"))
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("released by"),
    )
    release_reason = models.CharField(_("reason for the release"), max_length=300, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes = [
            models.Index(fields=["placed_at"], name="payouts_hold_by_date"),
        ]
        permissions = [("release_hold", "Can release holds")]
        constraints = [
            models.UniqueConstraint(fields=["creator", "kind", "subject"], name="payouts_hold_once"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="payouts_hold_released_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def release_text(self) -> str:
        """Return the reason for the release, in the reader's language if it is a sentence of ours."""
        return gettext(self.release_reason) if self.release_reason else ""
