"""What people do with clips and creators for themselves. Each row says that it is so; taking it back deletes it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from creators.models import Creator
from videos.models import Clip


class MineQuerySet[Row: models.Model](models.QuerySet[Row]):
    def owned_by(self, user: User) -> Self:
        return self.filter(user=user)


class Mark(models.Model):
    """A user's mark on a clip."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    objects = MineQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["user", "clip"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.clip_id}"


class Like(Mark):
    class Meta(Mark.Meta):
        verbose_name = _("like")
        verbose_name_plural = _("likes")


class Save(Mark):
    class Meta(Mark.Meta):
        verbose_name = _("saved clip")
        verbose_name_plural = _("saved clips")
        indexes = [models.Index(fields=["user", "-created_at"], name="social_save_newest")]


class Hidden(Mark):
    """Not interested: the clip does not come again."""

    class Meta(Mark.Meta):
        verbose_name = _("hidden clip")
        verbose_name_plural = _("hidden clips")


class Follow(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="followers")
    created_at = models.DateTimeField()

    objects = MineQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [models.UniqueConstraint(fields=["user", "creator"], name="social_follow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.creator_id}"


class ReportReason(models.TextChoices):
    MISLEADING = "misleading", _("It promises what the product cannot do")
    DANGEROUS = "dangerous", _("It is dangerous")
    HATEFUL = "hateful", _("It hurts or attacks people")
    SEXUAL = "sexual", _("It is sexual")
    STOLEN = "stolen", _("It is somebody else's work")
    OTHER = "other", _("Something else")


class ReportState(models.TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> Self:
        return self.filter(state=ReportState.OPEN)


class Report(models.Model):
    """A person says that a clip breaks the rules; one open report per person and clip."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="reports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=12, choices=ReportReason)
    words = models.CharField(_("in your own words"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.OPEN)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [models.Index(fields=["created_at"], condition=models.Q(state="open"), name="social_report_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clip"], condition=models.Q(state="open"), name="social_report_once_while_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.clip_id}"
