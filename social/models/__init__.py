"""Likes, saves, collections, follows, comments, ratings of products, reports, share links, and posts sent to friends."""

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
from social.models.mark import Follow, HashtagFollow, Hidden, Like, Mark, Save
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
from social.models.sent_post import SentPost
from social.models.share_link import ShareLink, ShareLinkDay

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
    "Follow",
    "FollowCount",
    "HashtagFollow",
    "HelpfulVote",
    "Hidden",
    "HoldReason",
    "Like",
    "Mark",
    "Mention",
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
    "SentPost",
    "ShareLink",
    "ShareLinkDay",
    "new_collection_code",
]
