"""Clips, their files, the jobs that make them playable, and their review."""

from videos.models.clip import Clip, ProductTag
from videos.models.job import Job, JobState
from videos.models.review import Appeal, Decision, DecisionAction, Reason, Revision
from videos.models.source import Source

__all__ = [
    "Appeal",
    "Clip",
    "Decision",
    "DecisionAction",
    "Job",
    "JobState",
    "ProductTag",
    "Reason",
    "Revision",
    "Source",
]
