"""Routes for reports, removals, comments, hashtags, ratings, sharing and notifications."""

from django.urls import path

from social.comments.views import change_comment, comment_settings_page, comments_page, edit_comment_page
from social.hashtags.views import follow_hashtag_page, hashtag_page
from social.notices.views import notice_status_page
from social.notifications.views import (
    notifications_page,
    open_notification,
    settings_page,
    stop_page,
    wish_page,
)
from social.ratings.merchant_replies import merchant_ratings_page, merchant_reply_page
from social.ratings.views import delete_rating_page, rating_page, stop_emails_page, vote_page
from social.removals.views import removal_page, removals_page
from social.sharing.views import received_page, share_page
from social.views import report_page, reports_page

urlpatterns = [
    path("reports/", reports_page, name="reports"),
    path("legal/notice/<str:token>/", notice_status_page, name="notice-status"),
    path("removals/", removals_page, name="removals"),
    path("removals/<int:pk>/", removal_page, name="removal"),
    path("report/clip/<slug:code>/", report_page, {"kind": "clip"}, name="report-clip"),
    path("report/product/<slug:code>/", report_page, {"kind": "product"}, name="report-product"),
    path("report/creator/<str:code>/", report_page, {"kind": "creator"}, name="report-creator"),
    path("report/rating/<int:code>/", report_page, {"kind": "rating"}, name="report-rating"),
    path("report/comment/<int:code>/", report_page, {"kind": "comment"}, name="report-comment"),
    path("c/<slug:code>/comments/", comments_page, name="comments"),
    path("c/<slug:code>/comments/<int:thread>/", comments_page, name="comment-thread"),
    path("c/<slug:code>/comments/settings/", comment_settings_page, name="comment-settings"),
    path("c/<slug:code>/share/", share_page, name="clip-share"),
    path("shared/", received_page, name="received-posts"),
    path("comments/<int:pk>/edit/", edit_comment_page, name="comment-edit"),
    path("comments/<int:pk>/change/", change_comment, name="comment-change"),
    path("tags/<str:tag>/", hashtag_page, name="hashtag"),
    path("tags/<str:tag>/follow/", follow_hashtag_page, name="follow-hashtag"),
    path("p/<slug:slug>/rating/", rating_page, name="rating"),
    path("p/<slug:slug>/rating/delete/", delete_rating_page, name="rating-delete"),
    path("merchant/ratings/", merchant_ratings_page, name="merchant-ratings"),
    path("merchant/ratings/<int:pk>/reply/", merchant_reply_page, name="merchant-rating-reply"),
    path("ratings/<int:pk>/helpful/", vote_page, name="rating-helpful"),
    path("ratings/stop/<str:token>/", stop_emails_page, name="stop-rating-emails"),
    path("notifications/", notifications_page, name="notifications"),
    path("notifications/<int:pk>/", open_notification, name="notification"),
    path("notifications/settings/", settings_page, name="notification-settings"),
    path("notifications/stop/<str:token>/", stop_page, name="stop-notifications"),
    path("p/<slug:slug>/wish/", wish_page, name="wish"),
]
