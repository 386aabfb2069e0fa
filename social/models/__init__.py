"""Likes, saves, collections, hidden clips, follows, comments, ratings of products, reports, and sponsorships."""

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
from social.models.rating import HelpfulVote, HoldReason, Rating, RatingPicture, RatingState
from social.models.rating_request import RatingMailStop, RatingRequest
from social.models.report import (
    DISMISSING,
    REASONS_FOR,
    UPHOLDING,
    Report,
    ReportAnswer,
    ReportReason,
    ReportState,
)
from social.models.sponsorship import EndReason, PauseReason, Sponsorship, SponsorshipState

__all__ = [
    "DISMISSING",
    "REASONS_FOR",
    "UPHOLDING",
    "CollectedClip",
    "Collection",
    "Comment",
    "CommentDecision",
    "CommentHold",
    "CommentLike",
    "CommentState",
    "EndReason",
    "Follow",
    "FollowCount",
    "HelpfulVote",
    "Hidden",
    "HoldReason",
    "Like",
    "Mark",
    "Mention",
    "PauseReason",
    "Rating",
    "RatingMailStop",
    "RatingPicture",
    "RatingRequest",
    "RatingState",
    "Report",
    "ReportAnswer",
    "ReportReason",
    "ReportState",
    "Save",
    "Sponsorship",
    "SponsorshipState",
    "new_collection_code",
]
