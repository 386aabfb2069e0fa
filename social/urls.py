"""Routes for reports and ratings."""

from django.urls import path

from social.ratings.views import delete_rating_page, rating_page, stop_emails_page, vote_page
from social.views import report_page, reports_page

urlpatterns = [
    path("reports/", reports_page, name="reports"),
    path("report/clip/<slug:code>/", report_page, {"kind": "clip"}, name="report-clip"),
    path("report/product/<slug:code>/", report_page, {"kind": "product"}, name="report-product"),
    path("report/creator/<str:code>/", report_page, {"kind": "creator"}, name="report-creator"),
    path("report/rating/<int:code>/", report_page, {"kind": "rating"}, name="report-rating"),
    path("p/<slug:slug>/rating/", rating_page, name="rating"),
    path("p/<slug:slug>/rating/delete/", delete_rating_page, name="rating-delete"),
    path("ratings/<int:pk>/helpful/", vote_page, name="rating-helpful"),
    path("ratings/stop/<str:token>/", stop_emails_page, name="stop-rating-emails"),
]
