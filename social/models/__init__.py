"""Likes, saves, collections, hidden clips, follows, comments, ratings of products, reports, and removals by staff."""

from social.models.collection import CollectedClip, Collection, new_collection_code
from social.models.comment import (
    Comment,
    CommentDecision,
    CommentHold,
    CommentLike,
    CommentState,
    Mention,
)
from social.models.follow_count import FollowCount
from social.models.mark import Follow, Hidden, Like, Mark, Save
from social.models.notice import (
    INFRINGEMENTS_WITHIN,
    LegalNotice,
    NoticeAction,
    NoticedPage,
    NoticeKind,
    NoticeState,
    NotifierPause,
)
from social.models.rating import HelpfulVote, HoldReason, Rating, RatingPicture, RatingState
from social.models.rating_request import RatingMailStop, RatingRequest
from social.models.removal import APPEAL_WITHIN, ProfilePart, Removal, RemovalKind, RemovalReason, RemovalState
from social.models.report import (
    DISMISSING,
    REASONS_FOR,
    UPHOLDING,
    Report,
    ReportAnswer,
    ReportReason,
    ReportState,
)

__all__ = [
    "APPEAL_WITHIN",
    "DISMISSING",
    "INFRINGEMENTS_WITHIN",
    "REASONS_FOR",
    "UPHOLDING",
    "CollectedClip",
    "Collection",
    "Comment",
    "CommentDecision",
    "CommentHold",
    "CommentLike",
    "CommentState",
    "Follow",
    "FollowCount",
    "HelpfulVote",
    "Hidden",
    "HoldReason",
    "LegalNotice",
    "Like",
    "Mark",
    "Mention",
    "NoticeAction",
    "NoticeKind",
    "NoticeState",
    "NoticedPage",
    "NotifierPause",
    "ProfilePart",
    "Rating",
    "RatingMailStop",
    "RatingPicture",
    "RatingRequest",
    "RatingState",
    "Removal",
    "RemovalKind",
    "RemovalReason",
    "RemovalState",
    "Report",
    "ReportAnswer",
    "ReportReason",
    "ReportState",
    "Save",
    "new_collection_code",
]
