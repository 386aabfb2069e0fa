"""Clips that were waiting for a decision when their creator was suspended."""

from django.db import models

from creators.models import Suspension
from videos.models.clip import Clip
from videos.states import ClipState


class PausedClip(models.Model):
    """A clip that a suspension took out of its queue. It goes back when the suspension is lifted."""

    suspension = models.ForeignKey(Suspension, on_delete=models.PROTECT, related_name="paused_clips")
    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="pauses")
    state_before = models.CharField(max_length=20, choices=ClipState)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["suspension", "clip"], name="videos_paused_once")]

    def __str__(self) -> str:
        return f"{self.clip_id} {self.state_before}"
