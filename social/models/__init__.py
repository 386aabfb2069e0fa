"""Likes, saves, collections, follows, comments, ratings of products, reports, removals by staff, share links,
posts sent to friends, notifications, wishes and sponsorships.
"""

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
from social.models.notice import (
    INFRINGEMENTS_WITHIN,
    LegalNotice,
    NoticeAction,
    NoticedPage,
    NoticeKind,
    NoticeState,
    NotifierPause,
)
from social.models.notification import (
    DigestDay,
    MailChoice,
    Notification,
    NotificationChoice,
    NotificationKind,
    PostAnnouncement,
)
from social.models.push_subscription import PushSubscription
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
from social.models.sent_post import SentPost
from social.models.share_link import ShareLink, ShareLinkDay
from social.models.sponsorship import EndReason, PauseReason, Sponsorship, SponsorshipState
from social.models.wish import Wish, WishReason

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
    "DigestDay",
    "EndReason",
    "Follow",
    "FollowCount",
    "HashtagFollow",
    "HelpfulVote",
    "Hidden",
    "HoldReason",
    "LegalNotice",
    "Like",
    "MailChoice",
    "Mark",
    "Mention",
    "NoticeAction",
    "NoticeKind",
    "NoticeState",
    "NoticedPage",
    "Notification",
    "NotificationChoice",
    "NotificationKind",
    "NotifierPause",
    "PauseReason",
    "PostAnnouncement",
    "ProfilePart",
    "PushSubscription",
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
    "SentPost",
    "ShareLink",
    "ShareLinkDay",
    "Sponsorship",
    "SponsorshipState",
    "Wish",
    "WishReason",
    "new_collection_code",
]
