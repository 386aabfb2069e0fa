"""Processing jobs for source files. The table is both the queue and the history of all jobs."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from videos.models.source import Source


class JobState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING}),
    JobState.RUNNING: frozenset({JobState.RUNNING, JobState.QUEUED, JobState.DONE, JobState.FAILED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset({JobState.QUEUED}),
}
"""Maps each state to the states that may follow it.

A running job stays RUNNING if its lease expires and another worker claims it.
"""


class JobKind(models.TextChoices):
    PLAYABLE = "playable", _("Make playable")
    AV1 = "av1", _("Add AV1")


class JobQuerySet(TransitionQuerySet["Job"]):
    transitions = TRANSITIONS

    def claimable_at(self, now: datetime) -> Self:
        """Return the jobs that are queued, or running under an expired lease. The oldest come first."""
        is_abandoned = Q(state=JobState.RUNNING, leased_until__lt=now)
        return self.filter(Q(state=JobState.QUEUED) | is_abandoned).order_by("queued_at")


class Job(models.Model):
    """A request to process a source file. A source has at most one job of each kind."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="jobs", verbose_name=_("source file"))
    kind = models.CharField(_("kind"), max_length=10, choices=JobKind, default=JobKind.PLAYABLE)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    token = models.PositiveIntegerField(
        _("lease token"), default=0, help_text=_("Incremented by every claim. Writes with an older token are refused.")
    )
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    progress_percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    failure_code = models.CharField(_("failure"), max_length=40, blank=True)
    failure_text = models.CharField(_("failure in words"), max_length=400, blank=True)
    stderr_tail = models.TextField(_("last output"), blank=True)
    queued_at = models.DateTimeField(_("queued at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    failure_mailed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When its creator was emailed that it has failed.")
    )

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["queued_at"], name="videos_job_by_date"),
            models.Index(fields=["failure_code"], condition=~Q(failure_code=""), name="videos_job_by_failure"),
            models.Index(
                fields=["queued_at"], condition=Q(state__in=("queued", "running")), name="videos_job_unfinished"
            ),
            models.Index(fields=["started_at"], name="videos_job_by_start"),
            models.Index(
                fields=["finished_at"],
                condition=Q(state="failed", failure_mailed_at=None),
                name="videos_job_failure_unmailed",
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["source", "kind"], name="videos_job_once_per_source")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"
