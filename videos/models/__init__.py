"""Models for clips, their photos, source files, processing jobs and review."""

from videos.models.clip import Clip
from videos.models.desk import AuditAction, AuditEntry, Flag, FlagKind, ReviewLock
from videos.models.hashtag import Hashtag, PostHashtag, PostMention
from videos.models.job import Job, JobKind, JobState
from videos.models.paused import PausedClip
from videos.models.photo import Medium, Photo
from videos.models.product_tag import ProductTag
from videos.models.review import Appeal, Decision, DecisionAction, DecisionBasis, Reason, Revision
from videos.models.source import FootageMatch, Source
from videos.models.upload import Upload, UploadPart
from videos.models.wording import WordingRule

__all__ = [
    "Appeal",
    "AuditAction",
    "AuditEntry",
    "Clip",
    "Decision",
    "DecisionAction",
    "DecisionBasis",
    "Flag",
    "FlagKind",
    "FootageMatch",
    "Hashtag",
    "Job",
    "JobKind",
    "JobState",
    "Medium",
    "PausedClip",
    "Photo",
    "PostHashtag",
    "PostMention",
    "ProductTag",
    "Reason",
    "ReviewLock",
    "Revision",
    "Source",
    "Upload",
    "UploadPart",
    "WordingRule",
]
