"""Routes for the pages on which users report something and see their own reports."""

from django.urls import path

from social.views import report_page, reports_page

urlpatterns = [
    path("reports/", reports_page, name="reports"),
    path("report/clip/<slug:code>/", report_page, {"kind": "clip"}, name="report-clip"),
    path("report/product/<slug:code>/", report_page, {"kind": "product"}, name="report-product"),
    path("report/creator/<str:code>/", report_page, {"kind": "creator"}, name="report-creator"),
]
