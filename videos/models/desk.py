"""Models of the review desk: locks, flags and the audit log."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from videos.models.clip import Clip
from videos.models.review import Revision


class ReviewLock(models.Model):
    """A note that a moderator has a clip open, valid until `until`. It does not keep other moderators from deciding."""

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, related_name="lock")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.clip_id} until {self.until:%H:%M}"


class FlagKind(models.TextChoices):
    REPORTS = "reports", _("Reported by viewers")
    DRIFT = "drift", _("Price or name has changed")
    SPOT_CHECK = "spot_check", _("Spot check")


class FlagQuerySet(models.QuerySet["Flag"]):
    def open(self) -> Self:
        return self.filter(settled_at=None)


class Flag(models.Model):
    """A reason to review a clip again. The next decision on the clip settles it."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(_("kind"), max_length=10, choices=FlagKind)
    note = models.CharField(_("note"), max_length=300, blank=True)
    weight = models.PositiveIntegerField(default=1)
    credible_weight = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("The part of the weight that may lower a clip in the feed, or hide it.")
    )
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [
            models.UniqueConstraint(fields=["clip", "kind"], condition=Q(settled_at=None), name="videos_flag_open_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.clip}"


class AuditAction(models.TextChoices):
    OPENED = "opened", _("Opened")
    DECIDED = "decided", _("Decided")
    REFUSED = "refused", _("Decision refused")
    UNDID = "undid", _("Decision undone")
    TRUSTED = "trusted", _("Published on trust")
    SPOT_CHECK = "spot_check", _("Selected for a spot check")
    CONFIRMED = "confirmed", _("Price change confirmed")


class AuditEntry(models.Model):
    """One action at the review desk. Automatic actions have no moderator. A database trigger forbids changes."""

    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="audit", verbose_name=_("clip"))
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("revision")
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("moderator"),
    )
    action = models.CharField(_("action"), max_length=10, choices=AuditAction)
    details = models.JSONField(_("details"), default=dict)
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.clip}"


def write_audit(
    *,
    clip_id: int,
    moderator_id: int | None,
    action: AuditAction,
    at: datetime,
    revision_id: int | None = None,
    **details: Any,
) -> None:
    """Add an entry to the audit log. `details` must be JSON-serializable."""
    AuditEntry.objects.create(
        clip_id=clip_id, moderator_id=moderator_id, action=action, at=at, revision_id=revision_id, details=details
    )
