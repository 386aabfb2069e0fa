"""Routes of reports, comments, ratings, profiles, blocks and mutes under /api/v1/."""

from django.urls import path

from social.api import ReportClip, ReportComment, ReportCreator, ReportProduct, ReportRating
from social.block_api import BlockedPeople, BlockPerson, MutePerson
from social.comments.api import ClipComments, CommentDetail, CommentSettings, LikeComment, PinComment, Replies
from social.profile_api import Followed, Followers, LikedClips, ProfileDetail
from social.ratings.api import Helpful, OwnRating, ProductRatings, RatingPictureDetail, RatingPictures
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
    path("comments/<int:code>/report/", ReportComment.as_view(), name="api-report-comment"),
    path("clips/<slug:code>/comments/", ClipComments.as_view(), name="api-comments"),
    path("clips/<slug:code>/comments/settings/", CommentSettings.as_view(), name="api-comment-settings"),
    path("comments/<int:pk>/", CommentDetail.as_view(), name="api-comment"),
    path("comments/<int:pk>/replies/", Replies.as_view(), name="api-replies"),
    path("comments/<int:pk>/like/", LikeComment.as_view(), name="api-comment-like"),
    path("comments/<int:pk>/pin/", PinComment.as_view(), name="api-comment-pin"),
    path("products/<slug:slug>/ratings/", ProductRatings.as_view(), name="api-product-ratings"),
    path("ratings/<int:pk>/", OwnRating.as_view(), name="api-rating"),
    path("ratings/<int:pk>/pictures/", RatingPictures.as_view(), name="api-rating-pictures"),
    path("ratings/<int:pk>/pictures/<int:picture_id>/", RatingPictureDetail.as_view(), name="api-rating-picture"),
    path("ratings/<int:pk>/helpful/", Helpful.as_view(), name="api-rating-helpful"),
]
