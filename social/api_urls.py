"""Routes of reports, removals, comments, ratings, share links, profiles, blocks, mutes and notifications under /api/v1/."""

from django.urls import path

from social.api import ReportClip, ReportComment, ReportCreator, ReportProduct, ReportRating
from social.block_api import BlockedPeople, BlockPerson, MutePerson
from social.comments.api import ClipComments, CommentDetail, CommentSettings, LikeComment, PinComment, Replies
from social.hashtags.api import FollowedHashtags, FollowHashtag, HashtagPosts, SuggestedHashtags, SuggestedPeople
from social.notices.api import Notices, NoticeStatus
from social.notifications.api import (
    Browser,
    Notifications,
    NotificationSettings,
    ReadNotifications,
    VariantWish,
    Wishes,
)
from social.profile_api import Followed, Followers, LikedClips, ProfileDetail
from social.ratings.api import Helpful, OwnRating, ProductRatings, RatingPictureDetail, RatingPictures
from social.ratings.merchant_replies import MerchantRatings, MerchantReply
from social.removals.api import AppealRemoval, OwnRemoval, OwnRemovals
from social.sharing.api import OwnShareLink
from social.sharing.sent_api import Friends, ReceivedPost, ReceivedPosts, SendPost
from social.sponsorships.api import PaySponsorship, SponsoredPosts, SponsorshipDetail, Sponsorships

urlpatterns = [
    path("sponsored/", SponsoredPosts.as_view(), name="api-sponsored"),
    path("sponsorships/", Sponsorships.as_view(), name="api-sponsorships"),
    path("sponsorships/<slug:code>/", SponsorshipDetail.as_view(), name="api-sponsorship"),
    path("sponsorships/<slug:code>/pay/", PaySponsorship.as_view(), name="api-sponsorship-pay"),
    path("clips/<slug:code>/report/", ReportClip.as_view(), name="api-report"),
    path("products/<slug:code>/report/", ReportProduct.as_view(), name="api-report-product"),
    path("creators/<str:handle>/", ProfileDetail.as_view(), name="api-creator"),
    path("creators/<str:handle>/followers/", Followers.as_view(), name="api-followers"),
    path("creators/<str:handle>/following/", Followed.as_view(), name="api-following-of"),
    path("creators/<str:handle>/likes/", LikedClips.as_view(), name="api-likes-of"),
    path("creators/<str:handle>/block/", BlockPerson.as_view(), name="api-block"),
    path("creators/<str:handle>/mute/", MutePerson.as_view(), name="api-mute"),
    path("viewer/blocks/", BlockedPeople.as_view(), name="api-blocks"),
    path("creators/<str:code>/report/", ReportCreator.as_view(), name="api-report-creator"),
    path("ratings/<int:code>/report/", ReportRating.as_view(), name="api-report-rating"),
    path("merchants/<slug:slug>/ratings/", MerchantRatings.as_view(), name="api-merchant-ratings"),
    path("merchants/<slug:slug>/ratings/<int:pk>/reply/", MerchantReply.as_view(), name="api-merchant-rating-reply"),
    path("comments/<int:code>/report/", ReportComment.as_view(), name="api-report-comment"),
    path("notices/", Notices.as_view(), name="api-notices"),
    path("notices/<str:token>/", NoticeStatus.as_view(), name="api-notice"),
    path("removals/", OwnRemovals.as_view(), name="api-removals"),
    path("removals/<int:pk>/", OwnRemoval.as_view(), name="api-removal"),
    path("removals/<int:pk>/appeal/", AppealRemoval.as_view(), name="api-appeal-removal"),
    path("clips/<slug:code>/comments/", ClipComments.as_view(), name="api-comments"),
    path("clips/<slug:code>/comments/settings/", CommentSettings.as_view(), name="api-comment-settings"),
    path("clips/<slug:code>/share-link/", OwnShareLink.as_view(), name="api-share-link"),
    path("clips/<slug:code>/send/", SendPost.as_view(), name="api-send-post"),
    path("viewer/friends/", Friends.as_view(), name="api-friends"),
    path("viewer/received/", ReceivedPosts.as_view(), name="api-received-posts"),
    path("viewer/received/<int:pk>/", ReceivedPost.as_view(), name="api-received-post"),
    path("comments/<int:pk>/", CommentDetail.as_view(), name="api-comment"),
    path("comments/<int:pk>/replies/", Replies.as_view(), name="api-replies"),
    path("comments/<int:pk>/like/", LikeComment.as_view(), name="api-comment-like"),
    path("comments/<int:pk>/pin/", PinComment.as_view(), name="api-comment-pin"),
    path("tags/", SuggestedHashtags.as_view(), name="api-hashtags"),
    path("tags/<str:tag>/", HashtagPosts.as_view(), name="api-hashtag"),
    path("tags/<str:tag>/follow/", FollowHashtag.as_view(), name="api-follow-hashtag"),
    path("viewer/tags/", FollowedHashtags.as_view(), name="api-followed-hashtags"),
    path("mentions/", SuggestedPeople.as_view(), name="api-mentions"),
    path("products/<slug:slug>/ratings/", ProductRatings.as_view(), name="api-product-ratings"),
    path("ratings/<int:pk>/", OwnRating.as_view(), name="api-rating"),
    path("ratings/<int:pk>/pictures/", RatingPictures.as_view(), name="api-rating-pictures"),
    path("ratings/<int:pk>/pictures/<int:picture_id>/", RatingPictureDetail.as_view(), name="api-rating-picture"),
    path("ratings/<int:pk>/helpful/", Helpful.as_view(), name="api-rating-helpful"),
    path("notifications/", Notifications.as_view(), name="api-notifications"),
    path("notifications/read/", ReadNotifications.as_view(), name="api-notifications-read"),
    path("notifications/settings/", NotificationSettings.as_view(), name="api-notification-settings"),
    path("notifications/browser/", Browser.as_view(), name="api-notification-browser"),
    path("variants/<int:pk>/wish/", VariantWish.as_view(), name="api-wish"),
    path("viewer/wishes/", Wishes.as_view(), name="api-wishes"),
]
